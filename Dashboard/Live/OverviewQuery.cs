using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Diagnostics;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Reads the whole network for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class OverviewQuery(
    IPresence presence, RoomRanking ranking, RoomRowQuery rows, LoopRegistry loops, MembershipStore memberships, SettingsStore settings, CanaryFigures canary, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Rooms in each of the two lists.</summary>
    public const int Listed = 5;

    /// <summary>Marks of settings in the chart.</summary>
    private const int MostMarks = 20;

    /// <summary>A day has 1,440 minutes and a chart about 300 places for them.</summary>
    private static readonly TimeSpan DayStep = TimeSpan.FromMinutes(5);

    private static readonly RoomQuery ByCount = new() { Order = RoomOrder.Count, Limit = Listed };
    private static readonly RoomQuery ByMovement = new() { Order = RoomOrder.Movement, Limit = Listed };

    private readonly FrozenOrder _largest = new();
    private readonly FrozenOrder _moving = new();
    private NetworkCurve? _curve;
    private DateTimeOffset _curveBegan;
    private int _settingsVersion;
    private IReadOnlyList<SettingsHistoryEntry> _changes = [];

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<OverviewViewModel> ReadAsync(OverviewView view)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var rooms = moderator.Access.RoomsOf(ModeratorRole.Observer);
        if (rooms is not null)
            return await ReadRoomsAsync(rooms);
        if (_settingsVersion != presence.Current.Settings.Version)
        {
            _settingsVersion = presence.Current.Settings.Version;
            _changes = await settings.HistoryAsync(MostMarks, CancellationToken.None);
            _curve = null; // redrawn with the mark
        }
        rows.BeginPass();
        var reading = await presence.ReadNetworkAsync(new NetworkQuery { PeakSince = view.DayBegan });
        var (network, activity) = (reading.Count, reading.Activity);
        var largest = _largest.Of(await ranking.ReadAsync(ByCount));
        var moving = _moving.Of([.. (await rows.ReadAsync(await ranking.ReadAsync(ByMovement))).Where(room => room.Trend.MinuteChange != 0).Select(room => room.Summary.RoomId)]);
        return new OverviewViewModel
        {
            At = network.At,
            Network = new OverviewNetwork(network, reading.Online, activity, await CurveOfAsync(view.Range))
            {
                Burst = BurstWindow.IsBurst(activity.LatestChange, network.Viewers) ? activity.LatestChange : null,
                Peak = reading.Peak,
                Changes = _changes,
                Health = ReadHealth(),
            },
            Largest = await rows.ReadAsync(largest),
            IsLargestWaiting = _largest.IsWaiting,
            Moving = await rows.ReadAsync(moving),
            IsMovingWaiting = _moving.IsWaiting,
            IsWarming = presence.Current.IsWarming,
            IsEnabled = presence.Current.Settings.Enabled,
        };
    }

    /// <summary>For who has some rooms alone: those rooms, and nothing that is counted over others.</summary>
    private async Task<OverviewViewModel> ReadRoomsAsync(RoomSet rooms)
    {
        rows.BeginPass();
        var live = await ranking.ReadAsync(ByCount with { Within = rooms, Limit = int.MaxValue });
        var largest = _largest.Of([.. live.Take(Listed)]);
        var moving = _moving.Of([.. (await rows.ReadAsync(await ranking.ReadAsync(ByMovement with { Within = rooms }))).Where(room => room.Trend.MinuteChange != 0).Select(room => room.Summary.RoomId)]);
        return new OverviewViewModel
        {
            At = (await presence.ReadNetworkAsync()).Count.At,
            LiveRooms = live.Count,
            Rooms = rooms,
            Largest = await rows.ReadAsync(largest),
            IsLargestWaiting = _largest.IsWaiting,
            Moving = await rows.ReadAsync(moving),
            IsMovingWaiting = _moving.IsWaiting,
            IsWarming = presence.Current.IsWarming,
            IsEnabled = presence.Current.Settings.Enabled,
        };
    }

    /// <summary>Sets whether the moderator points at the largest rooms. They then keep their places.</summary>
    public void HoldLargest(bool isHeld) => _largest.Hold(isHeld);

    /// <summary>The same of the rooms that move.</summary>
    public void HoldMoving(bool isHeld) => _moving.Hold(isHeld);

    /// <summary>Rebuilt only when the range has a new step: the line moves when it has new data, not with every viewer.</summary>
    private async ValueTask<NetworkCurve> CurveOfAsync(HistoryRange range)
    {
        var now = time.GetUtcNow();
        var (step, count) = range == HistoryRange.Hour ? (range.Step(), 241) : (DayStep, 289);
        var begin = NetworkCurve.BeginOf(now, range.Step());
        if (_curve is { } curve && curve.Range == range && _curveBegan == begin)
            return curve;

        var reading = await presence.ReadNetworkAsync(new NetworkQuery { Range = range, From = NetworkCurve.BeginOf(now, step) - (step * (count - 1)) });
        _curveBegan = begin;
        return _curve = NetworkCurve.Of(range, step, count, reading.History, now);
    }

    private HealthViewModel ReadHealth()
    {
        var all = loops.All;
        return new HealthViewModel([.. all.Where(loop => !loop.IsHealthy).Select(loop => loop.Name)], all.Count, memberships.Unstored, memberships.Lag, canary.Read());
    }
}

