using System.Globalization;

namespace Presence.Dashboard.Display;

/// <summary>Instants in the moderator's time zone, as the browser named it; UTC until then.</summary>
internal sealed class LocalTime
{
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    /// <summary>Takes an IANA name; an unknown one changes nothing.</summary>
    public void Use(string? zone)
    {
        if (!string.IsNullOrEmpty(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            _zone = found;
    }

    /// <summary>"21:14" on the same day as <paramref name="now"/>, else "20 Nov 21:14".</summary>
    public string Clock(DateTimeOffset at, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var today = TimeZoneInfo.ConvertTime(now, _zone).Date;
        return local.ToString(local.Date == today ? "HH:mm" : "d MMM HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>When the day began that an instant falls into.</summary>
    public DateTimeOffset StartOfDay(DateTimeOffset at)
    {
        var midnight = TimeZoneInfo.ConvertTime(at, _zone).Date;
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight));
    }

    /// <summary>"20 Nov 2026 21:14:03 UTC+01:00", for titles.</summary>
    public string Full(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var zone = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return local.ToString("d MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + zone;
    }
}
