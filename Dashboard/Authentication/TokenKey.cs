using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Authentication.Jwt;

namespace Presence.Dashboard.Authentication;

/// <summary>A key that tokens are checked with. It fixes their algorithm: what a token's header asks for can only agree with it or be refused.</summary>
internal sealed class TokenKey
{
    private volatile bool _isWithdrawn;

    /// <param name="id">What a token names it by; null for a key that needs no naming.</param>
    /// <param name="algorithm">HS256, RS256 or ES256.</param>
    /// <param name="fingerprint">Says of two keys whether they are the same; no secret can be read from it.</param>
    /// <param name="material">The key itself.</param>
    public TokenKey(string? id, string algorithm, string fingerprint, SecurityKey material)
    {
        Id = id;
        Algorithm = algorithm;
        Fingerprint = fingerprint;
        Material = material;
    }

    public string? Id { get; }

    public string Algorithm { get; }

    public string Fingerprint { get; }

    public SecurityKey Material { get; }

    /// <summary>Taken out of use. Tokens it vouched for compare this with each request, so that they end with it.</summary>
    public bool IsWithdrawn => _isWithdrawn;

    public void Withdraw() => _isWithdrawn = true;

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
