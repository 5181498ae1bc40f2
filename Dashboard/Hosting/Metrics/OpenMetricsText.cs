using System.Globalization;
using System.Text;

namespace Presence.Dashboard.Hosting.Metrics;

/// <summary>The text form of metrics that Prometheus and its relatives read: OpenMetrics 1.0.</summary>
internal static class OpenMetricsText
{
    public const string MediaType = "application/openmetrics-text";
    public const string ContentType = $"{MediaType}; version=1.0.0; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
            Write(text, family);
        return text.Append("# EOF\n").ToString();
    }

    /// <summary>A name without dots and with its unit: <c>presence.sweep.lag</c> in <c>s</c> is <c>presence_sweep_lag_seconds</c>.</summary>
    public static string NameOf(string name, string? unit)
    {
        var spelt = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return UnitOf(unit) is { } suffix && !spelt.EndsWith($"_{suffix}", StringComparison.Ordinal) ? $"{spelt}_{suffix}" : spelt;
    }

    /// <summary>Units in full; what is only counted, in braces, has none.</summary>
    public static string? UnitOf(string? unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        _ => null,
    };

    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
            text.Append(text.Length == 0 ? "" : ",").Append(NameOf(name, unit: null)).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Name} {family.Kind.ToString().ToLowerInvariant()}\n");
        if (family.Unit is { } unit)
            text.Append(CultureInfo.InvariantCulture, $"# UNIT {family.Name} {unit}\n");
        text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Name} {Escape(family.Instrument.Description ?? "")}\n");
        foreach (var series in family.Series)
        {
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(text, family, series);
            else
                WriteSample(text, family.Name + (family.Kind == MetricKind.Counter ? "_total" : ""), series.Labels, series.Value);
        }
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        var total = 0L;
        foreach (var (count, index) in series.Buckets.Select((count, index) => (count, index)))
        {
            total += count; // each bucket holds all that fits below its bound
            var bound = index < family.Bounds.Count ? Number(family.Bounds[index]) : "+Inf";
            WriteSample(text, $"{family.Name}_bucket", $"{series.Labels}{(series.Labels.Length == 0 ? "" : ",")}le=\"{bound}\"", total);
        }
        WriteSample(text, $"{family.Name}_sum", series.Labels, series.Value);
        WriteSample(text, $"{family.Name}_count", series.Labels, total);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>Whole bounds are written with a fraction, as the format asks for.</summary>
    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.') || text.Contains('E') ? text : $"{text}.0";
    }

    private static string Escape(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
