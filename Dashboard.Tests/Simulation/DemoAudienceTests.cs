using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;
using Presence.Simulation.Demo;

namespace Presence.Dashboard.Tests.Simulation;

public sealed class DemoAudienceTests
{
    [Fact]
    public async Task StepTo_FirstMinute_FillsTheRoomsOverHttp()
    {
        await using var host = await DashboardHost.StartAsync(WithoutRateLimits());
        await using var crowd = new Crowd(host);

        await crowd.PlayAsync(TimeSpan.FromSeconds(60));

        var rooms = await RoomsAsync(host);
        Assert.Equal(DemoScenario.Rooms.Count, rooms.Count(room => Number(room, "count") > 0));
        Assert.True(rooms.Sum(room => Number(room, "count")) >= 300);
        Assert.Contains(rooms, room => Number(room, "hidden") > 0);
        Assert.Contains(rooms, room => Number(room, "guests") > 0);
        Assert.Contains(rooms, room => Number(room, "sessions") > Number(room, "count"));
        var online = host.Services.GetRequiredService<PresenceEngine>().CountOnline().Users;
        Assert.InRange(online, 30, rooms.Sum(room => Number(room, "count")) / 2); // those with an app on a phone
    }

    [Fact]
    public async Task StepTo_PresenceSwitchedOffAndOn_StaysAwayAndComesBack()
    {
        await using var host = await DashboardHost.StartAsync(WithoutRateLimits());
        await using var crowd = new Crowd(host);
        await crowd.PlayAsync(TimeSpan.FromSeconds(45));
        var before = (await RoomsAsync(host)).Sum(room => Number(room, "count"));

        await SwitchAsync(host, enabled: false);
        await crowd.PlayAsync(TimeSpan.FromSeconds(110));
        var asked = crowd.RoomHeartbeats;
        await crowd.PlayAsync(TimeSpan.FromSeconds(140));

        Assert.InRange(crowd.RoomHeartbeats - asked, 1, crowd.Sessions); // in 30 s, when it beat once each before

        await SwitchAsync(host, enabled: true);
        await crowd.PlayAsync(TimeSpan.FromSeconds(230));

        Assert.True((await RoomsAsync(host)).Sum(room => Number(room, "count")) >= before * 3 / 4);
    }

    [Fact]
    public async Task Demo_SwitchedOn_PlaysAgainstItselfInAFolderOfItsOwn()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Environment = "Production",
            Configuration = new() { ["Presence:Demo"] = "true" },
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2)); // a slow machine is no fault

        while ((await RoomsAsync(host)).Count(room => Number(room, "count") > 0) < 6)
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);

        Assert.True(File.Exists(Path.Combine(host.DataFolder, "demo", "presence.db")));
        Assert.False(File.Exists(Path.Combine(host.DataFolder, "presence.db")));
    }

    [Fact]
    public async Task Demo_UnlessAskedFor_IsOff()
    {
        await using var host = await DashboardHost.StartAsync();

        Assert.DoesNotContain(host.Services.GetServices<IHostedService>(), service => service is DemoLoop);
    }

    /// <summary>Limits count real seconds, of which the crowd's minutes take few: fewer, the faster the machine.</summary>
    private static DashboardHostOptions WithoutRateLimits()
    {
        var options = new DashboardHostOptions();
        foreach (var limit in new[] { "LoginBurst", "NewGuestBurst", "AnonymousBurst", "FailureBurst", "HeartbeatBurst" })
            options.Configuration["Presence:Limits:" + limit] = "1000000";
        return options;
    }

    private static async Task<List<JsonElement>> RoomsAsync(DashboardHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/presence/rooms");
        request.Headers.Add("x-server-key", DashboardHost.ServerKey);
        using var response = await host.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rooms").EnumerateArray()];
    }

    private static async Task SwitchAsync(DashboardHost host, bool enabled)
    {
        using var read = new HttpRequestMessage(HttpMethod.Get, "/api/v1/admin/settings");
        read.Headers.Add("x-server-key", DashboardHost.ServerKey);
        using var current = await host.Client.SendAsync(read);
        var document = await current.Content.ReadFromJsonAsync<JsonElement>();

        using var change = new HttpRequestMessage(HttpMethod.Put, "/api/v1/admin/settings");
        change.Headers.Add("x-server-key", DashboardHost.ServerKey);
        change.Headers.IfMatch.Add(current.Headers.ETag!);
        change.Content = JsonContent.Create(new
        {
            enabled,
            heartbeatIntervalSeconds = Number(document, "heartbeatIntervalSeconds"),
            presenceTimeoutSeconds = Number(document, "presenceTimeoutSeconds"),
            listLimit = Number(document, "listLimit"),
        });
        using var changed = await host.Client.SendAsync(change);
        changed.EnsureSuccessStatusCode();
    }

    private static int Number(JsonElement document, string name) => document.GetProperty(name).GetInt32();

    /// <summary>An audience whose time is the test's: minutes pass in seconds.</summary>
    private sealed class Crowd : IAsyncDisposable
    {
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

        private readonly ManualTimeProvider _time = new();
        private readonly CountingHandler _handler = new();
        private readonly DemoAudience _audience;
        private TimeSpan _elapsed;

        public Crowd(DashboardHost host) =>
            _audience = new DemoAudience(new DemoScenario(2026), new DemoCast(host.BaseAddress, DashboardHost.ClientKey, _handler, _time));

        public int RoomHeartbeats => _handler.RoomHeartbeats;

        public int Sessions => _audience.Sessions;

        public async Task PlayAsync(TimeSpan until)
        {
            for (; _elapsed <= until; _elapsed += Step)
            {
                _time.Advance(Step);
                _audience.StepTo(_elapsed);
                await _handler.QuietAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _audience.DisposeAsync();
            _handler.Dispose();
        }

        /// <summary>Counts heartbeats in rooms, and knows when none is under way: only then the test's time goes on.</summary>
        private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler { MaxConnectionsPerServer = 8 })
        {
            private int _roomHeartbeats;
            private int _underWay;

            public int RoomHeartbeats => Volatile.Read(ref _roomHeartbeats);

            public Task QuietAsync() => Eventually.TrueAsync(() => Volatile.Read(ref _underWay) == 0, "every answer");

            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (request.RequestUri!.AbsolutePath.StartsWith("/api/v1/presence/rooms/", StringComparison.Ordinal))
                    Interlocked.Increment(ref _roomHeartbeats);
                Interlocked.Increment(ref _underWay);
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                finally
                {
                    Interlocked.Decrement(ref _underWay);
                }
            }
        }
    }
}
