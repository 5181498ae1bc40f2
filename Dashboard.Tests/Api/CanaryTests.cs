using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>The canary is measured with and met nowhere.</summary>
public sealed partial class CanaryTests
{
    private const string Wren = "wren-7731";

    [Fact]
    public async Task Canary_OfARunningServer_MeasuresAndIsToldToServerKeys()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Canary"] = "true" } });

        Answer ready;
        do
            ready = await host.GetAsync("/health/ready", DashboardHost.ServerKey);
        while (ready.Json["canary"]!["leaveP95Seconds"] is null);

        Assert.InRange(ready.Json["canary"]!["measurements"]!.GetValue<int>(), 2, 300);
        Assert.True(ready.Json["canary"]!["heartbeatP95Seconds"]!.GetValue<double>() >= 0);
        Assert.Contains(ready.Json["canary"]!["state"]!.GetValue<string>(), new[] { "fine", "late", "lost" }); // as the machine is
        Assert.Null((await host.GetAsync("/health/ready")).Json["canary"]);
        var metrics = (await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body;
        Assert.Contains("presence_canary_heartbeat_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("\npresence_viewers{} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\npresence_joins_total{} 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Canary_SwitchedOff_NeitherMeasuresNorIsALoop()
    {
        await using var host = await DashboardHost.StartAsync();

        var ready = (await host.GetAsync("/health/ready", DashboardHost.ServerKey)).Json;

        Assert.Null(ready["canary"]);
        Assert.DoesNotContain(ready["loops"]!.AsArray(), loop => loop!["name"]!.GetValue<string>() == "canary");
    }

    [Fact]
    public async Task Canary_PresentAndGoneAndBack_IsInNothingThatCanBeRead()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        await using var stream = await StreamClient.OpenAsync(host, "lobby", DashboardHost.ServerKey);
        await stream.NextAsync("snapshot");
        var webhook = await host.PostAsync("/api/v1/admin/webhooks", DashboardHost.ServerKey, """{"url":"https://example.com/hook"}""");
        Assert.Equal(201, webhook.Status);
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        Plant(engine);
        engine.Leave(PresenceIds.CanaryRoom, Wren, Wren);
        Plant(engine);
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));
        Assert.Contains("\"anna\"", (await stream.NextAsync()).Data.ToJsonString(), StringComparison.Ordinal); // the first that it tells

        await host.Services.GetRequiredService<MembershipStore>().FlushAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<BroadcastStore>().PassAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<WebhookReader>().PassAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<HistoryWriter>().SaveAsync(ends: true, TestContext.Current.CancellationToken);

        using var moderator = new FormVisitor(host.BaseAddress);
        using (var reply = await moderator.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password))
            Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        var read = 0;
        foreach (var path in Readable(host))
        {
            string body;
            if (path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/metrics", StringComparison.Ordinal) || path.StartsWith("/health", StringComparison.Ordinal))
            {
                body = (await host.GetAsync(path, DashboardHost.ServerKey)).Body;
            }
            else
            {
                using var reply = await moderator.GetAsync(path);
                body = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            }
            Assert.False(body.Contains(Wren, StringComparison.Ordinal) || body.Contains("\\u0001", StringComparison.OrdinalIgnoreCase) || body.Contains('\u0001', StringComparison.Ordinal), $"{path} tells of the canary: {body}");
            read += body.Contains("anna", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(read, 5, int.MaxValue); // somebody who is there is met
        Assert.Equal(["lobby"], (await host.GetAsync("/api/v1/presence/rooms", DashboardHost.ServerKey)).Json["rooms"]!.AsArray().Select(room => room!["roomId"]!.GetValue<string>()));
        Assert.Equal(1, engine.CountNetwork().Viewers);
        await host.StopAsync();
        foreach (var file in Directory.GetFiles(host.DataFolder, "*.db*"))
            Assert.DoesNotContain(Wren, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Canary_AsARoomOfAClient_CannotBeNamed()
    {
        await using var host = await DashboardHost.StartAsync();
        var token = await host.TokenAsync("anna");

        Assert.Equal(400, (await host.PostAsync("/api/v1/presence/rooms/%01canary/heartbeat", token)).Status / 100 * 100);
        var many = await host.PostAsync("/api/v1/presence/heartbeats", token, """{"heartbeats":[{"roomId":"\u0001canary"}]}""");
        Assert.Equal((202, 0), (many.Status, many.Json["accepted"]!.GetValue<int>()));
        Assert.Equal(400, (await host.GetAsync("/api/v1/presence/rooms/%01canary/users", DashboardHost.ServerKey)).Status / 100 * 100);
        Assert.Equal(0, host.Services.GetRequiredService<PresenceEngine>().Count(PresenceIds.CanaryRoom).Viewers);
    }

    private static void Plant(PresenceEngine engine) =>
        Assert.True(engine.Heartbeat(new Heartbeat { RoomId = PresenceIds.CanaryRoom, UserId = Wren, SessionId = Wren, State = ViewerState.Hidden, HandRaised = true, Device = new SessionDevice("wren", "1") }).Joined);

    /// <summary>Every address that answers a GET, streams and files apart, with the room and the user that are there.</summary>
    private static IEnumerable<string> Readable(DashboardHost host) =>
        host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != false)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => !path.Contains("stream", StringComparison.Ordinal) && !path.Contains("_framework", StringComparison.Ordinal) && !path.Contains("_blazor", StringComparison.Ordinal) && !path.Contains("openapi", StringComparison.Ordinal) && !path.Contains('*', StringComparison.Ordinal))
            .Select(path => Parameter().Replace(path, match => match.Groups["name"].Value.ToUpperInvariant() switch { "ROOMID" or "ID" => "lobby", "USERID" => "anna", _ => "1" }))
            .Append("/api/v1/presence/rooms?prefix=%01&orderBy=name").Append("/rooms?search=wren").Append("/viewer?id=" + "anna").Append("/api/v1/presence/rooms/lobby/users?search=wren").Append("/downloads/rooms.csv")
            .Distinct(StringComparer.Ordinal).Where(path => !Asset().IsMatch(path) || path.EndsWith(".csv", StringComparison.Ordinal));

    [GeneratedRegex(@"\{(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\.\w+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Asset();
}
