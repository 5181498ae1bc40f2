namespace Presence.Dashboard.Live;

/// <summary>Folds many joins or leaves within ten seconds into one number, "+312 in 10 s".</summary>
internal sealed class BurstWindow
{
    private readonly SlidingWindow<int> _viewers = new();

    /// <summary>Notes a count; how it moved within the window if that is a burst, else null.</summary>
    public int? Note(TimeSpan at, int viewers)
    {
        var change = viewers - _viewers.Note(at, viewers);
        return IsBurst(change, viewers) ? change : null;
    }

    /// <summary>Worth a word: twenty people, and a tenth of those there.</summary>
    public static bool IsBurst(int change, int viewers) => Math.Abs((long)change) >= Math.Max(20, viewers / 10);
}

/// <summary>The joins and leaves of the last seconds, as two numbers.</summary>
/// <param name="Joined">Joins.</param>
/// <param name="Left">Leaves.</param>
/// <param name="Over">How far back that reaches; shorter than <see cref="SlidingWindow{T}.Length"/> while the page is new.</param>
public readonly record struct RoomBurst(long Joined, long Left, TimeSpan Over)
{
    /// <summary>Whole seconds of it, at least 1.</summary>
    public int Seconds => Math.Max(1, (int)Over.TotalSeconds);

    /// <summary>Whether "no joins or leaves" can be shown: not for seconds without a reading.</summary>
    public bool IsWhole => Over >= SlidingWindow<RoomBurst>.Length;
}

/// <summary>What was read within the last ten seconds, so that many small changes fold into one number.</summary>
/// <typeparam name="T">One reading.</typeparam>
/// <remarks><b>Bound.</b> Readings closer together than a page renders are one: 41.</remarks>
internal sealed class SlidingWindow<T>
{
    /// <summary>What is folded together.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Closest = RenderThrottle.ShortestPause;

    private readonly Queue<(TimeSpan At, T Reading)> _readings = [];
    private TimeSpan _latest = TimeSpan.MinValue;
    private TimeSpan _began;

    /// <summary>How far the latest note looked back: less than <see cref="Length"/> until there are notes for that long.</summary>
    public TimeSpan Covered { get; private set; }

    /// <summary>Notes a reading, and answers the oldest one of the window: itself where there is no other.</summary>
    /// <param name="at">When it was read; never earlier than the one before.</param>
    /// <param name="reading">What was read.</param>
    public T Note(TimeSpan at, T reading)
    {
        while (_readings.TryPeek(out var oldest) && at - oldest.At > Length)
            _readings.Dequeue();
        if (_readings.Count == 0)
            _began = at;
        var noted = at - _began;
        Covered = noted < Length ? noted : Length;
        if (_readings.Count == 0 || at - _latest >= Closest)
        {
            _readings.Enqueue((at, reading));
            _latest = at;
        }
        return _readings.Peek().Reading;
    }

    /// <summary>Forgets what was read: what comes next is of something else.</summary>
    public void Clear() => _readings.Clear();
}
