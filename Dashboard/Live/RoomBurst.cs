namespace Presence.Dashboard.Live;

/// <summary>Who came and went within the last seconds, folded into two numbers.</summary>
/// <param name="Joined">Joins.</param>
/// <param name="Left">Leaves.</param>
/// <param name="Over">How far back that reaches; shorter than <see cref="SlidingWindow{T}.Length"/> while the page is new.</param>
public readonly record struct RoomBurst(long Joined, long Left, TimeSpan Over)
{
    /// <summary>Whole seconds of it, at least 1.</summary>
    public int Seconds => Math.Max(1, (int)Over.TotalSeconds);

    /// <summary>Whether that nobody moved can be said: not of seconds nobody looked at.</summary>
    public bool IsWhole => Over >= SlidingWindow<RoomBurst>.Length;
}
