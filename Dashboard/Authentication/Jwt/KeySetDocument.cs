using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

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

    private static TokenKey? ReadKey(JsonElement written)
    {
        try
        {
            var key = new JsonWebKey(written.GetRawText());
            key.X5c.Clear(); // the key is what stands beside its certificate
            var isForVerifying = key.Use is null or "sig" && (!written.TryGetProperty("key_ops", out _) || key.KeyOps.Contains("verify"));
            if (!isForVerifying || key.Kid?.Length > LongestKeyId || !JsonWebKeyConverter.TryConvertToSecurityKey(key, out var material))
                return null;
            _ = TokenKey.ProblemOf(key.Kid, material, out var made);
            return key.Alg is null || key.Alg == made?.Algorithm ? made : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or CryptographicException)
        {
            return null; // no key, or a point that is not on its curve
        }
    }
}
