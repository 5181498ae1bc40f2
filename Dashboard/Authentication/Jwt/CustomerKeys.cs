using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>The keys that customers' tokens are checked with: those of the configuration, and those of the key set an address gives.</summary>
/// <remarks>
/// Which key checks a token is decided here from its algorithm and key id alone, and a key knows one algorithm: a public
/// key can never be taken for a secret. Asking never fetches anything.
/// </remarks>
internal sealed class CustomerKeys
{
    private const string UnknownKey = "The token is signed with a key that isn't in the key set. New keys are picked up within minutes.";

    private readonly TokenKey? _secret;
    private readonly TokenKey? _publicKey;
    private readonly bool _hasKeySet;
    private volatile IReadOnlyList<TokenKey>? _keySet;
    private volatile bool _isRefreshWanted;

    public CustomerKeys(DashboardOptions options)
    {
        var jwt = options.Clients.Jwt;
        if (jwt.Secret is { } secret)
            _secret = new TokenKey(id: null, SecurityAlgorithms.HmacSha256, new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)));
        if (jwt.PublicKey is { } publicKey && PublicKeyText.ProblemOf(publicKey, out _publicKey) is { } problem)
            throw new ConfigurationRefusedException([$"Presence__Clients__Jwt__PublicKey: {problem}"]); // the file was deleted between two reads
        _hasKeySet = jwt.JwksUrl is not null;
    }

    /// <summary>Whether customers' tokens are taken at all.</summary>
    public bool AreConfigured => _secret is not null || _publicKey is not null || _hasKeySet;

    /// <summary>The key set in use; null until one was fetched.</summary>
    public IReadOnlyList<TokenKey>? KeySet => _keySet;

    /// <summary>The key a token must have been signed with, or the refusal to answer.</summary>
    public bool TryFind(TokenText token, out TokenKey key, out Authenticated refusal)
    {
        refusal = default;
        key = Configured(token)!;
        if (key is not null)
            return true;
        if (!_hasKeySet || token.Algorithm is not (SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256))
            refusal = new Authenticated("The token's algorithm (alg) doesn't match any key this server is configured with.");
        else if (_keySet is not { } keySet)
            refusal = Authenticated.Unavailable("The keys for checking tokens haven't been fetched yet. Try again in one second.");
        else if (token.KeyId is null)
            refusal = FindNameless(keySet, token.Algorithm, out key!);
        else if (keySet.FirstOrDefault(one => one.Id == token.KeyId && one.Algorithm == token.Algorithm) is { } named)
            key = named;
        else
            refusal = Unknown();
        return key is not null;
    }

    /// <summary>True once after a token named an unknown key: all an unverified token can bring about.</summary>
    public bool TakeWish()
    {
        var wanted = _isRefreshWanted;
        _isRefreshWanted = false;
        return wanted;
    }

    /// <summary>Puts a fetched key set in force. A key that is the same as before stays the same object, so that tokens in use need no new check; one that is gone ends its tokens.</summary>
    public void Replace(IReadOnlyList<TokenKey> fetched)
    {
        var before = _keySet ?? [];
        TokenKey[] after = [.. fetched.Select(key => before.FirstOrDefault(key.IsSameAs) ?? key)];
        _keySet = after;
        foreach (var gone in before.Except(after))
            gone.Withdraw();
    }

    /// <summary>A key given with the configuration. A public key there makes way for the key set's where the token names one of those.</summary>
    private TokenKey? Configured(TokenText token)
    {
        if (_secret?.Algorithm == token.Algorithm)
            return _secret;
        if (_publicKey?.Algorithm != token.Algorithm)
            return null;
        return _keySet?.Any(key => key.Id is not null && key.Id == token.KeyId) == true ? null : _publicKey;
    }

    private static Authenticated FindNameless(IReadOnlyList<TokenKey> keySet, string algorithm, out TokenKey? key)
    {
        TokenKey[] candidates = [.. keySet.Where(one => one.Algorithm == algorithm)];
        key = candidates is [var only] ? only : null;
        return key is null ? new Authenticated("The token names no key (kid), and the key set doesn't have exactly one key for its algorithm.") : default;
    }

    private Authenticated Unknown()
    {
        _isRefreshWanted = true;
        return new Authenticated(UnknownKey);
    }
}

/// <summary>Fetches the key set from the one address the configuration names.</summary>
internal sealed class KeySetClient : IDisposable
{
    private const int LargestReply = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Uri _address;

