using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Live;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>A page that looks back, on the real history of viewers who came and went before it was opened.</summary>
public abstract class PastPageTest : PageTest, IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly HashSet<Who> _present = [];
    private HistorySettingsStore _settings = null!;
    private MembershipStore _memberships = null!;
    private MinuteStore _minutes = null!;
    private BroadcastStore _broadcasts = null!;

    /// <summary>Readings come from the disk, on other threads.</summary>
    static PastPageTest() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    protected static SessionDevice Android { get; } = new("Android", "4.2.1");

    private protected HistoryQueries History { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 19, 55, 0, TimeSpan.Zero)); // a Sunday
        Engine.Sweep(); // which finds out that the clock was set
        _settings = new HistorySettingsStore(Database);
        await _settings.LoadAsync(Cancellation);
        _memberships = new MembershipStore(Database, Engine);
        await _memberships.RestoreAsync(Cancellation);
        _minutes = new MinuteStore(Database);
        _broadcasts = new BroadcastStore(Database, Engine, _settings);
        await _broadcasts.LoadAsync(Cancellation);
        History = new HistoryQueries(Database, _settings, Engine.VisitsUnderWay, roomId => roomId is null ? Engine.Settings : Engine.Effective(roomId).Values);
        Services.AddSingleton<IHistory>(History);
        Services.AddTransient<HistoryReads>();
        Services.AddTransient<HistoryPageQuery>();
        Services.AddTransient<BroadcastPageQuery>();
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        _broadcasts.Dispose();
        _minutes.Dispose();
        _memberships.Dispose();
        _settings.Dispose();
        await base.DisposeAsyncCore();
    }

    /// <summary>Joins, and stays while time passes.</summary>
    protected void Join(string roomId, IEnumerable<string> userIds, SessionDevice device = default, bool isGuest = false)
    {
        foreach (var userId in userIds)
        {
            _present.Add(new Who(roomId, userId, device, isGuest));
            Beat(roomId, userId, device: device, isGuest: isGuest);
        }
    }

    /// <summary>Says that they leave.</summary>
    protected void Leave(string roomId, params IEnumerable<string> userIds)
    {
        foreach (var who in _present.Where(who => who.RoomId == roomId && userIds.Contains(who.UserId)).ToList())
        {
            _present.Remove(who);
            Engine.Leave(roomId, who.UserId, "");
        }
    }

    /// <summary>Is heard of no more.</summary>
    protected void FallSilent(SessionDevice device) => _present.RemoveWhere(who => who.Device == device);

    /// <summary>Lets time pass with everyone's heartbeats in it, and stores what the host would.</summary>
    protected async Task WatchAsync(double minutes)
    {
        for (var (until, step) = (Time.GetUtcNow().AddMinutes(minutes), 0); Time.GetUtcNow() < until; step++)
        {
            if (step % 6 == 0)
            {
                foreach (var who in _present)
                    Beat(who.RoomId, who.UserId, device: who.Device, isGuest: who.IsGuest);
            }
            Time.Advance(Step);
            Engine.Sweep();
            if (step % 6 == 5)
                await StoreAsync();
        }
        await StoreAsync();
    }

    /// <summary>Two broadcasts of the stage, in the second of which eight of 25 lose their connection after ten minutes. Both are over.</summary>
    protected async Task<Broadcast> EveningAsync()
    {
        Join("stage", Names("old", 4));
        await WatchAsync(10);
        Leave("stage", Names("old", 4));
        await WatchAsync(10);
        Join("stage", Names("web", 16));
        Join("stage", ["guest-1"], isGuest: true);
        Join("stage", Names("app", 8), Android);
        await WatchAsync(10);
        FallSilent(Android);
        await WatchAsync(5);
        Leave("stage", [.. Names("web", 16), "guest-1"]);
        await WatchAsync(8);
        return (await History.ReadBroadcastsAsync(new BroadcastQuery(), Cancellation)).Items[0];
    }

    protected static IEnumerable<string> Names(string name, int count) => Enumerable.Range(1, count).Select(number => $"{name}-{number}");

    private async Task StoreAsync()
    {
        await _memberships.FlushAsync(Cancellation);
        var ended = new List<Engine.History.RoomMinute>();
        Engine.TakeMinutes(ended);
        await _minutes.SaveAsync(ended, Cancellation);
        await _broadcasts.PassAsync(Cancellation);
    }

    private sealed record Who(string RoomId, string UserId, SessionDevice Device, bool IsGuest);
}
