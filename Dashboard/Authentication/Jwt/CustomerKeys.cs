using System.Text;
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
    private const string UnknownKey = "The token is signed by a key that is not in the key set at present; new keys are noticed within minutes.";

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
            throw new ConfigurationRefusedException([$"Presence__Clients__Jwt__PublicKey: {problem}"]); // its file went between two looks
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
            refusal = new Authenticated("The token's algorithm (alg) is not that of a key this server is configured with.");
        else if (_keySet is not { } keySet)
            refusal = Authenticated.Unavailable("The keys that tokens are checked with have not been fetched yet; try again in a second.");
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
        return key is null ? new Authenticated("The token names no key (kid), and the key set does not hold exactly one for its algorithm.") : default;
    }

    private Authenticated Unknown()
    {
        _isRefreshWanted = true;
        return new Authenticated(UnknownKey);
    }
}
