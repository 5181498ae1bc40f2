using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Presence.Client.Server;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Stage;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>The product itself, as it comes (30 s and 60 s), on a clock that stands still until a test moves it.</summary>
public sealed class ScriptedServer : IAsyncLifetime
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly CookieGiver _cookies = new();
    private DashboardHost _host = null!;
    private LoopRegistry? _loops;
    private int _tokens;

    public ManualTimeProvider Clock { get; } = new();

    public Uri Address => _host.BaseAddress;

    public PresenceServer Backend { get; private set; } = null!;

    /// <summary>Event streams open, by the server's own account.</summary>
    public int OpenStreams => _host.Services.GetRequiredService<EventStreams>().Count;

    /// <summary>Requests that brought back a cookie the server's neighbour gave.</summary>
    public int CookiesBroughtBack => _cookies.BroughtBack;

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Time = Clock,
            Configuration = { ["Presence:Clients:Jwt:Secret"] = RealServerFixture.Secret },
            Services = services => services.AddSingleton<IStartupFilter>(_cookies),
        });
        // On this clock nothing is late: a machine that stands still for a while fails no call.
        Backend = new PresenceServer(new PresenceServerOptions { BaseUrl = Address, ServerKey = DashboardHost.ServerKey, TimeProvider = Clock });
        await BeginAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>Invites a viewer to a room's stage, as its host does.</summary>
    public async Task InviteAsync(string roomId, string userId) =>
        Assert.True((await _host.Services.GetRequiredService<StageStore>().InviteAsync(roomId, userId, InvitationRules.Default, "host", TestContext.Current.CancellationToken))!.Value.IsNew);

    /// <summary>What became of the one invitation in a room.</summary>
    public InvitationStatus InvitationIn(string roomId) => Assert.Single(_host.Services.GetRequiredService<IPresence>().InvitationsIn(roomId)).Status;

    /// <summary>How many hands are raised in a room.</summary>
    public async Task<int> HandsAsync(string roomId) => (await _host.Services.GetRequiredService<IPresence>().CountAsync(roomId)).Hands;

    public async Task StopAsync()
    {
        _loops = null;
        await _host.StopAsync();
    }

    public async Task StartAgainAsync()
    {
        await _host.StartAgainAsync();
        await BeginAsync();
    }

    /// <summary>Moves its clock on, no faster than it lets go of those whose time is over.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= SweepInterval)
        {
            Clock.Advance(left < SweepInterval ? left : SweepInterval);
            if (_loops is { } loops)
                await UntilAsync(() => Clock.GetUtcNow() - loops["sweep"].LastSuccessAt <= SweepInterval, "the sweep");
        }
    }

    /// <summary>Waits until no event stream is open: one that a client has just let go of ends a moment later here.</summary>
    public Task UntilNoStreamIsOpenAsync() => UntilAsync(() => OpenStreams == 0, "the end of every stream");

    /// <summary>A token the customer's backend signs; each another one.</summary>
    public string TokenOf(string userId, double lifeSeconds = 86_400, params string[] rooms) => new ViewerTokens(RealServerFixture.Secret, Clock).Sign(
        new ViewerIdentity(userId) { SessionId = $"token-{Interlocked.Increment(ref _tokens)}", Rooms = rooms.Length == 0 ? null : rooms },
        TimeSpan.FromSeconds(lifeSeconds));

    public async Task RevokeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v4/sessions");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _host.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Who is in a room, as somebody reads it who is in none.</summary>
    public async Task<IReadOnlyList<RoomViewer>> ViewersAsync(string roomId)
    {
        await using var reader = new RoomPresence(new RoomPresenceOptions
        {
            BaseUrl = Address,
            RoomId = roomId,
            Token = TokenOf("reader"),
            App = new PresenceApp(),
            HttpClient = _host.Client,
            TimeProvider = Clock,
        });
        return await reader.GetRoomOnlineUsersAsync();
    }

    /// <summary>Any read, as a backend.</summary>
    public async Task<JsonNode> ReadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("x-server-key", DashboardHost.ServerKey);
        using var response = await _host.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>An event stream that somebody else has open.</summary>
    public async Task<HttpResponseMessage> OpenStreamAsync(string roomId, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/presence/rooms/{roomId}/stream");
        request.Headers.Authorization = new("Bearer", token);
        var response = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }

    /// <summary>Changes the network's settings as a moderator would.</summary>
    public async Task<NetworkSettings> ChangeAsync(Action<NetworkSettings> change)
    {
        var settings = await Backend.GetSettingsAsync();
        change(settings);
        return await Backend.ChangeSettingsAsync(settings);
    }

    /// <summary>Its clock goes until the first sweep, from where on they come second by second.</summary>
    private async Task BeginAsync()
    {
        var loops = _host.Services.GetRequiredService<LoopRegistry>();
        var began = Clock.GetUtcNow();
        await UntilAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromMilliseconds(100));
                return loops["sweep"].LastSuccessAt > began;
            },
            "the first sweep");
        _loops = loops;
        await AdvanceAsync(SweepInterval);
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var looks = 0; !condition(); looks++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Not in time: {what}");
            if (looks < 100)
                await Task.Yield();
            else
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
