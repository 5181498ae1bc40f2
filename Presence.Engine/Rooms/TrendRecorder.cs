namespace Presence.Engine.Rooms;

/// <summary>A room's samples of the last quarter of an hour and of the last hour, and its joins of that hour's minutes: 180 numbers, whatever happens.</summary>
/// <remarks><b>Threads.</b> None of its own: the room's lock.</remarks>
/// <param name="before">The viewers before the first sample who never joined: those restored.</param>
internal sealed class TrendRecorder(int before)
{
    /// <summary>The first sample of the hour falls on every so many ticks, so that rooms that begin together are sampled together.</summary>
    private const int HourEvery = 4;

    private readonly SampleRing _recent = new(60);
    private readonly SampleRing _hour = new(60);
    private readonly SampleRing _joins = new(60);
    private int _before = before; // the sample before the oldest of the hour
    private long _joined;

    /// <summary>Presence time at which the newest sample of the quarter was due; null before the first of this process.</summary>
    public long? RecentlyAt { get; private set; }

    /// <summary>Presence time of the newest sample of the hour; null before the first.</summary>
    public long? SampledAt { get; private set; }

    /// <summary>Rises when a sample says something new. One like the sample before it is known without being stored.</summary>
    public long Version { get; private set; }

    /// <summary>Adds the sample of a tick; ticks are <see cref="RoomTrend.RecentStep"/> apart and numbered.</summary>
    public void Add(long tick, long dueAt, long now, int viewers, long joined)
    {
        if (viewers != _recent.Newest)
            Version++;
        _recent.Add(viewers);
        RecentlyAt = dueAt;
        // A restart shifts the ticks. The hour keeps its own minutes. Otherwise each restart would move the whole line by up to a minute.
        if (SampledAt is { } last ? now - last < RoomTrend.HourStep.Ticks - (RoomTrend.RecentStep.Ticks / 2) : tick % HourEvery != 0)
            return;
        if (viewers != _hour.Newest || joined != _joined)
            Version++;
        SampledAt = SampledAt is { } before && now - before < RoomTrend.HourStep.Ticks + RoomTrend.RecentStep.Ticks ? before + RoomTrend.HourStep.Ticks : now;
        _before = _hour.Add(viewers) ?? _before;
        _joins.Add((int)(joined - _joined));
        _joined = joined;
    }

    /// <summary>Continues from the stored state. Missing samples repeat the one before them, because nothing else is known.</summary>
    public static TrendRecorder Of(RoomTrendSnapshot memory, DateTimeOffset now, PresenceClock clock)
    {
        var trend = new TrendRecorder(memory.Before);
        foreach (var viewers in memory.Recent)
            trend._recent.Add(viewers);
        for (var missed = Missed(memory.At, RoomTrend.RecentStep, trend._recent.Capacity); missed > 0; missed--)
            trend._recent.Add(memory.Recent[^1]);

        foreach (var viewers in memory.Hour)
            trend._hour.Add(viewers);
        foreach (var joins in memory.Joins)
            trend._joins.Add(joins);
        if (memory.SampledAt is not { } sampledAt || memory.Hour.Count == 0)
            return trend;
        var minutes = Missed(sampledAt, RoomTrend.HourStep, trend._hour.Capacity);
        for (var minute = 0; minute < minutes; minute++)
        {
            trend._before = trend._hour.Add(memory.Hour[^1]) ?? trend._before;
            trend._joins.Add(0);
        }
        var newest = sampledAt + (RoomTrend.HourStep * minutes);
        trend.SampledAt = clock.PresenceTimeOf(newest < now ? newest : now); // later when the clock was set back since
        return trend;

        int Missed(DateTimeOffset since, TimeSpan step, int most) => (int)Math.Clamp((now - since) / step, 0, most);
    }

    public RoomTrendSnapshot ToMemory(string roomId, DateTimeOffset at, DateTimeOffset? sampledAt) => new()
    {
        RoomId = roomId,
        Version = Version,
        At = at,
        SampledAt = sampledAt,
        Before = _before,
        Recent = _recent.Copy(),
        Hour = _hour.Copy(),
        Joins = _joins.Copy(),
    };

    /// <summary>Counts as joins of the minute under way what the count is above the last sample, so that no minute has leaves below zero.</summary>
    public void ContinueFrom(long joined, int viewers) => _joined = joined - Math.Max(0, viewers - (_hour.Newest ?? _before));

    /// <summary>Joins and leaves of each minute of the hour, the last one under way. Leaves are what joins and the count leave over.</summary>
    public (int[] Joins, int[] Leaves) Flow(int now, long joined)
    {
        var viewers = _hour.CopyWith(now);
        var joins = _joins.CopyWith((int)(joined - _joined));
        var leaves = new int[joins.Length];
        for (var minute = 0; minute < leaves.Length; minute++)
            leaves[minute] = joins[minute] - (viewers[minute] - (minute == 0 ? _before : viewers[minute - 1]));
        return (joins, leaves);
    }

    /// <summary>The sample of a minute ago, or the oldest there is; there is one from the first <see cref="Add"/> on.</summary>
    public int MinuteBefore => _recent.Before(RoomTrend.StepsOfAMinute);

    public int[] Recent(int now) => _recent.CopyWith(now);

