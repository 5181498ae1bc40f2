using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>The unverified band over the wire, with the tokens that a login without proof, a login with one, and a guest get.</summary>
public sealed class UnverifiedBandTests
{
    [Fact]
    public async Task Metronome_WithoutProof_IsCountedApartAndServedAsAlways()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time, Configuration = { ["Presence:Unverified:Heartbeats"] = "5" } });
        var vouched = (await host.PostAsync("/api/v4/authentication/token", DashboardHost.ServerKey, """{"userId":"anna"}""")).Body;
        var anna = (await host.LogInAsync(new JsonObject { ["userId"] = "anna", ["deviceId"] = "laptop", ["authToken"] = vouched })).Json["accessToken"]!.GetValue<string>();
        string[] tokens = [anna, await host.TokenAsync("bot"), await host.VisitorTokenAsync("machine")];
        for (var beat = 0; beat < 7; beat++)
        {
            foreach (var token in tokens)
                Assert.Equal(202, (await host.BeatAsync("lobby", token)).Status);
            Pass(host, time);
        }

        var count = (await host.CountAsync("lobby")).Json;
        Assert.Equal((3, 2), (count["count"]!.GetValue<int>(), count["unverified"]!.GetValue<int>()));
        var viewers = (await host.GetAsync("/api/v1/presence/rooms/lobby/users?sort=joined", DashboardHost.ServerKey)).Json["viewers"]!.AsArray();
        Assert.Equal([null, """["metronome"]""", """["metronome"]"""], viewers.Select(viewer => viewer!["unverified"]?.ToJsonString()));
        Assert.Equal(202, (await host.BeatAsync("lobby", tokens[1])).Status);
    }

    [Fact]
    public async Task Metronome_UnlessConfigured_IsLikeAnybody()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var bot = await host.TokenAsync("bot");
        for (var beat = 0; beat < 30; beat++)
        {
            await host.BeatAsync("lobby", bot);
            Pass(host, time);
        }

        Assert.Null((await host.CountAsync("lobby")).Json["unverified"]);
    }

    /// <summary>Five seconds, with a sweep in each: a later one would be taken for a machine that slept.</summary>
    private static void Pass(DashboardHost host, ManualTimeProvider time)
    {
        for (var second = 0; second < 5; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            host.Services.GetRequiredService<PresenceEngine>().Sweep();
        }
    }
}
