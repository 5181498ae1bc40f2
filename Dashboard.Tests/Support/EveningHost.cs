using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Support;

/// <summary>
/// A host that looks back on an evening: a broadcast of "lobby" of nineteen and a half minutes from eight o'clock, with eight viewers of
/// whom five, all on one app, time out at a quarter past; then five short broadcasts of "short".
/// </summary>
public sealed class EveningHost : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5); // the engine takes a sweep later than that for a suspended machine

    private static readonly SessionDevice App = new("Android", "4.2.1");
    private static readonly SessionDevice Web = new("Chrome", "9.0");

    private readonly HashSet<Who> _present = [];

    public DashboardHost Host { get; private set; } = null!;

    public ManualTimeProvider Clock { get; } = new();

    public static DateTimeOffset Eight { get; } = new(2026, 11, 29, 20, 0, 0, TimeSpan.Zero);

    private PresenceEngine Engine => Host.Services.GetRequiredService<PresenceEngine>();

    public async ValueTask InitializeAsync()
    {
        Clock.SetUtcNow(Eight);
        Host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = Clock });
        Join([.. Enumerable.Range(1, 5).Select(number => new Who("lobby", $"app-{number}", App)), new("lobby", "web-1", Web), new("lobby", "web-2", Web), new("lobby", "web-3", Web, IsGuest: true)]);
        await UntilAsync(14);
        _present.RemoveWhere(who => who.Device == App);
        await UntilAsync(16);
        Leave(who => who.UserId == "web-1");
        await UntilAsync(19.5);
        Leave(_ => true);
        for (var minute = 27; minute <= 55; minute += 7)
        {
            await UntilAsync(minute);
            Join(new Who("short", "=cmd|' /C calc'!A0", default));
            await UntilAsync(minute + 1);
            Leave(_ => true);
        }
        await UntilAsync(63);
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Stores visits that begin now and end at once.</summary>
    public async Task VisitAsync(string roomId, params IEnumerable<string> userIds)
    {
        foreach (var userId in userIds)
        {
            Join(new Who(roomId, userId, default));
            Leave(who => who.UserId == userId);
        }
        await StoreAsync();
    }

    private void Join(params Who[] viewers)
    {
        foreach (var who in viewers)
        {
            _present.Add(who);
            Beat(who);
        }
    }

    private void Leave(Func<Who, bool> which)
    {
        foreach (var who in _present.Where(which).ToList())
        {
            _present.Remove(who);
            Engine.Leave(who.RoomId, who.UserId, "");
        }
    }

    private void Beat(Who who) => Engine.Heartbeat(new Heartbeat { RoomId = who.RoomId, UserId = who.UserId, SessionId = "", IsGuest = who.IsGuest, Device = who.Device });

    /// <summary>Lets time pass, with everyone's heartbeats in it, until so many minutes after eight.</summary>
    private async Task UntilAsync(double minute)
    {
        while (Clock.GetUtcNow() < Eight.AddMinutes(minute))
        {
            Clock.Advance(Step);
            Engine.Sweep();
            if (Clock.GetUtcNow().Second % 30 != 0)
                continue;
            foreach (var who in _present)
                Beat(who);
            await StoreAsync();
        }
    }

    private async Task StoreAsync()
    {
        await Host.Services.GetRequiredService<MembershipStore>().FlushAsync(CancellationToken.None);
        await Host.Services.GetRequiredService<HistoryWriter>().SaveAsync(ends: false, CancellationToken.None);
        await Host.Services.GetRequiredService<BroadcastStore>().PassAsync(CancellationToken.None);
    }

    private sealed record Who(string RoomId, string UserId, SessionDevice Device, bool IsGuest = false);
}
