using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Presence.Dashboard.Authentication.Jwt;

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
                throw new FormatException($"The reply holds no list of at most {MostKeys} keys.");
            TokenKey[] keys = [.. list.EnumerateArray().Select(ReadKey).OfType<TokenKey>().DistinctBy(key => (key.Id, key.Algorithm))];
            return keys.Length > 0 ? keys : throw new FormatException("The reply holds no key for RS256 or ES256.");
        }
    }

    private static TokenKey? ReadKey(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || (Text(key, "use") ?? "sig") != "sig" || !AllowsVerifying(key))
            return null;
        var id = Text(key, "kid");
        if (id?.Length > LongestKeyId)
            return null;
        try
        {
            return (Text(key, "kty"), Text(key, "alg")) switch
            {
                ("RSA", null or "RS256") => ReadRsa(id, key),
                ("EC", null or "ES256") => ReadEc(id, key),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null; // a point that is not on its curve
        }
    }

    private static TokenKey? ReadRsa(string? id, JsonElement key)
    {
        if (!TryDecode(key, "n", out var modulus) || !TryDecode(key, "e", out var exponent))
            return null;
        _ = PublicKeys.ProblemOfRsa(id, new RSAParameters { Modulus = modulus, Exponent = exponent }, out var made);
        return made;
    }

    private static TokenKey? ReadEc(string? id, JsonElement key)
    {
        if (Text(key, "crv") != "P-256" || !TryDecode(key, "x", out var x) || !TryDecode(key, "y", out var y))
            return null;
        _ = PublicKeys.ProblemOfEc(id, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }, out var made);
        return made;
    }

    private static bool AllowsVerifying(JsonElement key) =>
        !key.TryGetProperty("key_ops", out var operations)
        || (operations.ValueKind == JsonValueKind.Array && operations.EnumerateArray().Any(operation => StrictJson.Text(operation) == "verify"));

    private static bool TryDecode(JsonElement key, string name, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        return Text(key, name) is { } text && Base64UrlText.TryDecode(text, out bytes);
    }

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? StrictJson.Text(value) : null;
}
