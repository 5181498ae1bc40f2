namespace Presence.Dashboard.Authentication;

/// <summary>
/// So many a second for long, and a burst before that. The whole state of one caller is one number: the moment its
/// bucket will be full again (the generic cell rate algorithm). Nothing is allocated and nothing runs in between.
/// </summary>
internal sealed class PaceLimit
{
    private readonly TimeProvider _time;
    private readonly long _spacing;
    private readonly long _tolerance;

    public PaceLimit(TimeProvider time, int perSecond, int burst)
    {
        _time = time;
        _spacing = Math.Max(1, time.TimestampFrequency / perSecond);
        _tolerance = _spacing * (burst - 1);
        Drain = TimeSpan.FromSeconds((double)burst / perSecond);
    }

    /// <summary>After so long without a call a caller's state says nothing any more.</summary>
    public TimeSpan Drain { get; }

    /// <summary>Puts one back that was taken for nothing.</summary>
    public void GiveBack(ref long fullAt) => Interlocked.Add(ref fullAt, -_spacing);

    /// <summary>Takes one from a caller's bucket.</summary>
    public bool TryTake(ref long fullAt, out TimeSpan wait) => TryTake(ref fullAt, cost: 1, out wait);

    /// <summary>Takes from a caller's bucket. What costs more than there is left passes and is paid off before the next: nothing is too large for good.</summary>
    /// <param name="fullAt">The caller's state; 0 at first.</param>
    /// <param name="cost">How many to take.</param>
    /// <param name="wait">When refused: how long until the next would pass.</param>
    public bool TryTake(ref long fullAt, int cost, out TimeSpan wait)
    {
        var now = _time.GetTimestamp();
        while (true)
        {
            var seen = Volatile.Read(ref fullAt);
            var from = seen == 0 ? now : Math.Max(seen, now);
            if (from - now > _tolerance)
            {
                wait = TimeSpan.FromSeconds((double)(from - now - _tolerance) / _time.TimestampFrequency);
                return false;
            }
            if (Interlocked.CompareExchange(ref fullAt, from + (_spacing * cost), seen) == seen)
            {
                wait = TimeSpan.Zero;
                return true;
            }
        }
    }
}
