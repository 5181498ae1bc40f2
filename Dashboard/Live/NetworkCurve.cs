using Presence.Engine.History;

namespace Presence.Dashboard.Live;

/// <summary>The network's history as a chart draws it: evenly spaced points, null where the server did not run.</summary>
/// <param name="Range">What it covers.</param>
/// <param name="Step">Between two points.</param>
/// <param name="Begin">The instant of the first point.</param>
/// <param name="Points">Oldest first; the last is the step under way.</param>
public sealed record NetworkCurve(HistoryRange Range, TimeSpan Step, DateTimeOffset Begin, IReadOnlyList<HistorySample?> Points)
{
    /// <summary>Whether there is anything to draw: a line needs two points.</summary>
    public bool IsEmpty => Points.Count(point => point is not null) < 2;

    /// <summary>The instant of a point.</summary>
    public DateTimeOffset AtOf(int index) => Begin + (index * Step);

    /// <summary>Spreads samples over the points up to an instant; samples that share a point become one.</summary>
    /// <param name="range">What it covers.</param>
    /// <param name="step">Between two points: the range's own step, or a whole multiple of it.</param>
    /// <param name="count">How many points.</param>
    /// <param name="samples">The range's samples, gaps left out.</param>
    /// <param name="now">Falls into the last point.</param>
    public static NetworkCurve Of(HistoryRange range, TimeSpan step, int count, IReadOnlyList<HistorySample> samples, DateTimeOffset now)
    {
        var begin = BeginOf(now, step) - (step * (count - 1));
        var points = new HistorySample?[count];
        foreach (var sample in samples)
        {
            var index = (int)((sample.At - begin).Ticks / step.Ticks);
            if (sample.At < begin || index >= count)
                continue;
            points[index] = points[index] is { } point
                ? new HistorySample(point.At, Math.Max(point.Viewers, sample.Viewers), point.Joins + sample.Joins, point.Leaves + sample.Leaves, point.Heartbeats + sample.Heartbeats)
                : sample with { At = begin + (index * step) };
        }
        return new NetworkCurve(range, step, begin, points);
    }

    /// <summary>When the step began that an instant falls into.</summary>
    public static DateTimeOffset BeginOf(DateTimeOffset instant, TimeSpan step) => new(instant.UtcTicks - (instant.UtcTicks % step.Ticks), TimeSpan.Zero);
}
