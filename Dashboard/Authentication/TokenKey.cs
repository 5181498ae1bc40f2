using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Authentication.Jwt;

namespace Presence.Dashboard.Authentication;

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
            // Checking a signature takes time by the square of the one and the length of the other.
            RsaSecurityKey { KeySize: >= 2048 and <= 8192, Parameters.Exponent.Length: <= LongestExponent } => new TokenKey(id, SecurityAlgorithms.RsaSha256, material),
            ECDsaSecurityKey ec when ec.ECDsa.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == P256 => new TokenKey(id, SecurityAlgorithms.EcdsaSha256, material),
            _ => null,
        };
        if (key is not null)
            return null;
        return material is RsaSecurityKey ? "an RSA key must have 2048 to 8192 bits." : "an EC key must be one of P-256.";
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
