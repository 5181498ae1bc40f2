using System.Globalization;
using System.Text;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Makes requests that are wrong in one way or several: the same ones for the same seed.</summary>
public sealed class RequestForge(int seed, IReadOnlyList<string> credentials)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "G ET", "", "PRI", "BREW", new('M', 300), "P\0ST"];

    private static readonly string[] Routes =
    [
        "/api/v1/presence/rooms/lobby/heartbeat", "/api/v1/presence/rooms/lobby/leave", "/api/v1/presence/rooms/lobby/users", "/api/v1/presence/rooms/lobby/users/count",
        "/api/v1/presence/heartbeats", "/api/v1/presence/heartbeat", "/api/v1/presence/rooms", "/api/v1/presence/settings", "/api/v1/presence/settings/user", "/api/v1/admin/settings",
        "/api/v1/admin/rooms/lobby", "/api/v1/admin/removals", "/api/v1/admin/users/anna", "/api/v1/presence/users/list", "/api/v1/presence/network/users", "/api/v1/channels/c/members",
        "/api/v1/presence/channels/list", "/api/v5/sessions", "/api/v5/sessions/visitor", "/api/v4/sessions", "/api/v3/users/list", "/api/v3/users/anna", "/api/v3/network-settings/chat",
        "/health/live", "/health/ready", "/metrics", "/openapi/v1.json", "/", "/sign-in", "/setup", "/_blazor", "/_blazor/negotiate", "/app.css", "/api", "/api/", "/API/V1/presence/settings",
        "/api/v1/presence/rooms/lobby/users?limit=-1", "/api/v1/presence/rooms/lobby/users?limit=99999999999999999999&sort=x&cursor=%00", "/api/v1/presence/rooms/lobby/users?cursor=AAAA&sort=name",
        "/api/v1/presence/rooms?ids=a,b", "/api/v1/presence/rooms?ids[]=%ff&ids[]=", "/api/v3/users/list?userIds[]=%2525%2525&userIds[]=%", "/api/v1/presence/rooms/%F0%9F%8E%AC/heartbeat?include=count",
    ];

    private static readonly string[] Targets =
    [
        .. Routes,
        "*", "http://evil.example/api/v1/presence/settings", "evil.example:443", "//", "/%", "/%zz", "/%00", "/%c0%ae%c0%ae/", "/..%2f..%2fetc/passwd", "/api/v1/../../etc/passwd",
        "/api/v1/presence/rooms/%2e%2e/heartbeat", "/api/v1/presence/rooms/a%2Fb/users", "/api/v1/presence/rooms/%ff/users", "/api/v1/presence/rooms/%ed%a0%80/users", "/api/v1/presence/rooms//users",
        "/api/v1/presence/rooms?ids=" + new string(',', 500), "/api/v1/presence/rooms?ids[]=%ff&ids[]=", "/api/v3/users/list?userIds[]=%2525%2525&userIds[]=%", "/?" + new string('a', 5_000), "\u0001", "/\\..\\",
    ];

    private static readonly string[] Versions = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/9.9", "http/1.1", "HTTP/1.", "", "ICY"];

    private static readonly string[] Headers =
    [
        "Host: localhost", "Host: localhost", "Host: ", "Host: a b", "Host: localhost, evil.example", "Host: [::1", "Host: localhost:99999", "Host:localhost\r\nHost: localhost",
        "Connection: close", "Connection: Upgrade", "Upgrade: websocket", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
        "Content-Type: application/json", "Content-Type: application/json; charset=utf-7", "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x", "Content-Type: ", "Content-Type: \u00e9",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: x", "Transfer-Encoding : chunked",
        "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999", "Content-Length: 2147483648", "Content-Length: 5\r\nContent-Length: 6", "Content-Length: +5", "Content-Length: 5, 5",
        "Expect: 100-continue", "Expect: 200-ok", "Accept: text/html", "Accept: */*;q=7", "Accept-Encoding: br, gzip, \0", "Origin: https://evil.example", "Origin: null", "Origin: \t",
        "Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: x\r\nOrigin: https://a.example", "Cookie: a=b; presence-moderator=CfDJ8AAAA; ;;;=", "Cookie: " + "\u00ff", "If-Match: *", "If-Match: \"1", "If-Match: W/\"1\", x",
        "Last-Event-ID: 99999999999999999999", "Range: bytes=0-,-1,5-2", "X-Forwarded-For: 1.2.3.4, x", "X-Forwarded-Host: evil.example", "X-HTTP-Method-Override: DELETE", "X-Original-URL: /api/v1/admin/settings",
        "x-server-key: ", "x-server-key: a\r\nx-server-key: b", "X-API-Key: test-client-key", "X-API-Key: ", "Authorization: Basic \0", "Authorization: Bearer", "Authorization:", "Folded: a\r\n b", " Leading: x", "No-Colon", ": no-name", "B\u00e4d: x", "Bad name: x", "X: \u0001\u0002",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "{", "[]", "null", "0", "\"", "{\"a\":}", "{\"userId\":\"a\",\"deviceId\":\"d\"}", "{\"userId\":\"\\ud800\",\"deviceId\":\"d\"}", "{\"userId\":null}", "{\"deviceId\":7}", "{\"userId\":{\"a\":1},\"deviceId\":[]}",
        "{\"heartbeats\":[null,{},{\"roomId\":\"a/b\"},{\"roomId\":\"lobby\",\"state\":\"x\"},{\"roomId\":\"lobby\",\"sessionId\":\"\"}]}", "{\"heartbeats\":{}}", "{\"heartbeats\":[[]]}", "{\"sessionId\":\"s\",\"sessionId\":\"t\"}", "{\"settingsVersion\":1e99}", "{\"state\":\"hidden\"}",
        "{\"enabled\":true,\"heartbeatIntervalSeconds\":1e308,\"presenceTimeoutSeconds\":-1,\"listLimit\":200}", "{\"enabled\":\"yes\"}", "{\"userIds\":[null]}", "{\"userId\":\"a\",\"durationSeconds\":1e18}", "{\"userId\":\"a\",\"until\":\"not a date\"}", "{\"metadata\":{\"__proto__\":{}}}",
        "token=&sessionId=%ff", "token=%00&&&=", "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\na\r\n--x--", "\u0000\u0001\u0002", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><x>&a;</x>",
        new('[', 5_000), "{\"a\":" + new string('[', 5_000), "{\"sessionId\":\"" + new string('x', 15_000) + "\"}", new(' ', 20_000),
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next request, as bytes.</summary>
    public byte[] Next() => _random.Next(20) switch
    {
        0 => Noise(_random.Next(1, 400)),
        1 => [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, .. Noise(200)], // TLS, to a port that speaks none
        2 => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, .. Noise(50)],
        3 => Large(),
        4 => [.. Request(), .. Request()],
        < 10 => Mutated(Request()),
        _ => Request(),
    };

    /// <summary>Half of them are HTTP without a fault, so that what is wrong with the rest of them gets further than the parser.</summary>
    private byte[] Request()
    {
        var isHttp = _random.Next(2) == 0;
        var text = new StringBuilder();
        var target = isHttp ? Pick(Routes) : Pick(Targets);
        text.Append(isHttp && _random.Next(5) > 0 ? MethodOf(target) : _random.Next(3) > 0 ? Pick(["GET", "POST", "PUT", "DELETE"]) : Pick(Methods)).Append(' ');
        text.Append(target).Append(' ').Append(isHttp || _random.Next(4) > 0 ? "HTTP/1.1" : Pick(Versions)).Append("\r\n");
        if (isHttp || _random.Next(10) > 0)
            text.Append("Host: localhost\r\n");
        if (_random.Next(3) > 0)
            text.Append("Authorization: Bearer ").Append(Pick(credentials)).Append("\r\n");
        if (isHttp)
            text.Append("Connection: close\r\n");
        for (var i = isHttp ? 0 : _random.Next(4); i > 0; i--)
            text.Append(Pick(Headers)).Append("\r\n");
        return Encoding.Latin1.GetBytes(AppendBody(text, Pick(Bodies), isHttp ? 5 : _random.Next(6)).ToString());
    }

    /// <summary>A method the route may well answer.</summary>
    private string MethodOf(string target) => target.Contains('?', StringComparison.Ordinal) || target.EndsWith("/count", StringComparison.Ordinal) ? "GET"
        : target.EndsWith("heartbeat", StringComparison.Ordinal) || target.EndsWith("heartbeats", StringComparison.Ordinal) || target.EndsWith("leave", StringComparison.Ordinal) || target.Contains("v5", StringComparison.Ordinal) ? "POST"
        : target.Contains("admin", StringComparison.Ordinal) || target.EndsWith("/user", StringComparison.Ordinal) || target.EndsWith("members", StringComparison.Ordinal) ? Pick(["PUT", "PUT", "POST", "DELETE", "GET"])
        : Pick(["GET", "GET", "POST"]);

    private StringBuilder AppendBody(StringBuilder text, string body, int kind) => kind switch
    {
        0 => text.Append("Transfer-Encoding: chunked\r\n\r\n").Append(Chunks(body)),
        1 => text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + _random.Next(-3, 50)}\r\n\r\n{body}"),
        2 => text.Append("\r\n").Append(body),
        _ => text.Append(CultureInfo.InvariantCulture, $"Content-Type: {(_random.Next(4) > 0 ? "application/json" : "text/plain")}\r\nX-API-Key: test-client-key\r\nIf-Match: *\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
    };

    private string Chunks(string body) => _random.Next(7) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n"),
        1 => string.Create(CultureInfo.InvariantCulture, $"{body.Length:x};ext=\"{new string('e', 300)}\"\r\n{body}\r\n0\r\nTrailer: x\r\n\r\n"),
        2 => "FFFFFFFFFFFFFFFF\r\n" + body,
        3 => "-1\r\n\r\n",
        4 => "zz\r\n" + body,
        5 => "5\r\nabc\r\n0\r\n\r\n",
        _ => "0\r\n" + body + "\r\n\r\n",
    };

    private byte[] Large() => Encoding.Latin1.GetBytes(_random.Next(5) switch
    {
        0 => $"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        1 => $"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 40_000)}\r\n\r\n",
        2 => $"GET / HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"H{i}: v\r\n"))}\r\n",
        3 => $"POST /api/v1/presence/heartbeats HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Pick(credentials)}\r\nContent-Type: application/json\r\nContent-Length: 300000\r\n\r\n{new string('[', 300_000)}",
        _ => $"POST /api/v5/sessions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat("1\r\nx\r\n", 5_000))}0\r\n\r\n",
    });

    private byte[] Mutated(byte[] request)
    {
        List<byte> bytes = [.. request];
        for (var i = _random.Next(1, 8); i > 0 && bytes.Count > 1; i--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)_random.Next(256));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at); // and no more of it
                    break;
            }
        }
        return [.. bytes];
    }

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Pick(IReadOnlyList<string> from) => from[_random.Next(from.Count)];
}
