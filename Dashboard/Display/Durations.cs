using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>How long something took or is ago, in as few characters as tell it.</summary>
internal static class Durations
{
    /// <summary>"under 1 min", "12 min", "2 h 05 min", "3 d 4 h".</summary>
    public static string Rough(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "under 1 min",
        { TotalHours: < 1 } => Text($"{(int)span.TotalMinutes} min"),
        { TotalDays: < 1 } => Text($"{(int)span.TotalHours} h {span.Minutes:00} min"),
        _ => Text($"{(int)span.TotalDays} d {span.Hours} h"),
    };

    /// <summary>
    /// "just now", "10 s ago", "3 min ago". Below a minute in steps of five seconds: a list of two hundred then changes
    /// forty cells a second instead of all of them.
    /// </summary>
    public static string Ago(TimeSpan span) => span switch
    {
        { TotalSeconds: < 5 } => "just now",
        { TotalMinutes: < 1 } => Text($"{(int)span.TotalSeconds / 5 * 5} s ago"),
        _ => Rough(span) + " ago",
    };

    /// <summary>A setting: "30 s", "1 min", "1 min 30 s".</summary>
    public static string Exact(TimeSpan span)
    {
        if (span.TotalMinutes < 1)
            return Text($"{span.TotalSeconds:0.###} s");
        var seconds = span.TotalSeconds % 60;
        return seconds == 0
            ? Text($"{(int)span.TotalMinutes} min")
            : Text($"{(int)span.TotalMinutes} min {seconds:0.###} s");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
