namespace Presence.Dashboard.Live;

/// <summary>What was read within the last ten seconds, so that many small changes fold into one number.</summary>
/// <typeparam name="T">One reading.</typeparam>
/// <remarks><b>Bound.</b> Readings closer together than a page renders are one: 41.</remarks>
internal sealed class SlidingWindow<T>
{
    /// <summary>What is folded together.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Closest = RenderGate.ShortestPause;

    private readonly Queue<(TimeSpan At, T Reading)> _readings = [];
    private TimeSpan _latest = TimeSpan.MinValue;
    private TimeSpan _began;

    /// <summary>How far the latest note looked back: less than <see cref="Length"/> while nobody has noted for that long.</summary>
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
