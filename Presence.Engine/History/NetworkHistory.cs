namespace Presence.Engine.History;

/// <summary>The network's last hour and day, recorded once a sweep: 60 KB, whatever happens.</summary>
/// <remarks><b>Threads.</b> Any; one lock of its own that no heartbeat takes. <b>Cost.</b> Recording is constant.</remarks>
internal sealed class NetworkHistory
{
    private static readonly TimeSpan RecentSpan = TimeSpan.FromMinutes(5);

    /// <summary>Sweeps the heartbeat rate is averaged over.</summary>
    private const int RateSweeps = 10;

    /// <summary>Sweeps in a minute of joins and leaves.</summary>
    private const int MinuteSweeps = 60;

    private readonly Lock _lock = new();
    private readonly HistoryRing _hour = new(HistoryRange.Hour.Step(), TimeSpan.FromHours(1));
    private readonly HistoryRing _day = new(HistoryRange.Day.Step(), TimeSpan.FromHours(25));
    private readonly (long Ticks, NetworkTotals Totals)[] _sweeps = new (long, NetworkTotals)[MinuteSweeps + 1];
    private long _recorded;

    /// <summary>Notes what a sweep found.</summary>
    /// <param name="ticks">Presence time, for rates.</param>
    /// <param name="at">The same moment in UTC, for the history.</param>
    /// <param name="totals">What it found.</param>
    public void Record(long ticks, DateTimeOffset at, NetworkTotals totals)
    {
        lock (_lock)
        {
            // The first sweep compares with the start, when all counters were zero.
            var before = _recorded == 0 ? default : SweepsAgoNeedsLock(0).Totals;
            totals = totals.NoLowerThan(before);
            var moment = totals.Since(before, at);
            _hour.Add(moment);
            _day.Add(moment);
            _sweeps[_recorded++ % _sweeps.Length] = (ticks, totals);
        }
    }

    /// <summary>Puts back what an earlier run recorded.</summary>
    public void Restore(HistoryRange range, IEnumerable<HistorySample> samples)
    {
        lock (_lock)
        {
            foreach (var sample in samples)
                RingOf(range).Add(sample);
        }
    }

    public IReadOnlyList<HistorySample> Between(HistoryRange range, DateTimeOffset from, DateTimeOffset until)
    {
        lock (_lock)
            return RingOf(range).Between(from, until);
    }

    /// <summary>The first of the minutes with the most viewers; null when nothing was recorded.</summary>
    public HistorySample? Peak(DateTimeOffset from, DateTimeOffset until)
    {
        HistorySample? peak = null;
        foreach (var minute in Between(HistoryRange.Day, from, until))
        {
            if (peak is null || minute.Viewers > peak.Value.Viewers)
                peak = minute;
        }
        return peak;
    }

    /// <param name="at">Now.</param>
    /// <param name="viewers">The count now.</param>
    public NetworkActivity Activity(DateTimeOffset at, int viewers)
    {
        lock (_lock)
        {
            if (_recorded == 0)
                return default;
            var now = SweepsAgoNeedsLock(0);
            var shortly = SweepsAgoNeedsLock(RateSweeps);
            // In the first minute, everything since the start happened within it.
            var minute = _recorded > MinuteSweeps ? SweepsAgoNeedsLock(MinuteSweeps).Totals : default;
            var seconds = TimeSpan.FromTicks(now.Ticks - shortly.Ticks).TotalSeconds;
            var inAMinute = now.Totals.Since(minute, at);
            return new NetworkActivity(
                seconds > 0 ? (now.Totals.Heartbeats - shortly.Totals.Heartbeats) / seconds : 0,
                inAMinute.Joins,
                inAMinute.Leaves,
                viewers - shortly.Totals.Viewers,
                viewers - RecentlyNeedsLock(at, viewers))
            {
                MinuteChange = viewers - SweepsAgoNeedsLock(MinuteSweeps).Totals.Viewers,
            };
        }
    }

    /// <summary>The count five minutes ago, or the oldest one known since.</summary>
    private int RecentlyNeedsLock(DateTimeOffset at, int viewers)
    {
        for (var then = at - RecentSpan; then <= at; then += _hour.Step)
        {
            if (_hour.Find(then) is { } sample)
                return sample.Viewers;
        }
        return viewers;
    }

    /// <summary>What the sweep so many before the last one found, or the oldest remembered.</summary>
    private (long Ticks, NetworkTotals Totals) SweepsAgoNeedsLock(int sweeps) =>
        _sweeps[(_recorded - 1 - Math.Min(sweeps, Math.Min(_recorded, _sweeps.Length) - 1)) % _sweeps.Length];

    private HistoryRing RingOf(HistoryRange range) => range == HistoryRange.Hour ? _hour : _day;
}

