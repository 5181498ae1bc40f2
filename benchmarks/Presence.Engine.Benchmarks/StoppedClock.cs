namespace Presence.Engine.Benchmarks;

/// <summary>A clock that moves only when told, so that a million deadlines pass at once.</summary>
/// <param name="begin">Its wall clock at first; some day when null.</param>
internal sealed class StoppedClock(DateTimeOffset? begin = null) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => (begin ?? new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)).AddTicks(_ticks);

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
