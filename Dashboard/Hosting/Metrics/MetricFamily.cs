using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Presence.Dashboard.Hosting.Metrics;

/// <summary>One instrument and what it measured so far, a series for each set of labels.</summary>
/// <remarks>
/// Series are never forgotten. What bounds them: only meters are listened to whose labels take a fixed set of values, and
/// <see cref="MostSeries"/> in any case; what comes after is not counted.
/// </remarks>
internal sealed class MetricFamily
{
    private const int MostSeries = 1_000;

    /// <summary>Seconds, unless an instrument says its own: from what nobody feels to what everybody does.</summary>
    private static readonly double[] DefaultBounds = [0.0001, 0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly MetricSeries _unlabelled;
    private readonly double[] _bounds = [];

    public MetricFamily(Instrument instrument)
    {
        Instrument = instrument;
        Kind = KindOf(instrument);
        Name = OpenMetricsText.NameOf(instrument.Name, instrument.Unit);
        Unit = OpenMetricsText.UnitOf(instrument.Unit);
        IsObserved = instrument.IsObservable;
        if (Kind == MetricKind.Histogram)
            _bounds = BoundsOf(instrument);
        _unlabelled = new MetricSeries("", _bounds);
    }

    public Instrument Instrument { get; }

    public MetricKind Kind { get; }

    /// <summary>As OpenMetrics spells it: no dots, the unit at the end, without the suffix of counters.</summary>
    public string Name { get; }

    public string? Unit { get; }

    public IReadOnlyList<double> Bounds => _bounds;

    /// <summary>Whether a measurement is the whole value, asked for when somebody reads, and not an addition to it.</summary>
    private bool IsObserved { get; }

    /// <summary>The series that were measured, in the order of their labels.</summary>
    public IEnumerable<MetricSeries> Series => (_unlabelled.IsMeasured || _series.IsEmpty ? [_unlabelled] : Enumerable.Empty<MetricSeries>()).Concat(_series.Values.OrderBy(series => series.Labels, StringComparer.Ordinal));

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (Find(labels) is not { } series)
            return;
        if (Kind == MetricKind.Histogram)
            series.Observe(value);
        else if (IsObserved || Kind == MetricKind.Gauge && IsSet)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>Gauges are set; up-down counters, which are gauges to the reader, are added to.</summary>
    private bool IsSet => Instrument.GetType().GetGenericTypeDefinition() == typeof(Gauge<>);

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (labels.IsEmpty)
            return _unlabelled;
        // A single label whose value is a text is found without making one: leaves come in crowds.
        var key = labels is [{ Value: string only }] ? only : OpenMetricsText.Labels(labels);
        if (_series.TryGetValue(key, out var series))
            return series;
        return _series.Count < MostSeries ? _series.GetOrAdd(key, new MetricSeries(OpenMetricsText.Labels(labels), _bounds)) : null;
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))
            return MetricKind.Counter;
        return type == typeof(Histogram<>) ? MetricKind.Histogram : MetricKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) =>
        instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } ? [.. bounds] : DefaultBounds;
}
