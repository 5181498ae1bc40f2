using System.Globalization;

namespace Presence.Dashboard.Tests.Security;

public static partial class TokenCorpus
{
    private static IEnumerable<HostileToken> Times =>
    [
        new("no exp", S, "exp is missing", k => Secret("""{"sub":"mallory"}""")),
        new("exp null", S, "exp is missing", _ => Exp("null")),
        .. new[] { "\"4102444800\"", "\"never\"", "true", "[]", "{}", "-1", "-1e300", "1e300", "1e999", "253402300800", "9223372036854775807", "99999999999999999999999" }
            .Select(value => new HostileToken($"exp {value}", S, "exp must be a number of seconds", _ => Exp(value))),
        new("exp in milliseconds", S, "milliseconds", k => Exp(Number((k.Now + 3600) * 1000))),
        new("exp 0", S, "expired", _ => Exp("0")),
        new("exp -0", S, "expired", _ => Exp("-0")),
        new("exp an hour ago", S, "expired", k => Exp(Number(k.Now - 3600))),
        new("exp 61 s ago", S, "expired", k => Exp(Number(k.Now - 61))),
        new("exp 60 s ago", S, "expired", k => Exp(Number(k.Now - 60))),
        new("exp 59 s ago", S, Taken, k => Exp(Number(k.Now - 59))),
        new("exp 59.5 s ago", S, Taken, k => Exp($"{k.Now - 60}.5")),
        new("exp now", S, Taken, k => Exp(Number(k.Now))),
        new("exp with a fraction", S, Taken, k => Exp($"{k.Now + 10}.25")),
        new("exp as a power of ten", S, Taken, _ => Exp("1e10")),
        new("exp in the year 9999", S, Taken, _ => Exp("253402300000")),
        new("nbf in 59 s", S, Taken, k => Secret(k.Claims($",\"nbf\":{k.Now + 59}"))),
        new("nbf in 60 s", S, Taken, k => Secret(k.Claims($",\"nbf\":{k.Now + 60}"))),
        new("nbf in 61 s", S, "not valid yet", k => Secret(k.Claims($",\"nbf\":{k.Now + 61}"))),
        new("nbf a text", S, "nbf must be", k => Secret(k.Claims(",\"nbf\":\"0\""))),
        new("nbf after the end of time", S, "nbf must be", k => Secret(k.Claims(",\"nbf\":1e300"))),
        new("nbf null", S, Taken, k => Secret(k.Claims(",\"nbf\":null"))),
        new("iat in 61 s", S, "in the future", k => Secret($$"""{"sub":"mallory","exp":{{k.Now + 3600}},"iat":{{k.Now + 61}}}""")),
        new("iat in 60 s", S, Taken, k => Secret($$"""{"sub":"mallory","exp":{{k.Now + 3600}},"iat":{{k.Now + 60}}}""")),
        new("iat before 1970", S, "iat must be", k => Secret($$"""{"sub":"mallory","exp":{{k.Now + 3600}},"iat":-5}""")),
        new("iat an object", S, "iat must be", k => Secret($$$"""{"sub":"mallory","exp":{{{k.Now + 3600}}},"iat":{}}""")),
        new("no iat", S, Taken, k => Secret($$"""{"sub":"mallory","exp":{{k.Now + 3600}}}""")),
        new("exp twice", S, "duplicate members", k => Secret(k.Claims(",\"exp\":4102444800"))),
        new("exp twice, once spelt with an escape", S, "duplicate members", k => Secret(k.Claims(",\"\\u0065xp\":4102444800"))),
    ];

