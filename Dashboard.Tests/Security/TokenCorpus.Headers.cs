using System.Text;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

public static partial class TokenCorpus
{
    private static string[] HeadersNobodyFollows =>
    [
        "\"jku\":\"http://127.0.0.1:1/keys\"",
        "\"jku\":\"file:///etc/passwd\"",
        "\"x5u\":\"http://169.254.169.254/latest/meta-data\"",
        "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "\"x5c\":[\"AAAA\"]",
        "\"x5t\":\"AAAA\"",
        "\"cty\":\"JWT\"",
        "\"zip\":\"DEF\"",
        "\"b64\":false",
        "\"kid\":\"../../../../dev/null\"",
        "\"kid\":\"/proc/self/environ\"",
        "\"kid\":\"' UNION SELECT 'AAAA' --\"",
        "\"kid\":\"$(touch /tmp/x)\"",
        "\"kid\":\"http://127.0.0.1:1/\"",
        "\"kid\":\"\\u0000\"",
        $"\"kid\":\"{new string('k', 2_000)}\"",
    ];

    private static IEnumerable<HostileToken> Headers =>
    [
        .. HeadersNobodyFollows.Select((header, number) => new HostileToken($"a header nobody follows, well signed ({number})", S, Taken, k => k.SecretWith($$"""{"alg":"HS256",{{header}}}"""))),
        .. HeadersNobodyFollows.Select((header, number) => new HostileToken($"a header nobody follows, signed by somebody else ({number})", S, BadSignature, k => TokenForge.Hs256($$"""{"alg":"HS256",{{header}}}""", k.Claims(), "AAAA"))),
        new("the signer's own key in the header", R, BadSignature, k => TokenForge.Rs256(k.OtherRsa, $$"""{"alg":"RS256","jwk":{{TokenForge.Jwk(k.OtherRsa, "mine").ToJsonString()}}}""", k.Claims())),
        new("the signer's own key in the header, by name", K, UnknownKey, k => TokenForge.Rs256(k.OtherRsa, $$"""{"alg":"RS256","kid":"mine","jwk":{{TokenForge.Jwk(k.OtherRsa, "mine").ToJsonString()}}}""", k.Claims())),
        new("no kid where several keys could be meant", K, "names no key", k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256"}""", k.Claims())),
        new("kid of a key that looks like a path", K, "iss is not", k => TokenForge.Rs256(k.OtherRsa, """{"alg":"RS256","kid":"../../dev/null"}""", k.Claims())),
        new("kid in capitals", K, UnknownKey, k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256","kid":"R1"}""", k.Claims())),
        new("kid empty", K, UnknownKey, k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256","kid":""}""", k.Claims())),
        .. new[] { "7", "null", "[\"r1\"]", "{\"r1\":1}", "\"\\ud800\"" }.Select(value => new HostileToken($"kid {value}", K, NotOurs, k => TokenForge.Rs256(k.Rsa, $$"""{"alg":"RS256","kid":{{value}}}""", k.Claims()))),
        new("kid twice", K, NotOurs, k => TokenForge.Rs256(k.Rsa, """{"alg":"RS256","kid":"x","kid":"r1"}""", k.Claims())),
        new("crit of something unknown", S, "(crit)", k => k.SecretWith("""{"alg":"HS256","crit":["exp"],"exp":1}""")),
        new("crit empty", S, "(crit)", k => k.SecretWith("""{"alg":"HS256","crit":[]}""")),
        new("crit of an unencoded payload", S, "(crit)", k => k.SecretWith("""{"alg":"HS256","b64":false,"crit":["b64"]}""")),
        .. new[] { "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt" }.Select(type => new HostileToken($"typ {type}", S, Taken, k => k.SecretWith($$"""{"alg":"HS256","typ":"{{type}}"}"""))),
        .. new[] { "logout+jwt", "dpop+jwt", "JOSE", "JWE", "", "secevent+jwt" }.Select(type => new HostileToken($"typ '{type}'", S, "type (typ)", k => k.SecretWith($$"""{"alg":"HS256","typ":"{{type}}"}"""))),
        new("typ a number", S, NotOurs, k => k.SecretWith("""{"alg":"HS256","typ":7}""")),
        new("a header that is a list", S, NotOurs, k => k.SecretWith("""[{"alg":"HS256"}]""")),
        new("a header that is a text", S, NotOurs, k => k.SecretWith("\"HS256\"")),
        new("a header that is nothing", S, NotOurs, k => k.SecretWith("{}")),
        new("a header with something behind it", S, NotOurs, k => k.SecretWith("""{"alg":"HS256"}{}""")),
        new("a header with a comma at its end", S, NotOurs, k => k.SecretWith("""{"alg":"HS256",}""")),
        new("a header with a comment", S, NotOurs, k => k.SecretWith("""{"alg":"HS256"/**/}""")),
        new("a header with white space", S, Taken, k => k.SecretWith("""  { "alg" : "HS256" }  """)),
        new("a header 1,000 levels deep", S, NotOurs, k => k.SecretWith($$"""{"alg":"HS256","x":{{new string('[', 1_000)}}{{new string(']', 1_000)}}}""")),
        new("a header that is no UTF-8", S, NotOurs, k => SecretRaw(TokenForge.Encode([.. "{\"alg\":\"HS256\",\"x\":\""u8, 0xFF, 0xC0, .. "\"}"u8]), TokenForge.Encode(k.Claims()))),
        new("a header in UTF-16", S, NotOurs, k => SecretRaw(TokenForge.Encode(Encoding.Unicode.GetBytes(CorpusKeys.Hs256Header)), TokenForge.Encode(k.Claims()))),
        new("a header with a byte order mark", S, NotOurs, k => SecretRaw(TokenForge.Encode([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(CorpusKeys.Hs256Header)]), TokenForge.Encode(k.Claims()))),
    ];

    private static IEnumerable<HostileToken> Payloads =>
    [
        .. new[] { "null", "[]", "7", "\"mallory\"", "{", "}", "{\"sub\":}", "{'sub':'mallory'}", "{\"sub\":\"mallory\",}", "NaN", "sub=mallory", "<xml/>" }
            .Select(payload => new HostileToken($"a payload '{payload}'", S, null, k => Secret(payload))).Select(token => token with { Refusal = "" }),
        new("a payload with something behind it", S, "", k => Secret(k.Claims() + "{}")),
        new("a payload with a comment", S, "", k => Secret("/**/" + k.Claims())),
        new("a payload that is no UTF-8", S, "", k => SecretRaw(TokenForge.Encode(CorpusKeys.Hs256Header), TokenForge.Encode([.. "{\"sub\":\"m"u8, 0xFF, .. "\",\"exp\":4102444800}"u8]))),
        new("a payload of overlong UTF-8", S, "", k => SecretRaw(TokenForge.Encode(CorpusKeys.Hs256Header), TokenForge.Encode([.. "{\"sub\":\"m"u8, 0xC0, 0x80, .. "\",\"exp\":4102444800}"u8]))),
        new("a payload in UTF-16", S, "", k => SecretRaw(TokenForge.Encode(CorpusKeys.Hs256Header), TokenForge.Encode(Encoding.Unicode.GetBytes(k.Claims())))),
        new("a payload with a byte order mark", S, "", k => SecretRaw(TokenForge.Encode(CorpusKeys.Hs256Header), TokenForge.Encode([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(k.Claims())]))),
        new("an empty payload that is signed", S, NotOurs, _ => SecretRaw(TokenForge.Encode(CorpusKeys.Hs256Header), "")),
        new("a payload that is not encoded, but signed", S, NotOurs, k => SecretRaw(TokenForge.Encode("""{"alg":"HS256","b64":false}"""), k.Claims())),
    ];

    private static IEnumerable<HostileToken> Spellings =>
    [
        new("padded", S, NotOurs, k => Respelt(k, part => part.PadRight((part.Length + 3) / 4 * 4, '='))),
        new("in the other base64", S, NotOurs, k => TokenForge.Hs256(CorpusKeys.Hs256Header, k.Claims(",\"x\":\"ÿ?>ÿ?>\"")).Replace('-', '+').Replace('_', '/')),
        new("with white space", S, NotOurs, k => Respelt(k, part => part.Insert(4, " "))),
        new("with tabs", S, NotOurs, k => Respelt(k, part => part.Insert(4, "\t"))),
        new("percent-encoded", S, NotOurs, k => Secret(k.Claims()).Replace(".", "%2E", StringComparison.Ordinal)),
        new("stray bits at the signature's end", S, NotOurs, k => Stray(Secret(k.Claims()))),
        new("stray bits at a curve's signature's end", E, NotOurs, k => Stray(TokenForge.Es256(k.Ec, """{"alg":"ES256"}""", k.Claims()))),
        new("one character changed in the signature", S, BadSignature, k => Changed(Secret(k.Claims()), part: 2)),
        new("one character changed in the payload", S, BadSignature, k => Changed(Secret(k.Claims()), part: 1)),
        new("one character missing", S, NotOurs, k => Secret(k.Claims())[..^1]),
        new("in lower case", S, "", k => Secret(k.Claims()).ToLowerInvariant()),
        new("its payload from another token", S, BadSignature, k => Mixed(Secret(k.Claims()), Secret(k.Claims(",\"name\":\"x\"")))),
    ];

    private static IEnumerable<HostileToken> OwnTokens =>
    [
        new("a token of this server", S, Taken, k => k.Own),
        new("a token of this server, on another one", R, WrongAlgorithm, k => k.Own),
        new("a token of this server with another payload", S, NotOurs, k => Mixed(k.Own, Secret(k.Claims()))),
        new("a token of this server under the customer's secret", S, NotOurs, k => k.Own.Split('.') is [var header, var payload, _] ? SecretRaw(header, payload) : ""),
        new("our header with the customer's claims and secret", S, NotOurs, k => SecretRaw(k.Own.Split('.')[0], TokenForge.Encode(k.Claims()))),
        new("a key that looks like ours and is the customer's to name", S, Taken, k => k.SecretWith("""{"alg":"HS256","kid":"pd-00000000"}""")),
        new("our kid with no algorithm", S, NotOurs, k => $"{TokenForge.Encode($$"""{"alg":"none","kid":"{{KidOf(k.Own)}}"}""")}.{k.Own.Split('.')[1]}.AAAA"),
        new("our kid with another algorithm", S, NotOurs, k => TokenForge.Rs256(k.Rsa, $$"""{"alg":"RS256","kid":"{{KidOf(k.Own)}}"}""", k.Claims())),
    ];

    private static string Respelt(CorpusKeys keys, Func<string, string> spell) => string.Join('.', Secret(keys.Claims()).Split('.').Select(spell));

    private static string Mixed(string token, string payloadOf) => token.Split('.') is [var header, _, var signature] ? $"{header}.{payloadOf.Split('.')[1]}.{signature}" : "";

    private static string Changed(string token, int part)
    {
        var parts = token.Split('.');
        parts[part] = (parts[part][0] == 'A' ? 'B' : 'A') + parts[part][1..];
        return string.Join('.', parts);
    }

    /// <summary>The last character of a signature says less than six bits: the next one in the alphabet means the same to a lenient reader.</summary>
    private static string Stray(string token)
    {
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + digits[digits.IndexOf(token[^1], StringComparison.Ordinal) + 1];
    }

    private static string KidOf(string token) =>
        (string)System.Text.Json.Nodes.JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))!["kid"]!;
}
