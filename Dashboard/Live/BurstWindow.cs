namespace Presence.Dashboard.Live;

/// <summary>Folds many joins or leaves within ten seconds into one number, "+312 in 10 s".</summary>
internal sealed class BurstWindow
{
    /// <summary>What is folded together.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    // Readings closer together than a page renders are one; that bounds the queue to 41.
    private static readonly TimeSpan Closest = RenderGate.ShortestPause;

    private readonly Queue<(TimeSpan At, int Viewers)> _readings = [];
    private TimeSpan _latest = TimeSpan.MinValue;

    /// <summary>Notes a count; how it moved within the window if that is a burst, else null.</summary>
    public int? Note(TimeSpan at, int viewers)
    {
        while (_readings.TryPeek(out var oldest) && at - oldest.At > Length)
            _readings.Dequeue();
        var change = _readings.TryPeek(out var first) ? viewers - first.Viewers : 0;
        if (_readings.Count == 0 || at - _latest >= Closest)
        {
            _readings.Enqueue((at, viewers));
            _latest = at;
        }
        return IsBurst(change, viewers) ? change : null;
    }

    /// <summary>Worth a word: twenty people, and a tenth of those there.</summary>
    public static bool IsBurst(int change, int viewers) => Math.Abs((long)change) >= Math.Max(20, viewers / 10);
}