    public int[] Hour(int now) => _hour.CopyWith(now);

    private sealed class SampleRing(int capacity)
    {
        private readonly int[] _samples = new int[capacity];
        private int _count;
        private int _next;

        public int Capacity => _samples.Length;

        public int? Newest => _count == 0 ? null : _samples[(_next - 1 + _samples.Length) % _samples.Length];

        /// <summary>The sample so many before the next one, or the oldest there is.</summary>
        public int Before(int steps) => _samples[(_next - Math.Min(steps, _count) + _samples.Length) % _samples.Length];

        /// <summary>The sample that made way; null while there is room.</summary>
        public int? Add(int sample)
        {
            int? oldest = _count == _samples.Length ? _samples[_next] : null;
            _samples[_next] = sample;
            _next = (_next + 1) % _samples.Length;
            _count = Math.Min(_count + 1, _samples.Length);
            return oldest;
        }

        public int[] Copy() => CopyWith(0)[..^1];

        public int[] CopyWith(int last)
        {
            var copy = new int[_count + 1];
            for (var i = 0; i < _count; i++)
                copy[i] = _samples[(_next - _count + i + _samples.Length) % _samples.Length];
            copy[_count] = last;
            return copy;
        }
    }
}

/// <summary>A room's viewer count over the last hour, from memory.</summary>
/// <param name="Recent">Samples of the last quarter of an hour, oldest first, <see cref="RecentStep"/> apart; the last is the count now. Shorter while the room is younger.</param>
/// <param name="Hour">Samples of the last hour, oldest first, <see cref="HourStep"/> apart; the last is the count now. Shorter while the room is younger.</param>
/// <param name="At">The moment of the last sample of both.</param>
public sealed record RoomTrend(IReadOnlyList<int> Recent, IReadOnlyList<int> Hour, DateTimeOffset At)
{
    /// <summary>Between two samples of <see cref="Recent"/>: 15 s.</summary>
    public static readonly TimeSpan RecentStep = TimeSpan.FromSeconds(15);

    /// <summary>Between two samples of <see cref="Hour"/>: 60 s.</summary>
    public static readonly TimeSpan HourStep = TimeSpan.FromSeconds(60);

    /// <summary>When the last full sample of <see cref="Recent"/> was taken, the one before now; <see cref="At"/> while there is none.</summary>
    public DateTimeOffset RecentlyAt { get; init; } = At;

    /// <summary>When the last full sample of <see cref="Hour"/> was taken, the one before now; <see cref="At"/> while there is none.</summary>
    public DateTimeOffset SampledAt { get; init; } = At;

    /// <summary>The moment of a sample of <see cref="Recent"/>. It stays with the sample.</summary>
    public DateTimeOffset RecentAt(int index) => index >= Recent.Count - 1 ? At : RecentlyAt - (RecentStep * (Recent.Count - 2 - index));

    /// <summary>The moment of a sample of <see cref="Hour"/>.</summary>
    public DateTimeOffset HourAt(int index) => index >= Hour.Count - 1 ? At : SampledAt - (HourStep * (Hour.Count - 2 - index));

    /// <summary>Samples of <see cref="Recent"/> that make a minute.</summary>
    internal const int StepsOfAMinute = 4;

    private const int StepsOfFiveMinutes = 5 * StepsOfAMinute;

    /// <summary>How the count moved over the last minute (or since the room began): now less then.</summary>
    public int MinuteChange => Recent[^1] - Recent[Math.Max(0, Recent.Count - 1 - StepsOfAMinute)];

    /// <summary>How the count moved over the last five minutes (or since the room began): now less then.</summary>
    public int RecentChange => Recent[^1] - Recent[Math.Max(0, Recent.Count - 1 - StepsOfFiveMinutes)];
}

/// <summary>What a room remembers of its last hour, to be stored and put back after a restart.</summary>
public sealed record RoomTrendSnapshot
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Rises within one run whenever there is something new in it that does not follow from what it said before.</summary>
    public long Version { get; init; }

    /// <summary>The moment it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the newest sample of <see cref="Hour"/> was taken; null before the first.</summary>
    public DateTimeOffset? SampledAt { get; init; }

    /// <summary>Since when it has viewers, or, where <see cref="Peak"/> is 0, since when it has none. Null: it has none, and nothing says since when.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most viewers at once since then; 0 in an empty room.</summary>
    public int Peak { get; init; }

    /// <summary>Since when the room has no viewers, if none of them came back.</summary>
    internal DateTimeOffset EmptySince => Peak == 0 && Since is { } since && since < At ? since : At;

    /// <summary>The viewers of the sample before the oldest of <see cref="Hour"/>.</summary>
    public int Before { get; init; }

    /// <summary>Samples of the last quarter of an hour, oldest first, <see cref="RoomTrend.RecentStep"/> apart.</summary>
    public required IReadOnlyList<int> Recent { get; init; }

    /// <summary>Samples of the last hour, oldest first, <see cref="RoomTrend.HourStep"/> apart.</summary>
    public required IReadOnlyList<int> Hour { get; init; }

    /// <summary>Joins of the minute that each sample of <see cref="Hour"/> ended.</summary>
    public required IReadOnlyList<int> Joins { get; init; }
}
