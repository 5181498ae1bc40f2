namespace Presence.Dashboard.Hosting.Metrics;

/// <summary>How a metric behaves, to whoever reads it.</summary>
internal enum MetricKind
{
    /// <summary>Only rises while the process lives.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>How often values of which size came.</summary>
    Histogram,
}
