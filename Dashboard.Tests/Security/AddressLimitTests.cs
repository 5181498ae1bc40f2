using System.Net;
using System.Text.Json.Nodes;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>What one address may do too often, and that an audience behind it does not suffer.</summary>
public sealed class AddressLimitTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Failures_OfAnAddress_AreAnswered429AfterABurstAndGoodTokensStill202()
    {
        await using var host = await StartAsync(("FailuresPerSecond", "2"), ("FailureBurst", "5"));
        var token = await host.TokenAsync("anna");

        for (var i = 0; i < 5; i++)
            (await host.BeatAsync("lobby", $"guess-{i}")).IsRefusal(401, 400100);
        var refused = await host.GetAsync("/api/v1/admin/settings", "another-guess");

        refused.IsRefusal(429, 400311);
        Assert.Equal("1", refused.Headers.RetryAfter?.ToString());
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);
        Assert.Equal(202, (await host.BeatAsync("lobby", await host.TokenAsync("berta"))).Status); // never seen before, and good
        Assert.Equal(429, (await host.PostAsync("/api/v1/presence/rooms/lobby/leave", json: "token=guess", headers: ("Content-Type", "text/plain"))).Status);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await host.BeatAsync("lobby", "guess")).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task Anonymous_RequestsOfAnAddress_AreLimitedAndHealthIsNot()
    {
        await using var host = await StartAsync(("AnonymousPerSecond", "1"), ("AnonymousBurst", "3"));

        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await host.GetAsync("/api/v3/network-settings/chat")).Status);
        (await host.GetAsync("/api/v3/network-settings/chat")).IsRefusal(429, 400311);

        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (await host.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await host.LogInAsync(new JsonObject { ["userId"] = "anna", ["deviceId"] = "d" })).Status);
    }

    /// <summary>Decision 014: an address over its limit costs no parsing.</summary>
    [Fact]
    public async Task Logins_OfAnAddress_AreLimitedBeforeTheirBodyIsRead()
    {
        await using var host = await StartAsync(("LoginsPerSecond", "1"), ("LoginBurst", "2"));

        (await host.PostAsync("/api/v5/sessions", json: "{", headers: ("X-API-Key", DashboardHost.ClientKey))).IsRefusal(400, 400000);
        (await host.PostAsync("/api/v5/sessions", json: "{", headers: ("X-API-Key", DashboardHost.ClientKey))).IsRefusal(400, 400000);

        (await host.PostAsync("/api/v5/sessions", json: "{", headers: ("X-API-Key", DashboardHost.ClientKey))).IsRefusal(429, 400311);
    }

    [Fact]
    public async Task NewGuests_OfAnAddress_AreLimitedAndThoseKnownAreNot()
    {
        await using var host = await StartAsync(("NewGuestsPerSecond", "1"), ("NewGuestBurst", "2"));

        await host.VisitorTokenAsync("first");
        await host.VisitorTokenAsync("second");
        (await VisitAsync(host, "third")).IsRefusal(429, 400311);
        await host.VisitorTokenAsync("first");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, (await VisitAsync(host, "third")).Status);
    }

    [Fact]
    public async Task Logouts_OfAnAddress_AreLimitedAndTheTokenStaysValid()
    {
        await using var host = await StartAsync(("LogoutsPerSecond", "1"), ("LogoutBurst", "2"));

        Assert.Equal(200, (await LogOutAsync(host, await host.TokenAsync("anna"))).Status);
        Assert.Equal(200, (await LogOutAsync(host, await host.TokenAsync("anna"))).Status);
        var third = await host.TokenAsync("anna");
        (await LogOutAsync(host, third)).IsRefusal(429, 400311);
        Assert.Equal(202, (await host.BeatAsync("lobby", third)).Status);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, (await LogOutAsync(host, third)).Status);
        Assert.Equal(401, (await host.BeatAsync("lobby", third)).Status);
    }

    [Fact]
    public async Task Logouts_BeyondTheCap_AreRefusedAndWhatWasRevokedStaysSo()
    {
        await using var host = await StartAsync(("RevokedTokens", "2"));
        string[] tokens = [await host.TokenAsync("anna"), await host.TokenAsync("berta"), await host.TokenAsync("cleo")];

        Assert.Equal(200, (await LogOutAsync(host, tokens[0], "203.0.113.1")).Status);
        Assert.Equal(200, (await LogOutAsync(host, tokens[1], "203.0.113.2")).Status);
        var refused = await LogOutAsync(host, tokens[2], "203.0.113.3");

        refused.IsRefusal(429, 499602);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(202, (await host.BeatAsync("lobby", tokens[2])).Status);
        await host.RestartAsync();
        Assert.Equal(401, (await host.BeatAsync("lobby", tokens[0])).Status);
        Assert.Equal(401, (await host.BeatAsync("lobby", tokens[1])).Status);
        (await LogOutAsync(host, tokens[2], "203.0.113.3")).IsRefusal(429, 499602);
    }

    [Fact]
    public async Task Logouts_BeyondAnAddresssShareOfTheCap_AreRefusedWhileOthersLogOut()
    {
        await using var host = await StartAsync(("RevokedTokens", "17"), ("LogoutBurst", "1000"), ("Presence:Clients:TokenLifetime", "1h"));

        Assert.Equal(200, (await LogOutAsync(host, await host.TokenAsync("anna"), "203.0.113.1")).Status);
        Assert.Equal(200, (await LogOutAsync(host, await host.TokenAsync("berta"), "203.0.113.1")).Status);
        var token = await host.TokenAsync("cleo");
        var refused = await LogOutAsync(host, token, "203.0.113.1");

        refused.IsRefusal(429, 400311);
        Assert.Equal(TimeSpan.FromMinutes(30), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);
        Assert.Equal(200, (await LogOutAsync(host, await host.TokenAsync("dora"), "203.0.113.2")).Status);
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(200, (await LogOutAsync(host, token, "203.0.113.1")).Status);
        (await LogOutAsync(host, await host.TokenAsync("emma"), "203.0.113.1")).IsRefusal(429, 400311);
    }

    [Fact]
    public async Task Heartbeats_OfAnAddress_AreLimitedWhereSaidAlone()
    {
        await using var limited = await StartAsync(("HeartbeatsPerSecondOfAddress", "1"), ("HeartbeatBurstOfAddress", "2"));
        await using var usual = await StartAsync();

        Assert.Equal("202, 202, 429, 429", await BeatAllAsync(limited));
        Assert.Equal("202, 202, 202, 202", await BeatAllAsync(usual));
        var token = await limited.TokenAsync("one-more");
        Assert.Equal(400311, (int)(await limited.PostAsync("/api/v1/presence/heartbeats", token, """{"heartbeats":[{"roomId":"lobby"}]}""")).Json["rejected"]![0]!["code"]!);
        Assert.Equal(1, (int)(await limited.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"lobby","userId":"x"}]}""")).Json["accepted"]!);
    }

    [Fact]
    public void AddressPace_AskedByAMillionAddresses_StaysWithinTwoGenerations()
    {
        var pace = new AddressRateLimiter(new TokenBucket(_time, perSecond: 1, burst: 1), _time);

        Parallel.For(0, 1_000_000, i => pace.TryTake(new IPAddress((uint)i), out _));

        Assert.InRange(pace.Count, 1, (2 * AddressRateLimiter.GenerationCap) + 1_000); // threads that were just then adding theirs
    }

    private static async Task<string> BeatAllAsync(DashboardHost host)
    {
        var statuses = new List<int>();
        foreach (var user in new[] { "a", "b", "c", "d" })
            statuses.Add((await host.BeatAsync("lobby", await host.TokenAsync(user))).Status);
        return string.Join(", ", statuses);
    }

    private static Task<Answer> LogOutAsync(DashboardHost host, string token, string address = "203.0.113.1") =>
        host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", token, headers: ("X-Forwarded-For", address));

    private static Task<Answer> VisitAsync(DashboardHost host, string device) =>
        host.PostAsync("/api/v5/sessions/visitor", json: new JsonObject { ["deviceId"] = device }.ToJsonString(), headers: ("X-API-Key", DashboardHost.ClientKey));

    private Task<DashboardHost> StartAsync(params (string Key, string Value)[] limits)
    {
        var options = new DashboardHostOptions { Time = _time, Configuration = { ["Presence:Http:KnownProxies"] = "127.0.0.1" } };
        foreach (var (key, value) in limits)
            options.Configuration[key.Contains(':', StringComparison.Ordinal) ? key : "Presence:Limits:" + key] = value;
        return DashboardHost.StartAsync(options);
    }
}
