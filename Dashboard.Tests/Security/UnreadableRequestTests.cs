using System.Globalization;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Forms and host names nobody can read: they are the caller's fault, said in the route's own shape, and cost no lines of log.</summary>
public sealed class UnreadableRequestTests(UnreadableRequestTests.UnpacedHost shared) : IClassFixture<UnreadableRequestTests.UnpacedHost>
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=x";

    private static readonly string[] Paths =
        ["/sign-out", "/sign-in", "/setup", "/join", "/account/password", "/account/sign-out-everywhere", "/_blazor/disconnect", "/rooms", "/error/404", "/no/such/page"];

    private static readonly (string ContentType, string Body)[] Forms =
    [
        (Form, "a=%00"),
        (Form, "%00=a"),
        (Form, "_handler=%00&Input.Email=a"),
        (Form, "a=%"),
        (Form, "a=%ff%fe"),
        (Form, "a=%u0041"),
        (Form, string.Join('&', Enumerable.Range(0, 1_100).Select(i => $"f{i}="))),
        (Form, "&&&&&=&=&="),
        (Form, new string('k', 3_000) + "=v"),
        (Form, "v=" + new string('x', 20_000)),
        (Form + "; charset=utf-7", "a=+AGEAYgBj-"),
        (Form + "; charset=none-such", "a=b"),
        (Form + "; charset=\"", "a=b"),
        (Form + "; charset=utf-16", "a=b"),
        ("multipart/form-data", "--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=", "--x--"),
        ("multipart/form-data; boundary=" + new string('b', 200), "--x--"),
        (Multipart, ""),
        (Multipart, "--x"),
        (Multipart, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf"),
        (Multipart, "--x\r\nContent-Disposition: nonsense\r\n\r\na\r\n--x--\r\n"),
        (Multipart, "--x\r\nno header at all\r\n\r\na\r\n--x--\r\n"),
        (Multipart, "--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\na\r\n--x--\r\n"),
        (Multipart, "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\0\"\r\n\r\na\r\n--x--\r\n"),
        (Multipart, "--x\r\n" + new string('H', 20_000) + ": v\r\n\r\na\r\n--x--\r\n"),
        ("", "a=b"),
        ("text/plain", "a=b"),
        ("application/json", "{}"),
        ("nonsense", "a=b"),
        ("application/x-www-form-urlencoded, multipart/form-data", "a=b"),
    ];

    public static TheoryData<string> FormPaths => [.. Paths];

    [Theory]
    [MemberData(nameof(FormPaths))]
    public async Task Form_NobodyCanRead_IsTheCallersFaultOnEveryRoute(string path)
    {
        foreach (var (contentType, body) in Forms)
        {
            foreach (var accept in new[] { "text/html", "*/*" })
            {
                var lines = shared.Host.Log.Lines.Count;
                var reply = await PostAsync(path, contentType, body, accept);

                Assert.True(StatusOf(reply) is >= 300 and < 500, $"{path} with {contentType} {body[..Math.Min(60, body.Length)]}: {reply[..Math.Min(200, reply.Length)]}");
                Assert.DoesNotContain("Exception", reply, StringComparison.Ordinal);
                Assert.All(shared.Host.Log.Lines.Skip(lines), line => Assert.True(line.Level < LogLevel.Error && line.Exception is null, line.Message + line.Exception));
                Assert.InRange(shared.Host.Log.Lines.Count - lines, 0, 1);
            }
        }
    }

    [Fact]
    public async Task Form_NobodyCanRead_Answers400InTheShapeThatIsWanted()
    {
        var page = await PostAsync("/sign-out", Form, "a=%00", "text/html");
        var text = await PostAsync("/sign-out", Form, "a=%00", "*/*");

        Assert.StartsWith("HTTP/1.1 400", page, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html", page, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy:", page, StringComparison.Ordinal);
        Assert.Contains("be read. Go back, reload", page, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":400000", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=%00")]
    [InlineData("%00")]
    [InlineData("token=%00&sessionId=%00")]
    [InlineData("token=%ff")]
    [InlineData("%")]
    [InlineData("&&&===")]
    public async Task Beacon_NobodyCanRead_IsRefusedInTheApisShape(string body)
    {
        foreach (var contentType in new[] { Form, Form + "; charset=utf-7", "text/plain; charset=none-such" })
        {
            var reply = await PostAsync("/api/v1/presence/rooms/r/leave", contentType, body, "*/*");

            Assert.True(StatusOf(reply) is 400 or 401 or 415, reply);
            Assert.Contains("\"status\":\"error\"", reply, StringComparison.Ordinal);
        }
        Assert.Empty(shared.Host.Log.Faults);
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("xn--.example")]
    [InlineData("xn--a")]
    [InlineData("xn--\u007f")]
    [InlineData("www.xn--zzzzzzzzzzzzzzzzzzzzzzz99999999999.example")]
    [InlineData("XN--A")]
    [InlineData("a..b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("%00")]
    [InlineData("%")]
    [InlineData("a%2eb")]
    [InlineData("a%zz")]
    [InlineData("a_b*c")]
    [InlineData("(")]
    [InlineData("a:99999")]
    [InlineData("a:0")]
    [InlineData("a:")]
    [InlineData(":80")]
    [InlineData("a:b")]
    [InlineData("[::1")]
    [InlineData("[zz]")]
    [InlineData("[::1]]")]
    [InlineData("[]")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.256.256.256")]
    [InlineData("a b")]
    [InlineData("-")]
    [InlineData("a,b")]
    [InlineData("a;b")]
    [InlineData("a'b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example")]
    public async Task Host_NobodyCanRead_IsTheCallersFaultEverywhere(string name)
    {
        foreach (var path in new[] { "/", "/sign-in", "/rooms", "/health/live", "/api/v1/presence/settings", "/api/v3/network-settings/chat", "/_blazor/negotiate", "/client/presence.js", "/openapi/v1.json", "/metrics", "/badge/x.svg" })
        {
            var lines = shared.Host.Log.Lines.Count;
            var reply = await RawHttp.ExchangeAsync(shared.Host.BaseAddress, $"GET {path} HTTP/1.1\nHost: {name}\nAccept: text/html\nConnection: close\n\n");

            Assert.True(StatusOf(reply) is >= 200 and < 500, $"{path}: {reply[..Math.Min(300, reply.Length)]}");
            Assert.DoesNotContain("Exception", reply, StringComparison.Ordinal);
            Assert.Equal(lines, shared.Host.Log.Lines.Count);
        }
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("a..b")]
    [InlineData("[zz]")]
    public async Task Host_NobodyCanRead_Answers400InTheRoutesShape(string name)
    {
        var page = await RawHttp.ExchangeAsync(shared.Host.BaseAddress, $"GET /sign-in HTTP/1.1\nHost: {name}\nAccept: text/html\nConnection: close\n\n");
        var api = await RawHttp.ExchangeAsync(shared.Host.BaseAddress, $"GET /api/v3/network-settings/chat HTTP/1.1\nHost: {name}\nConnection: close\n\n");

        Assert.StartsWith("HTTP/1.1 400", page, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", api, StringComparison.Ordinal);
        if (name[0] != '[') // the server underneath refuses that one without a body
        {
            Assert.Contains("Host header", page, StringComparison.Ordinal);
            Assert.Contains("\"code\":400000", api, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:5080")]
    [InlineData("localhost.")]
    [InlineData("my_host.internal")]
    [InlineData("xn--prsenz-bua.example")]
    [InlineData("10.0.0.7:8080")]
    [InlineData("[::1]:5080")]
    [InlineData("[fe80::1]")]
    [InlineData("a-b.c--d.example")]
    [InlineData("3com.example")]
    public async Task Host_ThatIsOne_IsServed(string name)
    {
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.ExchangeAsync(shared.Host.BaseAddress, $"GET /sign-in HTTP/1.1\nHost: {name}\nConnection: close\n\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.ExchangeAsync(shared.Host.BaseAddress, $"GET /health/live HTTP/1.1\nHost: {name}\nConnection: close\n\n"), StringComparison.Ordinal);
    }

    private static int StatusOf(string reply) => reply.Length > 12 && int.TryParse(reply[9..12], CultureInfo.InvariantCulture, out var status) ? status : 0;

    private Task<string> PostAsync(string path, string contentType, string body, string accept) => RawHttp.ExchangeAsync(
        shared.Host.BaseAddress,
        $"POST {path} HTTP/1.1\nHost: localhost\nAccept: {accept}\n{(contentType.Length == 0 ? "" : $"Content-Type: {contentType}\n")}Content-Length: {body.Length}\nConnection: close\n\n",
        body);

    /// <summary>A host that reads every form, however many come from one address: who posts too many is not read at all.</summary>
    public sealed class UnpacedHost : IAsyncLifetime
    {
        public DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Environment = "Production",
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Limits:SignInsPerSecond"] = "10000", ["Presence:Limits:SignInBurst"] = "10000" },
        });

        public async ValueTask DisposeAsync() => await Host.DisposeAsync();
    }
}
