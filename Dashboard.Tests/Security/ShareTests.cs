using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>What one address may hold of what there is in all: whoever fills it leaves the rest to others, and server keys have a reserve.</summary>
public sealed class ShareTests : IAsyncLifetime
{
    private const string Here = "203.0.113.5";
    private const string There = "203.0.113.6";

    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration =
        {
            ["Presence:Http:KnownProxies"] = "127.0.0.1",
            ["Presence:Limits:Streams"] = "20",
            ["Presence:Limits:Rooms"] = "20",
            ["Presence:Limits:Sessions"] = "40",
        },
    });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Streams_OfManyGuestsOfOneAddress_LeaveTheRestToOthersAndTheReserveToServerKeys()
    {
        var open = new List<HttpResponseMessage>();
        try
        {
            for (var i = 0; i < 5; i++)
                open.Add(await OpenAsync(await _host.VisitorTokenAsync($"guest-{i}"), Here));
            Assert.All(open, reply => Assert.Equal(200, (int)reply.StatusCode));

            var refused = await Answer.OfAsync(await OpenAsync(await _host.VisitorTokenAsync("one-more"), Here));
            refused.IsRefusal(429, 499602);
            Assert.Contains("Presence__Limits__StreamsPerAddress", refused.Message, StringComparison.Ordinal);
            Assert.NotNull(refused.Headers.RetryAfter);

            for (var i = 0; i < 13; i++)
                open.Add(await OpenAsync(await _host.TokenAsync($"user-{i}"), $"203.0.113.{100 + i}"));
            Assert.All(open, reply => Assert.Equal(200, (int)reply.StatusCode));
            (await Answer.OfAsync(await OpenAsync(await _host.TokenAsync("late"), There))).IsRefusal(429, 499602);
            for (var i = 0; i < 2; i++)
                open.Add(await OpenAsync(DashboardHost.ServerKey, Here));
            Assert.All(open, reply => Assert.Equal(200, (int)reply.StatusCode));

            open[0].Dispose();
            var streams = _host.Services.GetRequiredService<EventStreams>();
            await Eventually.TrueAsync(() => streams.Count == 19, "a stream has ended");
            (await Answer.OfAsync(await OpenAsync(await _host.TokenAsync("late"), Here))).IsRefusal(429, 499602); // the reserve is not for it
        }
        finally
        {
            open.ForEach(reply => reply.Dispose());
        }
    }

    [Fact]
    public async Task Rooms_OfOneAddress_AreRefusedBeyondItsShareAndOthersAreServed()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(202, (await BeatAsync($"u{i}", $"r{i}", Here)).Status);

        var refused = await BeatAsync("u5", "r5", Here);

        refused.IsRefusal(429, 499602);
        Assert.Contains("Presence__Limits__RoomsPerAddress", refused.Message, StringComparison.Ordinal);
        Assert.Equal(202, (await BeatAsync("u5", "r5", There)).Status);
        var key = await _host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[{"roomId":"r6","userId":"u6"}]}""");
        Assert.Equal(1, (int)key.Json["accepted"]!);
        var bulk = await SendManyAsync("u0", "r7", Here);
        Assert.Equal(499602, (int)bulk.Json["rejected"]![0]!["code"]!);
    }

    [Fact]
    public async Task Sessions_OfOneAddress_AreRefusedBeyondItsShareAndOthersAreServed()
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal(202, (await BeatAsync($"s{i}", "lobby", Here)).Status);

        var refused = await BeatAsync("s10", "lobby", Here);

        refused.IsRefusal(429, 499602);
        Assert.Contains("Presence__Limits__SessionsPerAddress", refused.Message, StringComparison.Ordinal);
        Assert.Equal(202, (await BeatAsync("s0", "lobby", Here)).Status);
        Assert.Equal(202, (await BeatAsync("s10", "lobby", There)).Status);
    }

    private async Task<Answer> BeatAsync(string user, string room, string address) =>
        await _host.PostAsync($"/api/v1/presence/rooms/{room}/heartbeat", await _host.TokenAsync(user), headers: ("X-Forwarded-For", address));

    private async Task<Answer> SendManyAsync(string user, string room, string address) =>
        await _host.PostAsync(
            "/api/v1/presence/heartbeats",
            await _host.TokenAsync(user),
            new JsonObject { ["heartbeats"] = new JsonArray(new JsonObject { ["roomId"] = room }) }.ToJsonString(),
            ("X-Forwarded-For", address));

    private async Task<HttpResponseMessage> OpenAsync(string token, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_host.BaseAddress, "/api/v1/presence/rooms/lobby/stream"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Forwarded-For", address);
        return await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
