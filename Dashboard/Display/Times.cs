using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>Instants in the moderator's time zone, as the browser named it (UTC until then), and as the moderator's culture writes them.</summary>
internal sealed class LocalTime
{
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    /// <summary>Takes an IANA name; an unknown one changes nothing.</summary>
    public void Use(string? zone)
    {
        if (!string.IsNullOrEmpty(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            _zone = found;
    }

    /// <summary>The zone everything is written in.</summary>
    public TimeZoneInfo Zone => _zone;

    /// <summary>"21:14" on the same day as <paramref name="now"/>, else "20 Nov 21:14"; "9:14 PM" where clocks are read so.</summary>
    public string Clock(DateTimeOffset at, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var today = TimeZoneInfo.ConvertTime(now, _zone).Date;
        var time = local.ToString("t", CultureInfo.CurrentCulture);
        return local.Date == today ? time : Day(local) + " " + time;
    }

    /// <summary>"21:15", whatever the day: for the axis of a chart.</summary>
    public string Hour(DateTimeOffset at) => Clock(at, at);

    /// <summary>Whether a clock on the wall shows a whole multiple of a span.</summary>
    public bool IsRound(DateTimeOffset at, TimeSpan every) => TimeZoneInfo.ConvertTime(at, _zone).TimeOfDay.Ticks % every.Ticks == 0;

    /// <summary>When the day began that an instant falls into.</summary>
    public DateTimeOffset StartOfDay(DateTimeOffset at)
    {
        var midnight = TimeZoneInfo.ConvertTime(at, _zone).Date;
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight));
    }

    /// <summary>When the day ends that an instant falls into.</summary>
    public DateTimeOffset EndOfDay(DateTimeOffset at)
    {
        var midnight = TimeZoneInfo.ConvertTime(at, _zone).Date.AddDays(1);
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>"20 Nov".</summary>
    public string Day(DateTimeOffset at)
    {
        // The culture's own order of day and month, with the month's short name where it has one.
        var pattern = CultureInfo.CurrentCulture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal);
        return TimeZoneInfo.ConvertTime(at, _zone).ToString(pattern, CultureInfo.CurrentCulture);
    }

    /// <summary>"29 November" within a year, else "29 November 2026", in the culture's own order.</summary>
    public string LongDay(DateTimeOffset at, DateTimeOffset now) =>
        TimeZoneInfo.ConvertTime(at, _zone).ToString(now - at < TimeSpan.FromDays(300) ? CultureInfo.CurrentCulture.DateTimeFormat.MonthDayPattern : "D", CultureInfo.CurrentCulture);

    /// <summary>"Sunday".</summary>
    public string Weekday(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("dddd", CultureInfo.CurrentCulture);

    /// <summary>0 to 23.</summary>
    public int HourOfDay(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).Hour;

    /// <summary>The first instant from another on at which a clock on the wall shows a time.</summary>
    public DateTimeOffset Next(DateTimeOffset from, TimeOnly clock)
    {
        var local = TimeZoneInfo.ConvertTime(from, _zone);
        var ahead = clock.ToTimeSpan() - local.TimeOfDay;
        return from + (ahead < TimeSpan.Zero ? ahead + TimeSpan.FromDays(1) : ahead);
    }

    /// <summary>"20 Nov" within a year, else "11/20/2026".</summary>
    public string Date(DateTimeOffset at, DateTimeOffset now) =>
        now - at < TimeSpan.FromDays(300) ? Day(at) : TimeZoneInfo.ConvertTime(at, _zone).ToString("d", CultureInfo.CurrentCulture);

    /// <summary>What a field for date and time of the browser holds; null for no instant.</summary>
    public DateTimeOffset? ReadField(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime() : null;

    /// <summary>An instant for such a field.</summary>
    public string WriteField(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    /// <summary>"21:14:03".</summary>
    public string Second(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("T", CultureInfo.CurrentCulture);

    /// <summary>"20 November 2026 21:14:03 UTC+01:00", for titles.</summary>
    public string Full(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var zone = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return local.ToString("D", CultureInfo.CurrentCulture) + " " + local.ToString("T", CultureInfo.CurrentCulture) + " " + zone;
    }
}

/// <summary>Instants in addresses: to the second, in UTC, without characters that need escaping.</summary>
internal static class AddressInstants
{
    private const string Pattern = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>"20261122T081542Z".</summary>
    public static string? Write(DateTimeOffset? at) => at?.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>The instant in an address, or null.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}

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
