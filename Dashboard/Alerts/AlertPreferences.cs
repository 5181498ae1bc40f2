using System.Globalization;
using System.Text.Json;
using Presence.Dashboard.Accounts;
using Presence.Engine.History;

namespace Presence.Dashboard.Alerts;

/// <summary>How one moderator is told of alerts, besides the number in the frame.</summary>
public sealed record AlertPreferences
{
    internal static readonly AccountValue<AlertPreferences> Value = new(
        "alerts", stored => stored is null ? new AlertPreferences() : JsonSerializer.Deserialize<AlertPreferences>(stored) ?? new AlertPreferences(), preferences => JsonSerializer.Serialize(preferences));

    /// <summary>A tone in an open tab.</summary>
    public bool HasSound { get; init; }

    /// <summary>A notification by the browser while a tab is open.</summary>
    public bool HasNotifications { get; init; }

    /// <summary>When quiet hours begin, by the clock of <see cref="Zone"/>; null for none.</summary>
    public TimeOnly? QuietFrom { get; init; }

    /// <summary>When they are over; before <see cref="QuietFrom"/> it is the next day.</summary>
    public TimeOnly? QuietUntil { get; init; }

    /// <summary>Whose clock quiet hours go by, as an IANA id: the moderator's when they were set.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Nothing is told before it, once; null for now.</summary>
    public DateTimeOffset? SilentUntil { get; init; }

    /// <summary>Whether nothing may be told at an instant. The list and the number in the frame go on.</summary>
    public bool IsQuietAt(DateTimeOffset at)
    {
        if (at < SilentUntil)
            return true;
        if (QuietFrom is not { } from || QuietUntil is not { } until || from == until)
            return false;
        var clock = TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(at, HistorySettingsRules.ZoneOf(Zone) ?? TimeZoneInfo.Utc).TimeOfDay);
        return clock.IsBetween(from, until);
    }

    /// <summary>"22:30" as typed; null for anything else.</summary>
    internal static TimeOnly? Read(string? typed) => TimeOnly.TryParseExact(typed, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock) ? clock : null;

    internal static string Write(TimeOnly? clock) => clock?.ToString("HH:mm", CultureInfo.InvariantCulture) ?? "";
}
