using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

public static partial class TokenCorpus
{
    private static IEnumerable<HostileToken> Shapes =>
    [
        new("a good token", S, Taken, k => Secret(k.Claims())),
        new("nothing", S, NoCredentials, _ => ""),
        new("a dot", S, NotOurs, _ => "."),
        new("two dots", S, NotOurs, _ => ".."),
        new("three dots", S, NotOurs, _ => "..."),
        new("a letter", S, NotOurs, _ => "a"),
        new("two parts", S, NotOurs, k => Secret(k.Claims()).Split('.') is [var h, var p, _] ? $"{h}.{p}" : ""),
        new("two parts and a dot", S, NotOurs, k => Secret(k.Claims()).Split('.') is [var h, var p, _] ? $"{h}.{p}." : ""),
        new("four parts", S, NotOurs, k => Secret(k.Claims()) + ".AAAA"),
        new("a dot before", S, NotOurs, k => "." + Secret(k.Claims())),
        new("a dot behind", S, NotOurs, k => Secret(k.Claims()) + "."),
        new("five parts, as if encrypted", S, NotOurs, _ => $"{TokenForge.Encode("""{"alg":"dir","enc":"A128GCM"}""")}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"),
        new("encrypted with a wrapped key", R, NotOurs, _ => $"{TokenForge.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM"}""")}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"),
        new("the JSON form", S, NotOurs, k => $$"""{"payload":"{{TokenForge.Encode(k.Claims())}}","signatures":[]}"""),
        new("twice in a row", S, NotOurs, k => Secret(k.Claims()) + Secret(k.Claims())),
        new("with the scheme twice", S, NotOurs, k => "Bearer " + Secret(k.Claims())),
        new("in quotes", S, NotOurs, k => $"\"{Secret(k.Claims())}\""),
        new("as long as may be", S, Taken, k => Padded(k, 4096)),
        new("one longer than may be", S, NotOurs, k => Padded(k, 4096 + 1)),
        new("30,000 characters", S, NotOurs, k => Secret(k.Claims()) + new string('A', 28_000)),
        new("3,000 dots", S, NotOurs, _ => new string('.', 3_000)),
        new("a server key that never was", S, "mistyped", _ => "pd_" + new string('0', 49)),
        new("a server key cut short", S, "mistyped", _ => "pd_"),
    ];

    private static IEnumerable<HostileToken> Algorithms =>
    [
        .. new[] { "none", "None", "NONE", "nOnE", "" }.Select(name => new HostileToken($"alg {name}, no signature", S, NotOurs, k => $"{TokenForge.Encode($$"""{"alg":"{{name}}","typ":"JWT"}""")}.{TokenForge.Encode(k.Claims())}.")),
        .. new[] { "none", "None", "NONE", "", "hs256", "HS256 ", " HS256", "HS-256", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "dir", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256" }
            .Select(name => new HostileToken($"alg '{name}' over the right HS256 signature", S, WrongAlgorithm, k => k.SecretWith($$"""{"alg":"{{name}}","typ":"JWT"}"""))),
        .. new[] { "null", "0", "true", "[\"HS256\"]", "{\"HS256\":1}" }
            .Select(value => new HostileToken($"alg that is {value}", S, NotOurs, k => k.SecretWith($$"""{"alg":{{value}},"typ":"JWT"}"""))),
        new("no alg", S, NotOurs, k => k.SecretWith("""{"typ":"JWT"}""")),
        new("alg twice, good one last", S, NotOurs, k => k.SecretWith("""{"alg":"none","alg":"HS256"}""")),
        new("alg twice, good one first", S, NotOurs, k => k.SecretWith("""{"alg":"HS256","alg":"none"}""")),
        new("alg twice, once spelt with an escape", S, NotOurs, k => k.SecretWith("""{"alg":"HS256","\u0061lg":"none"}""")),
        new("alg in capitals beside the real one", S, Taken, k => k.SecretWith("""{"alg":"HS256","ALG":"none"}""")),
        new("alg in capitals alone", S, NotOurs, k => k.SecretWith("""{"ALG":"HS256"}""")),
        new("HS384 with the right secret", S, WrongAlgorithm, k => Hmac(k, "HS384", HMACSHA384.HashData)),
        new("HS512 with the right secret", S, WrongAlgorithm, k => Hmac(k, "HS512", HMACSHA512.HashData)),
        new("RS384 with the right key", R, WrongAlgorithm, k => k.RsaAs("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)),
        new("RS512 with the right key", R, WrongAlgorithm, k => k.RsaAs("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        new("PS256 with the right key", R, WrongAlgorithm, k => k.RsaAs("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        new("RS256 by name, PSS by nature", R, BadSignature, k => k.RsaAs("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        new("RS256 by name, SHA-1 by nature", R, BadSignature, k => k.RsaAs("RS256", HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)),
        new("ES256 by name, written as a sequence", E, BadSignature, k => k.EcAsSequence()),
        new("ES256 of zeros", E, BadSignature, k => k.Under("ES256", new byte[64])),
        new("ES256 of r = 0, s = 1", E, BadSignature, k => k.Under("ES256", [.. new byte[63], 1])),
        new("ES256 of the order of the curve", E, BadSignature, k => k.Under("ES256", [.. Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), .. new byte[31], 1])),
        new("ES256 of 63 bytes", E, BadSignature, k => k.Under("ES256", new byte[63])),
        new("ES256 of one byte", E, BadSignature, k => k.Under("ES256", [0])),
        new("RS256 of zeros", R, BadSignature, k => k.Under("RS256", new byte[256])),
        new("RS256 of one", R, BadSignature, k => k.Under("RS256", [.. new byte[255], 1])),
        new("RS256 of 255 bytes", R, BadSignature, k => k.Under("RS256", new byte[255])),
        new("RS256 of one byte", R, BadSignature, k => k.Under("RS256", [0])),
        new("HS256 of zeros", S, BadSignature, k => k.Under("HS256", new byte[32])),
        new("HS256 cut to 16 bytes", S, BadSignature, k => Cut(Secret(k.Claims()), 16)),
        new("HS256 cut to one byte", S, BadSignature, k => Cut(Secret(k.Claims()), 1)),
    ];

    private static IEnumerable<HostileToken> Confusions =>
    [
        new("HS256 with the RSA key's PEM", R, WrongAlgorithm, k => k.Confused(k.Rsa.ExportSubjectPublicKeyInfoPem())),
        new("HS256 with the RSA key's PEM and a line end", R, WrongAlgorithm, k => k.Confused(k.Rsa.ExportSubjectPublicKeyInfoPem() + "\n")),
        new("HS256 with the RSA key's other PEM", R, WrongAlgorithm, k => k.Confused(k.Rsa.ExportRSAPublicKeyPem())),
        new("HS256 with the RSA key's bytes", R, WrongAlgorithm, k => k.Confused(k.Rsa.ExportSubjectPublicKeyInfo())),
        new("HS256 with the RSA key's modulus", R, WrongAlgorithm, k => k.Confused(k.Rsa.ExportParameters(false).Modulus!)),
        new("HS256 with the curve's PEM", E, WrongAlgorithm, k => k.Confused(k.Ec.ExportSubjectPublicKeyInfoPem())),
        new("HS256 with the curve's bytes", E, WrongAlgorithm, k => k.Confused(k.Ec.ExportSubjectPublicKeyInfo())),
        new("HS256 with the key set's key as PEM", K, WrongAlgorithm, k => k.Confused(k.Rsa.ExportSubjectPublicKeyInfoPem())),
        new("HS256 with the key set's key as JSON", K, WrongAlgorithm, k => k.Confused(TokenForge.Jwk(k.Rsa, "r1").ToJsonString())),
        new("HS256 with the secret a key set must not hold", K, WrongAlgorithm, k => TokenForge.Hs256("""{"alg":"HS256","typ":"JWT","kid":"o1"}""", k.Claims())),
        new("RS256 by name, HMAC with the PEM", R, BadSignature, k => k.Confused(Encoding.UTF8.GetBytes(k.Rsa.ExportSubjectPublicKeyInfoPem()), "RS256")),
        new("ES256 by name, HMAC with the PEM", E, BadSignature, k => k.Confused(Encoding.UTF8.GetBytes(k.Ec.ExportSubjectPublicKeyInfoPem()), "ES256")),
        new("HS256 to a server of an RSA key", R, WrongAlgorithm, k => Secret(k.Claims())),
        new("HS256 with an empty secret", S, BadSignature, k => k.Confused("")),
        new("HS256 with ones", S, BadSignature, k => k.Confused([.. Enumerable.Repeat((byte)1, 32)])),
        new("HS256 with 'secret'", S, BadSignature, k => k.Confused("secret")),
        new("HS256 with the client key", S, BadSignature, k => k.Confused(DashboardHost.ClientKey)),
        new("HS256 with the secret and a line end", S, BadSignature, k => k.Confused(TokenForge.Secret + "\n")),
        new("RS256 of somebody else's key", R, BadSignature, k => TokenForge.Rs256(k.OtherRsa, """{"alg":"RS256"}""", k.Claims())),
        new("ES256 of somebody else's key", E, BadSignature, k => TokenForge.Es256(k.OtherEc, """{"alg":"ES256"}""", k.Claims())),
        new("ES256 to a server of an RSA key", R, WrongAlgorithm, k => TokenForge.Es256(k.Ec, """{"alg":"ES256"}""", k.Claims())),
        new("RS256 to a server of a curve", E, WrongAlgorithm, k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256"}""", k.Claims())),
        new("RS256 under the name of a curve's key", K, UnknownKey, k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256","kid":"e1"}""", k.Claims())),
        new("ES256 under the name of an RSA key", K, UnknownKey, k => TokenForge.Es256(k.Ec, """{"alg":"ES256","kid":"r1"}""", k.Claims())),
        new("one key's token under the other's name", K, BadSignature, k => TokenForge.Rs256(k.OtherRsa, """{"alg":"RS256","kid":"r1"}""", k.Claims())),
    ];

    private static string Padded(CorpusKeys keys, int length)
    {
        for (var pad = 1; ; pad++)
        {
            // Of each four characters of base64 one count is impossible; the header has room for it.
            var token = TokenForge.Hs256($$"""{"alg":"HS256"{{new string(' ', pad % 3)}}}""", keys.Claims($",\"pad\":\"{new string('x', (((length - 200) * 3) / 4) - 60 + (pad / 3))}\""));
            if (token.Length == length)
                return token;
        }
    }

    private static string Hmac(CorpusKeys keys, string algorithm, Func<byte[], byte[], byte[]> hash)
    {
        var signed = $"{TokenForge.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{TokenForge.Encode(keys.Claims())}";
        return $"{signed}.{TokenForge.Encode(hash(Encoding.UTF8.GetBytes(TokenForge.Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Cut(string token, int bytes)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{parts[1]}.{TokenForge.Encode(System.Buffers.Text.Base64Url.DecodeFromChars(parts[2])[..bytes])}";
    }
}
