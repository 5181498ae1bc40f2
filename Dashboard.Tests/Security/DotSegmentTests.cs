using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Servers remove dot segments: an id that is one would make a request mean something else than it spells.</summary>
public sealed class DotSegmentTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Removal = """{"userId":"victim","durationSeconds":3600}""";

    private readonly DashboardHost _host = shared.Host;

    public static TheoryData<string, string> Spelt => new()
    {
        { "POST", "/api/v1/admin/rooms/../removals" },
        { "POST", "/api/v1/admin/rooms/%2e%2e/removals" },
        { "POST", "/api/v1/admin/rooms/%2E./removals" },
        { "POST", "/api/v1/admin/rooms/.%2e/removals" },
        { "POST", "/api/v1/admin/./removals" },
        { "POST", "/api/v1/admin/%2e/removals" },
        { "POST", "/api/v1/admin/rooms/../removals?x=y" },
        { "POST", "http://localhost/api/v1/admin/rooms/../removals" },
        { "POST", "http://localhost/api/v1/admin/rooms/%2e%2E/removals?x=y" },
        { "POST", "/pages/../api/v1/admin/removals" },
        { "DELETE", "/api/v1/admin/rooms/kept/removals/.." },
        { "DELETE", "/api/v1/admin/rooms/kept/removals/%2E%2e" },
        { "DELETE", "/api/v1/admin/rooms/kept/." },
        { "DELETE", "/api/v1/admin/rooms/kept/%2e/" },
        { "GET", "/api/v1/admin/users/%2e%2e" },
        { "GET", "/health/live/." },
        { "GET", "/rooms/.." },
        { "GET", "/%2e%2e/client/presence.js" },
    };

    [Theory]
    [MemberData(nameof(Spelt))]
    public async Task Request_WithADotSegmentInItsPath_Answers400AndReachesNoRoute(string method, string target)
    {
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/rooms/kept", DashboardHost.ServerKey, """{"title":"Kept"}""", ("If-Match", "*"));

        var reply = await SendAsync(method, target, method == "POST" ? Removal : "");

        Assert.StartsWith("HTTP/1.1 400 ", reply, StringComparison.Ordinal);
        Assert.Contains("\"code\":400000", reply, StringComparison.Ordinal);
        Assert.Empty((await _host.GetAsync("/api/v1/admin/removals", DashboardHost.ServerKey)).Json["removals"]!.AsArray());
        Assert.Equal("Kept", (string)(await _host.GetAsync("/api/v1/admin/rooms/kept", DashboardHost.ServerKey)).Json["title"]!);
    }

    [Theory]
    [InlineData("/api/v1/presence/rooms/.../users/count", "200")]
    [InlineData("/api/v1/presence/rooms/..a/users/count", "200")]
    [InlineData("/api/v1/presence/rooms/.hidden/users/count?from=/../x", "200")]
    [InlineData("http://localhost/api/v1/presence/rooms/v1.2/users/count?from=/../x", "200")]
    [InlineData("/api/v1/presence/rooms/%252e%252e/users/count", "422")] // the text %2e%2e, which no room id is
    [InlineData("/api/v3/users/%252e%252e", "404")]
    public async Task Request_WithDotsThatAreNoSegment_ReachesItsRoute(string target, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ", await SendAsync("GET", target), StringComparison.Ordinal);

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Id_ThatIsADotSegment_IsRefusedWhereverItComesIn(string id)
    {
        var viewer = await _host.TokenAsync("asks");

        Assert.Equal(
            Enumerable.Repeat(400000, 2),
            (await ServerAsync(HttpMethod.Post, "/api/v1/presence/heartbeats", $$"""{"heartbeats":[{"roomId":"{{id}}","userId":"u"},{"roomId":"r","userId":"{{id}}"}]}""")).Json["rejected"]!.AsArray().Select(entry => (int)entry!["code"]!));
        foreach (var answer in new[]
        {
            await _host.LogInAsync(new JsonObject { ["userId"] = id, ["deviceId"] = "d" }),
            await ServerAsync(HttpMethod.Post, "/api/v4/authentication/token", $$"""{"userId":"{{id}}"}"""),
            await ServerAsync(HttpMethod.Post, "/api/v1/admin/removals", $$"""{"userId":"{{id}}","durationSeconds":60}"""),
            await ServerAsync(HttpMethod.Post, "/api/v1/admin/rooms/r/removals", $$"""{"userId":"{{id}}","durationSeconds":60}"""),
            await ServerAsync(HttpMethod.Put, "/api/v1/channels/c/members", $$"""{"userIds":["u","{{id}}"]}"""),
            await _host.GetAsync($"/api/v1/presence/channels/list?channelIds={id}", viewer),
            await _host.GetAsync($"/api/v1/presence/rooms?ids=r,{id}", viewer),
            await _host.GetAsync($"/api/v3/users/list?userIds[]={id}", viewer),
            await _host.GetAsync($"/api/v1/presence/users/list?userIds={id}", viewer),
        })
            answer.IsRefusal(422, 400000);
    }

    private Task<Answer> ServerAsync(HttpMethod method, string path, string json) => _host.SendAsync(method, path, DashboardHost.ServerKey, json);

    private Task<string> SendAsync(string method, string target, string body = "") => RawHttp.ExchangeAsync(
        _host.BaseAddress,
        $"{method} {target} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {DashboardHost.ServerKey}\nContent-Type: application/json\nContent-Length: {body.Length}\nConnection: close\n\n",
        body);
}