    private static IEnumerable<HostileToken> Subjects =>
    [
        new("no sub", S, "sub is missing", k => Secret($$"""{"exp":{{k.Now + 3600}}}""")),
        new("sub null", S, "sub is missing", _ => Sub("null")),
        new("sub empty", S, "sub is missing", _ => Sub("\"\"")),
        .. new[] { "7", "true", "[\"mallory\"]", "{\"id\":\"mallory\"}" }.Select(value => new HostileToken($"sub {value}", S, "sub must be a text", _ => Sub(value))),
        new("sub of 50 characters", S, Taken, _ => Sub($"\"{new string('s', 50)}\"")),
        new("sub of 51 characters", S, "sub must have 1 to 50", _ => Sub($"\"{new string('s', 51)}\"")),
        new("sub with a zero", S, "sub must not contain control", _ => Sub("\"mallory\\u0000victim\"")),
        new("sub with a line end", S, "sub must not contain control", _ => Sub("\"mallory\\nvictim\"")),
        new("sub with half a character", S, "sub must be a text", _ => Sub("\"\\ud800\"")),
        new("sub with halves swapped", S, "sub must be a text", _ => Sub("\"\\udc00\\ud800\"")),
        new("sub of one dot", S, "sub must not be . or ..", _ => Sub("\".\"")),
        new("sub of two dots", S, "sub must not be . or ..", _ => Sub("\"..\"")),
        new("sub of a guest", S, "reserved", _ => Sub("\"~guest-0123456789abcdef01234567\"")),
        new("sub of an admin", S, "reserved", _ => Sub("\"ADMIN_\"")),
        new("sub of the deleted", S, "reserved", _ => Sub("\"DELETED_1\"")),
        new("sub twice", S, "duplicate members", k => Secret(k.Claims(",\"sub\":\"victim\""))),
        new("sub twice, once spelt with an escape", S, "duplicate members", k => Secret(k.Claims(",\"s\\u0075b\":\"victim\""))),
        new("sub in capitals beside the real one", S, Taken, k => Secret(k.Claims(",\"SUB\":\"victim\""))),
        new("sub with markup", S, Taken, _ => Sub("\"<script>alert(1)</script>\"")),
        new("sub with SQL", S, Taken, _ => Sub("\"'; DROP TABLE Users; --\"")),
        new("sub with a slash and a per cent sign", S, Taken, _ => Sub("\"a/b%2Fc\"")),
        new("the payload of our own tokens", S, Taken, k => Secret(k.Claims(",\"user\":{\"publicUserId\":\"victim\",\"userId\":\"victim\"},\"guest\":true,\"deviceId\":\"d\",\"jti\":\"x\""))),
    ];

