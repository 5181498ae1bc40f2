using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using Presence.Simulation.Demo;

namespace Presence.Dashboard.Hosting;

/// <summary>Synthetic viewers, off unless asked for with <c>--demo</c>.</summary>
internal static class DemoViewers
{
    public static void AddDemoViewers(this WebApplicationBuilder builder, DashboardOptions options)
    {
        if (options.Demo)
            builder.Services.AddHostedService<DemoLoop>();
    }
}

/// <summary>Plays the demo against this very server, from the moment it listens until it stops.</summary>
internal sealed class DemoLoop(
    IServer server,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    PresenceReadiness readiness,
    LoopRegistry registry,
    TimeProvider time,
    ILogger<DemoLoop> logger)
    : BackgroundLoop("demo", TimeSpan.FromMilliseconds(250), registry, time, logger)
{
    /// <summary>Fixed: every start of the demo tells the same story, and documents can tell it too.</summary>
    private const int Seed = 2026;

    /// <summary>Few, so that a crowd that comes at once does not keep a small machine from its pages.</summary>
    private readonly SocketsHttpHandler _connections = new() { MaxConnectionsPerServer = 8, UseCookies = false };
    private DemoAudience? _audience;
    private long _beganAt;

    public override void Dispose()
    {
        base.Dispose();
        _connections.Dispose();
    }

    protected override async Task LastPassAsync(CancellationToken cancellationToken)
    {
        if (_audience is not null)
            await _audience.DisposeAsync();
    }

    protected override async Task WaitToStartAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            await started.Task.WaitAsync(cancellationToken);
        await readiness.WaitAsync(cancellationToken);

        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = LocalAddress.Of(addresses) ?? LocalAddress.Default;
        address.Apply(_connections);

        logger.LogInformation("Demo: simulated viewers join {Rooms} rooms. None of this is real.", DemoScenario.Rooms.Count);
        _audience = new DemoAudience(new DemoScenario(Seed), new DemoCast(address.BaseAddress, services.GetRequiredService<ClientKey>().Value, _connections, Time));
        _beganAt = Time.GetTimestamp();
    }

    protected override Task PassAsync(CancellationToken cancellationToken)
    {
        _audience!.StepTo(Time.GetElapsedTime(_beganAt));
        return Task.CompletedTask;
    }
}

/// <summary>Viewers that a moderator sends to see a page live: each watches for a minute by heartbeats like any other, and leaves.</summary>
/// <remarks>
/// <para><b>Mark.</b> One user id, name and device for all of them; no client can have the device by chance.</para>
/// <para><b>Bound.</b> <see cref="Most"/> rooms at once, one in each: sent again it stays for another minute.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class TestViewers(IPresence presence, TimeProvider time) : IDisposable
{
    public const int Most = 10;
    public const string UserId = "test-viewer";

    public static readonly TimeSpan Stay = TimeSpan.FromMinutes(1);

    private const string SessionId = "dashboard";

    private static readonly UserProfile Profile = new("Test viewer", null);
    private static readonly SessionDevice Device = new("Test from the dashboard", null);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, Sent> _sent = new(PresenceComparers.RoomId);

    /// <summary>Lets one appear in a room.</summary>
    /// <returns>What the engine answered its heartbeat; null when there are as many as may be. It isn't there then.</returns>
    public async Task<HeartbeatOutcome?> SendAsync(string roomId)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (_sent.Count >= Most && !_sent.ContainsKey(roomId))
                return null;
            var now = time.GetTimestamp();
            var receipt = await BeatAsync(roomId);
            if (receipt.Outcome == HeartbeatOutcome.Accepted)
                _sent[roomId] = new Sent(now, now, receipt.Settings.HeartbeatInterval);
            return receipt.Outcome;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Sends the heartbeats that are due, and lets those leave whose minute is over. Called once a second.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetTimestamp();
            foreach (var (roomId, sent) in _sent.ToArray())
            {
                if (time.GetElapsedTime(sent.At, now) >= Stay)
                {
                    await presence.LeaveAsync(roomId, UserId, SessionId);
                    _sent.Remove(roomId);
                }
                else if (time.GetElapsedTime(sent.BeatAt, now) >= sent.Interval)
                {
                    var receipt = await BeatAsync(roomId);
                    if (receipt.Outcome == HeartbeatOutcome.Accepted)
                        _sent[roomId] = sent with { BeatAt = now, Interval = receipt.Settings.HeartbeatInterval };
                    else
                        _sent.Remove(roomId); // a client would be told the same
                }
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private ValueTask<HeartbeatReceipt> BeatAsync(string roomId) =>
        presence.HeartbeatAsync(new Heartbeat { RoomId = roomId, UserId = UserId, SessionId = SessionId, Profile = Profile, Device = Device });

    private readonly record struct Sent(long At, long BeatAt, TimeSpan Interval);
}
