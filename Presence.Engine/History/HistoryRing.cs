namespace Presence.Engine.History;

/// <summary>
/// The steps of one range. A step has a fixed place by its instant, so that steps nobody recorded (the server was down, the
/// machine slept) are gaps by themselves, and a wall clock that is set back writes over what it shows anew.
/// </summary>
/// <remarks><b>Threads.</b> None of its own: <see cref="NetworkHistory"/>'s lock.</remarks>
internal sealed class HistoryRing(TimeSpan step, TimeSpan length)
{
    // One more than fit the length: the step under way.
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
