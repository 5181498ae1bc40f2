namespace Presence.Engine;

/// <summary>
/// The wall clock as far as it may decide what is deleted for good: a step forward is followed only after it stood for a day.
/// </summary>
/// <remarks>
/// Whether a ban is in force is asked of the wall clock, which may be wrong and put right. What was deleted meanwhile would not
/// come back, so deleting waits for a clock nobody corrects.
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class SteadyClock
{
    /// <summary>How long a clock runs without a step until it is believed.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromDays(1);

    /// <summary>Clocks that are kept in step move by less between two looks.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private (DateTimeOffset Wall, long Timestamp) _anchor;
    private (DateTimeOffset Wall, long Timestamp) _seen;
    private long _steadySince;

    public SteadyClock(TimeProvider time)
    {
        _time = time;
        _anchor = _seen = (time.GetUtcNow(), time.GetTimestamp());
        _steadySince = _seen.Timestamp;
    }

    /// <summary>Now, without the steps forward that have not stood for a day.</summary>
    public DateTimeOffset Now()
    {
        lock (_lock)
            return NowNeedsLock();
    }

    /// <summary>A day ago, by a clock that was steady all that day; <see cref="DateTimeOffset.MinValue"/> while it was not.</summary>
    /// <remarks>In the first day of a run as well: the clock may have been wrong when it started.</remarks>
    public DateTimeOffset LongAgo()
    {
        lock (_lock)
        {
            var now = NowNeedsLock();
            return IsSettledNeedsLock() ? now - Settling : DateTimeOffset.MinValue;
        }
    }

    private DateTimeOffset NowNeedsLock()
    {
        var (wall, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        if ((wall - ExpectedSince(_seen, timestamp)).Duration() > Tolerance)
            _steadySince = timestamp;
        _seen = (wall, timestamp);

        var expected = ExpectedSince(_anchor, timestamp);
        if (wall > expected + Tolerance && !IsSettledNeedsLock())
            return expected;
        _anchor = _seen;
        return wall;
    }

    private bool IsSettledNeedsLock() => _time.GetElapsedTime(_steadySince, _seen.Timestamp) >= Settling;

    private DateTimeOffset ExpectedSince((DateTimeOffset Wall, long Timestamp) past, long timestamp) => past.Wall + _time.GetElapsedTime(past.Timestamp, timestamp);
}
