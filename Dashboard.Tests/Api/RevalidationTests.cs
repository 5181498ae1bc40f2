using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Who asks again is not sent again what it has.</summary>
public sealed class RevalidationTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/presence/rooms/lobby/users/count")]
    [InlineData("/api/v1/presence/rooms/lobby/users?include=user")]
    [InlineData("/api/v1/presence/rooms?ids=lobby")]
    [InlineData("/api/v1/presence/rooms")]
    [InlineData("/api/v1/presence/users/list?userIds=anna")]
    [InlineData("/api/v1/presence/network/users")]
    [InlineData("/api/v1/presence/network/users/count")]
    [InlineData("/api/v1/presence/channels/list?channelIds=crew")]
    public async Task Reply_WhileOnlyTheTimeGoesOn_Is304AndOtherwiseSentAgain(string path)
    {
        await BeatAsync("anna");
        var first = await _host.GetAsync(path, DashboardHost.ServerKey);
        var tag = $"{first.Headers.ETag}";
        Pass(2);

        var same = await _host.GetAsync(path, DashboardHost.ServerKey, ("If-None-Match", tag));
        var whole = await _host.GetAsync(path, DashboardHost.ServerKey);
        await BeatAsync("anna"); // moves what is said of heartbeats
        await BeatAsync("berta");
        await _host.SendAsync(HttpMethod.Put, "/api/v1/channels/crew/members", DashboardHost.ServerKey, """{"userIds":["anna"]}""");
        var other = await _host.GetAsync(path, DashboardHost.ServerKey, ("If-None-Match", tag));

        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);
        Assert.Equal((304, "", tag, "no-store"), (same.Status, same.Body, $"{same.Headers.ETag}", $"{same.Headers.CacheControl}"));
        Assert.Equal((200, tag), (whole.Status, $"{whole.Headers.ETag}"));
        Assert.Equal(200, other.Status);
        Assert.NotEqual(tag, $"{other.Headers.ETag}");
    }

    [Fact]
    public async Task Reply_WhoseMomentStandsInMetadataToo_ChangesWithIt()
    {
        const string path = "/api/v1/presence/rooms/lobby/users?include=user";
        await BeatAsync("anna");
        await PutMetadataAsync("""{"referenceTimestamp":"2026-11-21T22:37:41.509Z"}""");
        var tag = $"{(await _host.GetAsync(path, DashboardHost.ServerKey)).Headers.ETag}";

        await PutMetadataAsync("""{"referenceTimestamp":"2026-11-21T22:37:41.510Z"}""");

        Assert.NotEqual(tag, $"{(await _host.GetAsync(path, DashboardHost.ServerKey)).Headers.ETag}");
    }

    [Theory]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("nonsense", 200)]
    [InlineData("\"other\", {0}", 304)]
    public async Task IfNoneMatch_OfAnyForm_IsReadAsHttpSays(string header, int status)
    {
        var tag = $"{(await _host.GetAsync("/api/v1/presence/rooms/lobby/users/count", DashboardHost.ServerKey)).Headers.ETag}";

        var answer = await _host.GetAsync("/api/v1/presence/rooms/lobby/users/count", DashboardHost.ServerKey, ("If-None-Match", header.Replace("{0}", tag, StringComparison.Ordinal)));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Document_WithAVersion_Is304ToWhoHasItAndNeverAfterAChange()
    {
        var tag = $"{(await _host.GetAsync("/api/v1/admin/settings", DashboardHost.ServerKey)).Headers.ETag}";

        Assert.Equal(304, (await _host.GetAsync("/api/v1/admin/settings", DashboardHost.ServerKey, ("If-None-Match", tag))).Status);
        var changed = await _host.SendAsync(
            HttpMethod.Put,
            "/api/v1/admin/settings",
            DashboardHost.ServerKey,
            """{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200}""",
            [("If-Match", "*"), ("If-None-Match", "*")]);

        Assert.Equal(200, changed.Status);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/admin/settings", DashboardHost.ServerKey, ("If-None-Match", tag))).Status);
    }

    [Fact]
    public async Task History_ThatIsOver_Is304ToWhoHasIt()
    {
        const string path = "/api/v1/admin/rooms/lobby/history?from=2026-02-28T10:00:00Z&to=2026-02-28T12:00:00Z";
        var tag = $"{(await _host.GetAsync(path, DashboardHost.ServerKey)).Headers.ETag}";
        Pass(90);

        Assert.Equal(304, (await _host.GetAsync(path, DashboardHost.ServerKey, ("If-None-Match", tag))).Status);
    }

    private Task<Answer> PutMetadataAsync(string metadata) =>
        _host.SendAsync(HttpMethod.Put, "/api/v1/admin/users/anna", DashboardHost.ServerKey, $$"""{"metadata":{{metadata}}}""", ("If-Match", "*"));

    private async Task BeatAsync(string userId)
    {
        var token = await _host.TokenAsync(userId);
        await _host.BeatAsync("lobby", token);
        await _host.PostAsync("/api/v1/presence/heartbeat", token);
        Pass(1);
    }

    private void Pass(int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _host.Services.GetRequiredService<PresenceEngine>().Sweep();
        }
    }
}