    private static IEnumerable<HostileToken> OtherClaims =>
    [
        new("name of 100 characters", S, Taken, k => Secret(k.Claims($",\"name\":\"{new string('n', 100)}\""))),
        new("name of 101 characters", S, "name can have at most 100", k => Secret(k.Claims($",\"name\":\"{new string('n', 101)}\""))),
        new("name a number", S, "name must be a text", k => Secret(k.Claims(",\"name\":7"))),
        new("name with a line end", S, "name must not contain control", k => Secret(k.Claims(",\"name\":\"a\\nb\""))),
        new("name null", S, Taken, k => Secret(k.Claims(",\"name\":null"))),
        new("name empty", S, Taken, k => Secret(k.Claims(",\"name\":\"\""))),
        new("name twice", S, "duplicate members", k => Secret(k.Claims(",\"name\":\"a\",\"name\":\"b\""))),
        new("picture of 1,000 characters", S, Taken, k => Secret(k.Claims($",\"picture\":\"https://e.example/{new string('p', 1_000 - 18)}\""))),
        new("picture of 1,001 characters", S, "picture can have at most", k => Secret(k.Claims($",\"picture\":\"https://e.example/{new string('p', 1_001 - 18)}\""))),
        .. new[] { "javascript:alert(1)", "data:text/html,x", "//evil.example/x.png", "/x.png", "file:///etc/passwd", "vbscript:x" }
            .Select(address => new HostileToken($"picture {address}", S, "picture must be a URL", k => Secret(k.Claims($",\"picture\":\"{address}\"")))),
        new("sid of 150 characters", S, Taken, k => Secret(k.Claims($",\"sid\":\"{new string('s', 150)}\""))),
        new("sid of 151 characters", S, "sid must have", k => Secret(k.Claims($",\"sid\":\"{new string('s', 151)}\""))),
        new("sid a number", S, "sid must be a text", k => Secret(k.Claims(",\"sid\":1"))),
        new("rooms empty", S, Taken, k => Secret(k.Claims(",\"rooms\":[]"))),
        new("rooms of everything", S, Taken, k => Secret(k.Claims(",\"rooms\":[\"*\"]"))),
        new("rooms that begin with dots", S, Taken, k => Secret(k.Claims(",\"rooms\":[\".*\",\"..*\",\".hidden\"]"))),
        new("rooms of 100", S, Taken, k => Secret(k.Claims($",\"rooms\":[{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"{i}\""))}]"))),
        new("rooms of 101", S, "rooms must be a list", k => Secret(k.Claims($",\"rooms\":[{string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"{i}\""))}]"))),
        .. new[] { "\"lobby\"", "true", "{\"lobby\":true}", "7" }.Select(value => new HostileToken($"rooms {value}", S, "rooms must be a list", k => Secret(k.Claims($",\"rooms\":{value}")))),
        .. new[] { "null", "7", "\"\"", "\"a/b\"", "\"a/*\"", "[\"lobby\"]", "\".\"", "\"..\"", "\"\\ud800\"", $"\"{new string('r', 129)}\"", $"\"{new string('r', 129)}*\"" }
            .Select((value, number) => new HostileToken($"rooms with a bad entry ({number})", S, "rooms contains an entry", k => Secret(k.Claims($",\"rooms\":[\"lobby\",{value}]")))),
        new("a claim 14 levels deep", S, Taken, k => Secret(k.Claims($",\"x\":{new string('[', 14)}{new string(']', 14)}"))),
        new("a claim 17 levels deep", S, "aren't a single JSON object", k => Secret(k.Claims($",\"x\":{new string('[', 17)}{new string(']', 17)}"))),
        new("a claim 1,000 levels deep", S, "aren't a single JSON object", k => Secret(k.Claims($",\"x\":{new string('[', 1_000)}{new string(']', 1_000)}"))),
        new("200 claims nobody knows", S, Taken, k => Secret(k.Claims(string.Concat(Enumerable.Range(0, 200).Select(i => $",\"c{i}\":{i}"))))),
        new("a claim named as nothing", S, Taken, k => Secret(k.Claims(",\"\":1"))),
        new("a claim named __proto__", S, Taken, k => Secret(k.Claims(",\"__proto__\":{\"sub\":\"victim\"}"))),
    ];

    private static IEnumerable<HostileToken> Parties =>
    [
        new("issuer and audience as expected", K, Taken, k => Of(k, $"\"iss\":\"{CorpusServers.Issuer}\",\"aud\":\"{CorpusServers.Audience}\"")),
        new("audience among others", K, Taken, k => Of(k, $"\"iss\":\"{CorpusServers.Issuer}\",\"aud\":[\"other\",\"{CorpusServers.Audience}\"]")),
        new("no issuer", K, "iss is not", k => Of(k, $"\"aud\":\"{CorpusServers.Audience}\"")),
        new("another issuer", K, "iss is not", k => Of(k, $"\"iss\":\"https://evil.example/\",\"aud\":\"{CorpusServers.Audience}\"")),
        new("the issuer without its slash", K, "iss is not", k => Of(k, $"\"iss\":\"https://auth.example.com\",\"aud\":\"{CorpusServers.Audience}\"")),
        new("the issuer in capitals", K, "iss is not", k => Of(k, $"\"iss\":\"{CorpusServers.Issuer.ToUpperInvariant()}\",\"aud\":\"{CorpusServers.Audience}\"")),
        new("the issuer in a list", K, "iss is not", k => Of(k, $"\"iss\":[\"{CorpusServers.Issuer}\"],\"aud\":\"{CorpusServers.Audience}\"")),
        new("the issuer twice", K, "duplicate members", k => Of(k, $"\"iss\":\"{CorpusServers.Issuer}\",\"iss\":\"{CorpusServers.Issuer}\",\"aud\":\"{CorpusServers.Audience}\"")),
        .. new[] { "null", "\"\"", "\"other\"", "\"presence2\"", "\"Presence\"", "[]", "[\"other\"]", "[[\"presence\"]]", "{\"presence\":1}", "7" }
            .Select(value => new HostileToken($"audience {value}", K, "aud does not name", k => Of(k, $"\"iss\":\"{CorpusServers.Issuer}\",\"aud\":{value}"))),
        new("no audience", K, "aud does not name", k => Of(k, $"\"iss\":\"{CorpusServers.Issuer}\"")),
    ];

    private static string Exp(string value) => SecretRaw(Support.TokenForge.Encode(CorpusKeys.Hs256Header), Support.TokenForge.Encode($$"""{"sub":"mallory","exp":{{value}}}"""));

    private static string Sub(string value) => SecretRaw(Support.TokenForge.Encode(CorpusKeys.Hs256Header), Support.TokenForge.Encode($$"""{"sub":{{value}},"exp":4102444800}"""));

    private static string Of(CorpusKeys keys, string parties) => Support.TokenForge.Rs256(keys.Rsa, """{"alg":"RS256","kid":"r1"}""", $$"""{"sub":"mallory","exp":{{keys.Now + 3600}},{{parties}}}""");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
