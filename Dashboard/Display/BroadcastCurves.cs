using System.Globalization;
using Presence.Engine.History;

namespace Presence.Dashboard.Display;

/// <summary>A broadcast's curve beside another, and what is marked in it.</summary>
internal static class BroadcastCurves
{
    /// <summary>Another curve at the same distances from its own start, a value each step of the first one; for as long as it went on.</summary>
    public static IReadOnlyList<double> Beside(HistoryCurve curve, HistoryCurve other)
    {
        if (curve.Points.Count == 0 || other.Points.Count == 0)
            return [];
        var step = curve.Points[0].Span.Length;
        var start = other.Points[0].Span.From;
        var values = new List<double>();
        for (var next = 0; values.Count < HistoryCalendar.MostSteps; values.Add(other.Points[next].Average))
        {
            var at = start + (values.Count * step);
            while (next < other.Points.Count && other.Points[next].Span.Until <= at)
                next++;
            if (next == other.Points.Count)
                break;
        }
        return values;
    }

    /// <summary>The peak, the largest falls and the changes of settings.</summary>
    /// <param name="report">The broadcast.</param>
    /// <param name="namesPeople">Whether moderators, and who was banned, are named.</param>
    /// <param name="mostFalls">How many falls.</param>
    public static IEnumerable<StretchMark> Marks(BroadcastReport report, bool namesPeople, int mostFalls)
    {
        if (report.Broadcast.Figures is { PeakAt: { } peakAt, Peak: > 0 and var peak })
        {
            var name = Sentence.With(HistoryTexts.MarkPeak, Numbers.Count(peak));
            yield return new StretchMark("peak", peakAt, name, name, "good");
        }
        foreach (var moment in report.Moments.Where(moment => moment is { Change: < 0, Cause: not MomentCause.End }).OrderBy(moment => moment.Change).Take(mostFalls))
        {
            yield return new StretchMark(
                string.Create(CultureInfo.InvariantCulture, $"fall {moment.From.UtcTicks}"), moment.From + ((moment.Until - moment.From) / 2), Numbers.Change(moment.Change), $"{MomentTexts.Change(moment)}: {MomentTexts.Cause(moment)}", "bad");
        }
        foreach (var happened in report.Events.Where(happened => happened.Kind is HistoryEventKind.SettingsChanged or HistoryEventKind.RoomChanged))
            yield return new StretchMark(string.Create(CultureInfo.InvariantCulture, $"event {happened.At.UtcTicks}"), happened.At, HistoryEventTexts.Name(happened, namesPeople), HistoryEventTexts.Text(happened, namesPeople));
    }
}

/// <summary>Something that happened at an instant of a chart.</summary>
/// <param name="Key">The same as long as it is the same event.</param>
/// <param name="At">When.</param>
/// <param name="Name">A few words that stand in the chart.</param>
/// <param name="Text">What happened, in full.</param>
/// <param name="Tone">"good", "bad" or null.</param>
public sealed record StretchMark(string Key, DateTimeOffset At, string Name, string Text, string? Tone = null);

/// <summary>The addresses of history's pages.</summary>
internal static class HistoryLinks
{
    public static string Broadcast(long id) => string.Create(CultureInfo.InvariantCulture, $"broadcasts/{id}");

    /// <summary><c>rooms/{roomId}/history</c>; see <see cref="RoomLinks.To"/>.</summary>
    public static string Room(string roomId) => roomId is "." or ".." ? "room/history?id=" + roomId : $"rooms/{Uri.EscapeDataString(roomId)}/history";
}

/// <summary>The ranges of history's pages: how they stand in the address, and how long they are.</summary>
internal static class HistoryRanges
{
    /// <summary>The one an address without a range means.</summary>
    public const string Default = "24h";

    /// <summary>In the order of the page.</summary>
    public static readonly IReadOnlyList<string> All = [Default, "7d", "30d", "90d", "year"];

    /// <summary>A range of one's own in an address; null where there is none.</summary>
    public static HistorySpan? Own(string? from, string? until) =>
        AddressInstants.Read(from) is { } first && AddressInstants.Read(until) is { } end && end > first ? new HistorySpan(first, end) : null;

    public static string Parse(string? range) => All.FirstOrDefault(known => string.Equals(known, range, StringComparison.Ordinal)) ?? Default;

    public static TimeSpan LengthOf(string range) => range switch
    {
        "7d" => TimeSpan.FromDays(7),
        "30d" => TimeSpan.FromDays(30),
        "90d" => TimeSpan.FromDays(90),
        "year" => TimeSpan.FromDays(365),
        _ => TimeSpan.FromDays(1),
    };

    public static string Text(string range) => range switch
    {
        "7d" => HistoryTexts.Range7,
        "30d" => HistoryTexts.Range30,
        "90d" => HistoryTexts.Range90,
        "year" => HistoryTexts.RangeYear,
        _ => HistoryTexts.Range24,
    };
}