    // No redirects, because only the configured address is trusted. Connections are short-lived, so that a DNS change is noticed.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectTimeout = Timeout })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = LargestReply,
    };

    public KeySetClient(Uri address)
    {
        _address = address;
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/jwk-set+json, application/json");
    }

    /// <exception cref="HttpRequestException">It did not answer 200, or with too much.</exception>
    /// <exception cref="FormatException">The answer is no key set.</exception>
    public async Task<IReadOnlyList<TokenKey>> FetchAsync(CancellationToken cancellationToken)
    {
        using var reply = await _http.GetAsync(_address, cancellationToken);
        if (reply.StatusCode != System.Net.HttpStatusCode.OK)
            throw new HttpRequestException($"{_address} answered {(int)reply.StatusCode}.");
        return KeySetDocument.Read(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Reads a JSON Web Key Set (RFC 7517): the public keys in it that sign tokens with RS256 or ES256. Others, and secrets above all, are left alone.</summary>
internal static class KeySetDocument
{
    private const int MostKeys = 100;
    private const int LongestKeyId = 200;

    /// <exception cref="FormatException">It is no key set, or there is no usable key in it.</exception>
    public static IReadOnlyList<TokenKey> Read(byte[] utf8)
    {
        if (!StrictJson.TryReadObject(utf8, out var document))
            throw new FormatException("The reply is not a JSON object.");
        using (document)
        {
            if (!document.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostKeys)
                throw new FormatException($"The reply has no list of at most {MostKeys} keys.");
            TokenKey[] keys = [.. list.EnumerateArray().Select(ReadKey).OfType<TokenKey>().DistinctBy(key => (key.Id, key.Algorithm))];
            return keys.Length > 0 ? keys : throw new FormatException("The reply has no key for RS256 or ES256.");
        }
    }

    private static TokenKey? ReadKey(JsonElement written)
    {
        try
        {
            var key = new JsonWebKey(written.GetRawText());
            key.X5c.Clear(); // use the key's own numbers, not its certificate
            var isForVerifying = key.Use is null or "sig" && (!written.TryGetProperty("key_ops", out _) || key.KeyOps.Contains("verify"));
            if (!isForVerifying || key.Kid?.Length > LongestKeyId || !JsonWebKeyConverter.TryConvertToSecurityKey(key, out var material))
                return null;
            _ = TokenKey.ProblemOf(key.Kid, material, out var made);
            return key.Alg is null || key.Alg == made?.Algorithm ? made : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or CryptographicException)
        {
            return null; // not a key, or a point off its curve
        }
    }
}

/// <summary>
/// Keeps the key set fresh: at the start, every few minutes, and sooner when a token named a key it does not know. How often
/// is decided only here, so that a sender of tokens can't make this server call another one at will.
/// When the address fails, the last good set stays in force and health says so.
/// </summary>
internal sealed class KeySetLoop(CustomerKeys keys, KeySetClient client, LoopRegistry registry, TimeProvider time, ILogger<KeySetLoop> logger)
    : BackgroundLoop("key set", TimeSpan.FromSeconds(1), registry, time, logger)
{
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Soonest = TimeSpan.FromSeconds(30);

    private long? _fetchedAt;
    private bool _isOwed;

    protected override TimeSpan LongestBackOff => Soonest;

    protected override async Task PassAsync(CancellationToken cancellationToken)
    {
        _isOwed = _isOwed || IsDue(); // stays due until a fetch succeeds: a pass without a fetch doesn't show that the address answers
        if (!_isOwed)
            return;
        var fetched = await client.FetchAsync(cancellationToken);
        _fetchedAt = Time.GetTimestamp();
        _isOwed = false;
        keys.Replace(fetched);
    }

    private bool IsDue()
    {
        if (_fetchedAt is not { } fetchedAt)
            return true;
        var age = Time.GetElapsedTime(fetchedAt);
        return age >= Usual || (age >= Soonest && keys.TakeWish());
    }
}

/// <summary>A public key as an operator gives it: as PEM text, or as the file that holds it.</summary>
internal static class PublicKeyText
{
    private const int LargestFile = 64 * 1024;

    /// <summary>The first thing wrong with it, or null. Never repeats the text, which could be a private key.</summary>
    public static string? ProblemOf(string text, out TokenKey? key)
    {
        key = null;
        if (!TryGetPem(text, out var pem))
            return "the value is neither PEM text (-----BEGIN PUBLIC KEY-----) nor the path of a readable file.";
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return "this is a private key. Keep it on the server that signs tokens, and set the public key here: openssl pkey -in private.pem -pubout";
        if (!PemEncoding.TryFind(pem, out var block))
            return "it contains no PEM block (-----BEGIN PUBLIC KEY-----).";
        if (PemEncoding.TryFind(pem.AsSpan()[block.Location.End..], out _))
            return "it contains several keys. Set one key, or for several keys the URL of a key set (Presence__Clients__Jwt__JwksUrl).";
        if (pem[block.Label] is not ("PUBLIC KEY" or "RSA PUBLIC KEY") and var label)
            return $"it holds a {label}, not a public key. To get the key of a certificate: openssl x509 -in certificate.pem -pubkey -noout";
        try
        {
            return TokenKey.ProblemOf(id: null, Import(pem), out key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return "the key can't be read. Use an RSA key of at least 2048 bits, or an EC key on P-256.";
        }
    }

    private static AsymmetricSecurityKey Import(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false));
        }
        catch (CryptographicException) // not an RSA key
        {
            using var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return new ECDsaSecurityKey(ECDsa.Create(ec.ExportParameters(includePrivateParameters: false)));
        }
    }

    private static bool TryGetPem(string text, [NotNullWhen(true)] out string? pem)
    {
        // Environment variables often contain "\n" in place of line ends.
        pem = text.StartsWith("-----BEGIN", StringComparison.Ordinal) ? text.Replace("\\n", "\n", StringComparison.Ordinal) : null;
        try
        {
            if (pem is null && new FileInfo(text) is { Exists: true, Length: <= LargestFile })
                pem = File.ReadAllText(text, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
        return pem is not null;
    }
}