/// <summary>
/// The steps of one range. A step has a fixed place by its instant, so that unrecorded steps (the server was down, the
/// machine slept) are gaps automatically, and a wall clock that is set back overwrites the steps it repeats.
/// </summary>
/// <remarks><b>Threads.</b> None of its own: <see cref="NetworkHistory"/>'s lock.</remarks>
internal sealed class HistoryRing(TimeSpan step, TimeSpan length)
{
    // One more than the length holds, for the step that isn't complete.
    private readonly HistorySample[] _samples = new HistorySample[(int)(length / step) + 1];

    public TimeSpan Step => step;

    /// <summary>Adds to the step an instant falls into: the most viewers, and the sum of the rest.</summary>
    public void Add(in HistorySample moment)
    {
        var at = BeginOf(moment.At);
        ref var sample = ref PlaceOf(at);
        sample = sample.At != at
            ? moment with { At = at }
            : new HistorySample(
                at,
                Math.Max(sample.Viewers, moment.Viewers),
                sample.Joins + moment.Joins,
                sample.Leaves + moment.Leaves,
                sample.Heartbeats + moment.Heartbeats);
    }

    /// <summary>The step an instant falls into; null when nothing was recorded in it.</summary>
    public HistorySample? Find(DateTimeOffset instant)
    {
        var at = BeginOf(instant);
        var sample = PlaceOf(at);
        return sample.At == at ? sample : null;
    }

    /// <summary>The steps from the one an instant falls into to the one another falls into, oldest first, gaps left out.</summary>
    public List<HistorySample> Between(DateTimeOffset from, DateTimeOffset until)
    {
        var samples = new List<HistorySample>();
        var earliest = BeginOf(until) - (step * (_samples.Length - 1));
        for (var at = from < earliest ? earliest : BeginOf(from); at <= until; at += step)
        {
            if (Find(at) is { } sample)
                samples.Add(sample);
        }
        return samples;
    }

    private ref HistorySample PlaceOf(DateTimeOffset at) => ref _samples[(int)(at.UtcTicks / step.Ticks % _samples.Length)];

    private DateTimeOffset BeginOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % step.Ticks), TimeSpan.Zero);
}

/// <summary>What the network did in one step of its history.</summary>
/// <param name="At">When the step began: a whole multiple of the step, UTC.</param>
/// <param name="Viewers">The most distinct viewers that a sweep of the step saw.</param>
/// <param name="Joins">Viewers who came to a room.</param>
/// <param name="Leaves">Viewers who left one, whatever the reason.</param>
/// <param name="Heartbeats">Heartbeats accepted in rooms.</param>
public readonly record struct HistorySample(DateTimeOffset At, int Viewers, int Joins, int Leaves, int Heartbeats);

/// <summary>How far back the network's history reaches, and how finely. The numbers are stored.</summary>
public enum HistoryRange : byte
{
    /// <summary>The last hour in steps of 15 s.</summary>
    Hour = 0,

    /// <summary>The last day in steps of 60 s, and an hour more: a day on which clocks are set back has 25.</summary>
    Day = 1,
}

/// <summary>How finely a range is kept.</summary>
public static class HistorySteps
{
    /// <summary>How long one step is.</summary>
    public static TimeSpan Step(this HistoryRange range) => range == HistoryRange.Hour ? TimeSpan.FromSeconds(15) : TimeSpan.FromMinutes(1);
}

/// <summary>How the network moves at the moment.</summary>
/// <param name="HeartbeatsPerSecond">Accepted heartbeats, averaged over the last ten seconds.</param>
/// <param name="Joins">Viewers who came to a room in the last minute.</param>
/// <param name="Leaves">Viewers who left one in the last minute.</param>
/// <param name="LatestChange">How the count of distinct viewers moved over the last ten seconds.</param>
/// <param name="RecentChange">How it moved over the last five minutes, or since it was first recorded within them.</param>
public readonly record struct NetworkActivity(double HeartbeatsPerSecond, int Joins, int Leaves, int LatestChange, int RecentChange)
{
    /// <summary>How it moved over the last minute, or since it was first recorded.</summary>
    public int MinuteChange { get; init; }
}

/// <summary>What a sweep found: viewers now, and counters since the engine was made.</summary>
internal readonly record struct NetworkTotals(int Viewers, long Joins, long Leaves, long Heartbeats)
{
    /// <summary>What was added since an earlier reading. Counters are summed up while they move, so one may seem to fall: then nothing was.</summary>
    public HistorySample Since(in NetworkTotals earlier, DateTimeOffset at) =>
        new(at, Viewers, Grown(Joins, earlier.Joins), Grown(Leaves, earlier.Leaves), Grown(Heartbeats, earlier.Heartbeats));

    /// <summary>These totals, no counter lower than in an earlier reading: what seemed lost must not be added twice.</summary>
    public NetworkTotals NoLowerThan(in NetworkTotals earlier) =>
        new(Viewers, Math.Max(Joins, earlier.Joins), Math.Max(Leaves, earlier.Leaves), Math.Max(Heartbeats, earlier.Heartbeats));

    private static int Grown(long now, long before) => (int)Math.Clamp(now - before, 0, int.MaxValue);
}
