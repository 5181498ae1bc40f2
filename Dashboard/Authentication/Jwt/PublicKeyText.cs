using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>A public key as an operator gives it: as PEM text, or as the file that holds it.</summary>
internal static class PublicKeyText
{
    private const int LargestFile = 64 * 1024;

    /// <summary>The first thing wrong with it, or null. Never repeats the text, which could be a private key.</summary>
    public static string? ProblemOf(string text, out TokenKey? key)
    {
        key = null;
        if (!TryGetPem(text, out var pem))
            return "the value is neither PEM text (-----BEGIN PUBLIC KEY-----) nor the path of a file that can be read.";
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return "that is a private key, which must stay with whoever signs. Give the public one: openssl pkey -in private.pem -pubout";
        if (!PemEncoding.TryFind(pem, out var block))
            return "there is no PEM block (-----BEGIN PUBLIC KEY-----) in it.";
        if (PemEncoding.TryFind(pem.AsSpan()[block.Location.End..], out _))
            return "it holds several keys; give one, or for several the address of a key set (Presence__Clients__Jwt__JwksUrl).";
        if (pem[block.Label] is not ("PUBLIC KEY" or "RSA PUBLIC KEY") and var label)
            return $"it holds a {label}, not a public key; of a certificate: openssl x509 -in certificate.pem -pubkey -noout";
        try
        {
            return TokenKey.ProblemOf(id: null, Import(pem), out key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return "the key in it cannot be read; give an RSA key of 2048 bits or more, or an EC key of P-256.";
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
        catch (CryptographicException) // not of RSA
        {
            using var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return new ECDsaSecurityKey(ECDsa.Create(ec.ExportParameters(includePrivateParameters: false)));
        }
    }

    private static bool TryGetPem(string text, [NotNullWhen(true)] out string? pem)
    {
        // In an environment variable line ends are often spelt out.
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
