using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>How long something took or is ago, in as few characters as tell it.</summary>
internal static class Durations
{
    /// <summary>"under 1 min", "12 min", "2 h 05 min", "3 d 4 h".</summary>
    public static string Rough(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => DurationTexts.UnderAMinute,
        { TotalHours: < 1 } => Sentence.With(DurationTexts.Minutes, (int)span.TotalMinutes),
        { TotalDays: < 1 } => Sentence.With(DurationTexts.HoursMinutes, (int)span.TotalHours, span.Minutes),
        _ => Sentence.With(DurationTexts.DaysHours, (int)span.TotalDays, span.Hours),
    };

    /// <summary>"12 min", "2 h 05 min", "234 h": time that many people spent together, which is nobody's days.</summary>
    public static string Together(TimeSpan span) => span.TotalHours < 10 ? Rough(span) : Sentence.With(DurationTexts.Hours, Numbers.Count((long)span.TotalHours));

    /// <summary>
    /// "just now", "10 s ago", "3 min ago". Below a minute in steps of five seconds: a list of two hundred then changes
    /// forty cells a second instead of all of them.
    /// </summary>
    public static string Ago(TimeSpan span) => span switch
    {
        { TotalSeconds: < 5 } => DurationTexts.JustNow,
        { TotalMinutes: < 1 } => Sentence.With(DurationTexts.SecondsAgo, (int)span.TotalSeconds / 5 * 5),
        _ => Sentence.With(DurationTexts.Ago, Rough(span)),
    };

    /// <summary>A setting: "30 s", "1 min", "1 min 30 s".</summary>
    public static string Exact(TimeSpan span)
    {
        if (span.TotalMinutes < 1)
            return Sentence.With(DurationTexts.Seconds, span.TotalSeconds);
        var seconds = span.TotalSeconds % 60;
        return seconds == 0
            ? Sentence.With(DurationTexts.Minutes, (int)span.TotalMinutes)
            : Sentence.With(DurationTexts.MinutesSeconds, (int)span.TotalMinutes, seconds);
    }

    /// <summary>How long a piece of work took: "42 ms", "1.3 s", "2 min".</summary>
    public static string Taken(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => Sentence.With(DurationTexts.Milliseconds, (int)span.TotalMilliseconds),
        { TotalMinutes: < 1 } => Sentence.With(DurationTexts.Seconds, Math.Round(span.TotalSeconds, 1)),
        _ => Rough(span),
    };
}

/// <summary>Fills the placeholders of a resource's sentence.</summary>
internal static class Sentence
{
    /// <summary>"Showing {0} of {1}." with its values, as the moderator's culture writes them.</summary>
    public static string With(string pattern, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, pattern, values);
}
