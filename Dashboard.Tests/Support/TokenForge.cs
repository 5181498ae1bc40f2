using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Makes tokens as a customer's backend does, and as whoever would like to be one.</summary>
public static class TokenForge
{
    public const string Secret = "a-secret-of-the-customers-backend-0123456789";

    /// <summary>Claims of a token that is good at this moment.</summary>
    public static JsonObject Claims(TimeProvider time, string userId) => new()
    {
        ["sub"] = userId,
        ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
    };

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Hs256(string header, string payload, string secret = Secret) => Hs256(Encode(header), Encode(payload), Encoding.UTF8.GetBytes(secret));

    /// <summary>Signs two parts as they are, encoded or not.</summary>
    public static string Hs256(string header, string payload, byte[] secret) =>
        $"{header}.{payload}.{Encode(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{header}.{payload}")))}";

    public static string Hs256(JsonObject claims, string secret = Secret) => Hs256("""{"alg":"HS256","typ":"JWT"}""", claims.ToJsonString(), secret);

    public static string Rs256(RSA key, JsonObject claims, string? kid = null) => Rs256(key, Header("RS256", kid), claims.ToJsonString());

    public static string Rs256(RSA key, string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public static string Es256(ECDsa key, JsonObject claims, string? kid = null) => Es256(key, Header("ES256", kid), claims.ToJsonString());

    public static string Es256(ECDsa key, string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public static JsonObject Jwk(RSA key, string? kid)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return Named(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["n"] = Encode(parameters.Modulus!), ["e"] = Encode(parameters.Exponent!) }, kid);
    }

    public static JsonObject Jwk(ECDsa key, string? kid)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return Named(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Encode(parameters.Q.X!), ["y"] = Encode(parameters.Q.Y!) }, kid);
    }

    private static JsonObject Named(JsonObject key, string? kid)
    {
        if (kid is not null)
            key["kid"] = kid;
        return key;
    }

    private static string Header(string algorithm, string? kid)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null)
            header["kid"] = kid;
        return header.ToJsonString();
    }
}
