using System.Collections.Concurrent;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Authentication.Jwt;
using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>Tokens whose signature was checked, by their whole text, so that a heartbeat checks none.</summary>
/// <remarks>
/// Bounded without a list of uses: two generations, of which a full one pushes the older out; a hit in the older moves
/// to the younger. As many tokens as fit one generation stay for ever while they are used. Never keyed by the
/// signature alone, which one could put behind another payload.
/// </remarks>
internal sealed class AccessTokenCache(int generationCap = AccessTokenCache.DefaultGenerationCap)
{
    public const int DefaultGenerationCap = 200_000;

    private readonly Lock _turning = new();
    private Generation _current = new();
    private Generation _previous = new();

    /// <summary>How many are held, both generations together.</summary>
    public int Count => _current.Count + _previous.Count;

    /// <summary>Finds a token in the header it came in, without copying it.</summary>
    public ClientPrincipal? Find(ReadOnlySpan<char> token)
    {
        if (_current.Find(token, out _) is { } principal)
            return principal;
        return _previous.Find(token, out var text) is { } older ? Add(text!, older) : null;
    }

    /// <summary>Caches a principal. An existing entry wins, because it has the token's rate limits, unless its key was removed.</summary>
    public ClientPrincipal Add(string token, ClientPrincipal principal)
    {
        if (_current.Count >= generationCap)
            Turn();
        return _current.GetOrAdd(token, principal);
    }

    /// <summary>The tokens of one user that were used lately. A look at every token: for rare acts.</summary>
    public IEnumerable<ClientPrincipal> Of(string userId) =>
        _current.All.Concat(_previous.All).Where(principal => !principal.IsServer && PresenceComparers.UserId.Equals(principal.UserId, userId));

    /// <summary>Drops tokens that were not used since the last call. A returning token costs one more signature check.</summary>
    public void ForgetOlder()
    {
        lock (_turning)
        {
            _previous = _current;
            _current = new Generation();
        }
    }

    private void Turn()
    {
        lock (_turning)
        {
            if (_current.Count < generationCap)
                return;
            _previous = _current;
            _current = new Generation();
        }
    }

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<string, ClientPrincipal> _principals = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, ClientPrincipal>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
        private int _count;

        public Generation() => _bySpan = _principals.GetAlternateLookup<ReadOnlySpan<char>>();

        // The dictionary's own Count takes all its locks.
        public int Count => Volatile.Read(ref _count);

        public IEnumerable<ClientPrincipal> All => _principals.Select(pair => pair.Value);

        public ClientPrincipal? Find(ReadOnlySpan<char> token, out string? text) => _bySpan.TryGetValue(token, out text, out var principal) ? principal : null;

        public ClientPrincipal GetOrAdd(string token, ClientPrincipal principal)
        {
            if (_principals.TryAdd(token, principal))
            {
                Interlocked.Increment(ref _count);
                return principal;
            }
            var kept = _principals[token]; // nothing is removed from a generation
            return kept.IsKeyWithdrawn && _principals.TryUpdate(token, principal, kept) ? principal : kept;
        }
    }
}

/// <summary>A key that tokens are checked with. It fixes their algorithm: what a token's header asks for can only agree with it or be refused.</summary>
/// <param name="id">What a token names it by; null for a key that needs no naming.</param>
/// <param name="algorithm">HS256, RS256 or ES256.</param>
/// <param name="material">The key itself.</param>
internal sealed class TokenKey(string? id, string algorithm, SecurityKey material)
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int LongestExponent = 8;

    private volatile bool _isWithdrawn;

    public string? Id => id;

    public string Algorithm => algorithm;

    public SecurityKey Material => material;

    /// <summary>Taken out of use. Tokens it vouched for compare this with each request, so that they end with it.</summary>
    public bool IsWithdrawn => _isWithdrawn;

    public void Withdraw() => _isWithdrawn = true;

    /// <summary>A public key that is good enough to check tokens with, or what is wrong with it.</summary>
    public static string? ProblemOf(string? id, SecurityKey material, out TokenKey? key)
    {
        key = material switch
        {
            // The cost of a check grows with the square of the key size and with the exponent's length.
            RsaSecurityKey { KeySize: >= 2048 and <= 8192, Parameters.Exponent.Length: <= LongestExponent } => new TokenKey(id, SecurityAlgorithms.RsaSha256, material),
            ECDsaSecurityKey ec when ec.ECDsa.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == P256 => new TokenKey(id, SecurityAlgorithms.EcdsaSha256, material),
            _ => null,
        };
        if (key is not null)
            return null;
        return material is RsaSecurityKey ? "an RSA key must have 2048 to 8192 bits." : "an EC key must use P-256.";
    }

    /// <summary>Whether it is the same key under the same name.</summary>
    public bool IsSameAs(TokenKey other) =>
        other.Id == Id && other.Algorithm == Algorithm && other.Material.ComputeJwkThumbprint().AsSpan().SequenceEqual(Material.ComputeJwkThumbprint());

    /// <summary>Whether this key signed a token. Only the signature is the library's to judge: what the token says is read strictly, and afterwards.</summary>
    public bool Signed(TokenText token)
    {
        var factory = Material.CryptoProviderFactory;
        var provider = factory.CreateForVerifying(Material, Algorithm);
        try
        {
            return provider.Verify(token.Signed, token.Signature);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }
}