/// <summary>What the overview shows, read at one moment.</summary>
public sealed record OverviewViewModel
{
    public required DateTimeOffset At { get; init; }

    /// <summary>What is counted over all rooms; null for who has some of them alone.</summary>
    public OverviewNetwork? Network { get; init; }

    /// <summary>The rooms of who has not all; null for all.</summary>
    public RoomSet? Rooms { get; init; }

    /// <summary>How many of these rooms have viewers.</summary>
    public int LiveRooms { get; init; }

    public required IReadOnlyList<RoomRow> Largest { get; init; }

    /// <summary>The list is frozen and out of date.</summary>
    public bool IsLargestWaiting { get; init; }

    /// <summary>The rooms that gained or lost most over the last minute.</summary>
    public required IReadOnlyList<RoomRow> Moving { get; init; }

    /// <summary>The list is frozen and out of date.</summary>
    public bool IsMovingWaiting { get; init; }

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public required bool IsWarming { get; init; }

    /// <summary>Whether presence is on.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whether the network is empty and was recently.</summary>
    public bool IsEmpty => Network is { Count.Rooms: 0, Peak: null or { Viewers: 0 } };
}

/// <summary>What is counted over all rooms.</summary>
/// <param name="Count">How many are present.</param>
/// <param name="Online">How many are online.</param>
/// <param name="Activity">How it moves.</param>
/// <param name="Curve">The same object until a new point is due.</param>
public sealed record OverviewNetwork(NetworkCount Count, OnlineCount Online, NetworkActivity Activity, NetworkCurve Curve)
{
    /// <summary>How the count moved within ten seconds, where that is a burst.</summary>
    public int? Burst { get; init; }

    /// <summary>The highest minute of today; null when nothing was recorded.</summary>
    public HistorySample? Peak { get; init; }

    /// <summary>The latest changes of the network's settings, the latest first.</summary>
    public IReadOnlyList<SettingsHistoryEntry> Changes { get; init; } = [];

    /// <summary>How the server is doing.</summary>
    public required HealthViewModel Health { get; init; }
}

/// <summary>What the overview was asked to show.</summary>
/// <param name="Range">The chart's range, from the address.</param>
/// <param name="DayBegan">When today began where the moderator is.</param>
internal sealed record OverviewView(HistoryRange Range, DateTimeOffset DayBegan);

/// <summary>The network's history as a chart draws it: evenly spaced points, null where the server did not run.</summary>
/// <param name="Range">What it covers.</param>
/// <param name="Step">Between two points.</param>
/// <param name="Begin">The instant of the first point.</param>
/// <param name="Points">Oldest first; the last is the step under way.</param>
public sealed record NetworkCurve(HistoryRange Range, TimeSpan Step, DateTimeOffset Begin, IReadOnlyList<HistorySample?> Points)
{
    /// <summary>Whether there is anything to draw: a line needs two points.</summary>
    public bool IsEmpty => Points.Count(point => point is not null) < 2;

    /// <summary>The instant of a point.</summary>
    public DateTimeOffset AtOf(int index) => Begin + (index * Step);

    /// <summary>Spreads samples over the points up to an instant; samples that share a point become one.</summary>
    /// <param name="range">What it covers.</param>
    /// <param name="step">Between two points: the range's own step, or a whole multiple of it.</param>
    /// <param name="count">How many points.</param>
    /// <param name="samples">The range's samples, gaps left out.</param>
    /// <param name="now">Falls into the last point.</param>
    public static NetworkCurve Of(HistoryRange range, TimeSpan step, int count, IReadOnlyList<HistorySample> samples, DateTimeOffset now)
    {
        var begin = BeginOf(now, step) - (step * (count - 1));
        var points = new HistorySample?[count];
        foreach (var sample in samples)
        {
            var index = (int)((sample.At - begin).Ticks / step.Ticks);
            if (sample.At < begin || index >= count)
                continue;
            points[index] = points[index] is { } point
                ? new HistorySample(point.At, Math.Max(point.Viewers, sample.Viewers), point.Joins + sample.Joins, point.Leaves + sample.Leaves, point.Heartbeats + sample.Heartbeats)
                : sample with { At = begin + (index * step) };
        }
        return new NetworkCurve(range, step, begin, points);
    }

    /// <summary>When the step began that an instant falls into.</summary>
    public static DateTimeOffset BeginOf(DateTimeOffset instant, TimeSpan step) => new(instant.UtcTicks - (instant.UtcTicks % step.Ticks), TimeSpan.Zero);
}
