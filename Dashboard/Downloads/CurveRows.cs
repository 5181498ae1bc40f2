using Presence.Dashboard.Api;
using Presence.Engine.History;

namespace Presence.Dashboard.Downloads;

/// <summary>A curve's points as rows of a table.</summary>
internal static class CurveRows
{
    public const string Example =
        """
        at,until_at,viewers,hidden,guests,peak,joins,leaves,left,timeout,removed,disabled,ended,recorded_minutes,date,time,time_zone
        2026-11-21T20:00:00.000Z,2026-11-21T21:00:00.000Z,812.4,71.25,44,1240,412,391,301,88,2,0,0,60,2026-11-21,21:00:00,Europe/Berlin

        """;

    public static readonly IReadOnlyList<string> Header =
    [
        "at", "until_at", "viewers", "hidden", "guests", "peak", "joins", "leaves", "left", "timeout", "removed", "disabled", "ended", "recorded_minutes", "date", "time", "time_zone",
    ];

    /// <param name="name">What the file is called before its ending.</param>
    /// <param name="curve">Its hours and days are those of its own zone, and so are local dates and times.</param>
    /// <param name="format">How they are written.</param>
    public static CsvFile FileOf(string name, HistoryCurve curve, CsvFormat format)
    {
        var inZone = format with { Zone = curve.Zone };
        return new CsvFile(name + ".csv", Header, curve.Points.ToAsyncEnumerable().Select(point => RowOf(point, inZone)));
    }

    private static string[] RowOf(CurvePoint point, CsvFormat format) =>
    [
        Csv.Instant(point.Span.From),
        Csv.Instant(point.Span.Until),
        Average(point, point.Viewers),
        Average(point, point.Hidden),
        Average(point, point.Guests),
        point.Recorded > 0 ? Csv.Number(point.Peak) : "",
        Csv.Number(point.Joins),
        Csv.Number(point.Leaves.Total),
        Csv.Number(point.Leaves.Left),
        Csv.Number(point.Leaves.Timeout),
        Csv.Number(point.Leaves.Removed),
        Csv.Number(point.Leaves.Disabled),
        Csv.Number(point.Leaves.Ended),
        Csv.Number(point.Recorded),
        .. format.Local(point.Span.From),
        format.Zone.Id,
    ];

    /// <summary>Nothing where the server did not run: nobody knows who was there.</summary>
    private static string Average(in CurvePoint point, TimeSpan counted) =>
        point.Recorded == 0 ? "" : Csv.Number(point.Span.Length > TimeSpan.Zero ? HistoryWords.Rounded(counted / point.Span.Length) : 0);
}
