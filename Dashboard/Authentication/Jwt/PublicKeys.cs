using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Public keys that are good enough to check tokens with.</summary>
internal static class PublicKeys
{
    private const int ShortestModulus = 2048 / 8;

    /// <summary>Checking a signature takes time by the square of this.</summary>
    private const int LongestModulus = 8192 / 8;

    private const int CoordinateBytes = 256 / 8;
    private const string P256 = "1.2.840.10045.3.1.7";

    public static string? ProblemOfRsa(string? id, RSAParameters parameters, out TokenKey? key)
    {
        key = null;
        if (parameters.Modulus is not { Length: >= ShortestModulus and <= LongestModulus } modulus || parameters.Exponent is not { Length: > 0 and <= 8 } exponent)
            return "an RSA key must have 2048 to 8192 bits.";
        key = new TokenKey(id, SecurityAlgorithms.RsaSha256, Fingerprint([.. modulus, 0, .. exponent]), new RsaSecurityKey(parameters));
        return null;
    }

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static string? ProblemOfEc(string? id, ECParameters parameters, out TokenKey? key)
    {
        key = null;
        if (parameters.Curve.Oid?.Value != P256 || parameters.Q is not { X: { Length: CoordinateBytes } x, Y: { Length: CoordinateBytes } y })
            return "an EC key must be one of P-256.";
        key = new TokenKey(id, SecurityAlgorithms.EcdsaSha256, Fingerprint([.. x, .. y]), new ECDsaSecurityKey(ECDsa.Create(parameters)));
        return null;
    }

    private static string Fingerprint(byte[] parameters) => Convert.ToHexStringLower(SHA256.HashData(parameters));
}
