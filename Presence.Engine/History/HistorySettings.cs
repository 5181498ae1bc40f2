namespace Presence.Engine.History;

/// <summary>For how long history is kept and how it is divided: immutable, swapped whole.</summary>
public sealed record HistorySettings
{
    /// <summary>What holds until somebody changes it.</summary>
    public static readonly HistorySettings Default = new();

    /// <summary>For how many days minutes are kept, 1..366. Older charts are by the quarter of an hour.</summary>
    public int MinuteDays { get; init; } = 30;

    /// <summary>For how many days quarters of an hour are kept, <see cref="MinuteDays"/>..3,660: how far back charts reach.</summary>
    public int QuarterDays { get; init; } = 730;

    /// <summary>For how many days visits, and the people they name, are kept, 1..3,660.</summary>
    public int AttendanceDays { get; init; } = 90;

    /// <summary>For how many days broadcasts and their figures are kept, 1..3,660.</summary>
    public int BroadcastDays { get; init; } = 730;

    /// <summary>For how many days changes of rooms and bans are kept, 1..3,660.</summary>
    public int EventDays { get; init; } = 180;

    /// <summary>Whose days and hours, as an IANA id; empty for the server's own.</summary>
    public string Zone { get; init; } = "";

    /// <summary>How long a room may be empty within a broadcast, 0 to 24 h.</summary>
    public TimeSpan EmptyGap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Rises by one with every change; 0 for the defaults.</summary>
    public int Version { get; init; }

    /// <summary>When this version was saved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who saved it: a moderator's email or a server key's name.</summary>
    public string UpdatedBy { get; init; } = "initial";

    /// <summary>These values, saved when and by whom another version was: equal to it where the values are.</summary>
    public HistorySettings SavedAs(HistorySettings version) => this with { Version = version.Version, UpdatedAt = version.UpdatedAt, UpdatedBy = version.UpdatedBy };
}

/// <summary>Which settings of history are valid. Pure.</summary>
public static class HistorySettingsRules
{
    /// <summary>The most days minutes are kept for: 1,440 rows a day and room.</summary>
    public const int MostMinuteDays = 366;

    /// <summary>The most days anything else is kept for.</summary>
    public const int MostDays = 3_660;

    /// <summary>The longest reason for a change, in characters.</summary>
    public const int LongestReason = 200;

    /// <summary>The longest gap within a broadcast.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromHours(24);

    /// <summary>What forbids settings, by field; empty when they may be saved.</summary>
    public static IReadOnlyList<HistorySettingsProblem> Problems(HistorySettings settings, string? reason = null)
    {
        var problems = new List<HistorySettingsProblem>();
        Check("minuteDays", settings.MinuteDays, MostMinuteDays);
        Check("quarterDays", settings.QuarterDays, MostDays);
        Check("attendanceDays", settings.AttendanceDays, MostDays);
        Check("broadcastDays", settings.BroadcastDays, MostDays);
        Check("eventDays", settings.EventDays, MostDays);
        if (problems.Count == 0 && settings.QuarterDays < settings.MinuteDays)
            problems.Add(new("quarterDays", $"quarterDays must be at least minuteDays ({settings.MinuteDays}), not {settings.QuarterDays}: charts go on with quarters of an hour where minutes end."));
        if (settings.EmptyGap < TimeSpan.Zero || settings.EmptyGap > LongestGap)
            problems.Add(new("emptyGapSeconds", $"emptyGapSeconds must be 0 to {LongestGap.TotalSeconds:0}, not {settings.EmptyGap.TotalSeconds:0.###}."));
        if (ZoneOf(settings.Zone) is null)
            problems.Add(new("zone", $"zone must be the IANA id of a time zone, for example Europe/Berlin, or empty for the server's own. \"{settings.Zone}\" is not known here."));
        if (reason?.Length > LongestReason)
            problems.Add(new("reason", $"reason must have at most {LongestReason} characters, not {reason.Length}."));
        return problems;

        void Check(string field, int days, int most)
        {
            if (days < 1 || days > most)
                problems.Add(new(field, $"{field} must be 1 to {most}, not {days}."));
        }
    }

    /// <summary>The time zone with an IANA id; null when there is none.</summary>
    /// <param name="id">The id; empty for the server's own.</param>
    /// <param name="server">The server's own; null for UTC.</param>
    public static TimeZoneInfo? ZoneOf(string id, TimeZoneInfo? server = null)
    {
        if (id.Length == 0)
            return server ?? TimeZoneInfo.Utc;
        return id.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId ? zone : null;
    }
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">The field, as the API names it.</param>
/// <param name="Message">The rule, and what was said instead.</param>
public sealed record HistorySettingsProblem(string Field, string Message);

/// <summary>The settings of history asked for are against the rules. Nothing was changed.</summary>
public sealed class HistorySettingsRefusedException : Exception
{
    public HistorySettingsRefusedException(IReadOnlyList<HistorySettingsProblem> problems)
        : base(string.Join(' ', problems.Select(problem => problem.Message))) => Problems = problems;

    /// <summary>Everything that is wrong, not only the first.</summary>
    public IReadOnlyList<HistorySettingsProblem> Problems { get; }
}

/// <summary>The settings of history have changed since the version this change is based on. Nothing was changed.</summary>
public sealed class HistorySettingsConflictException : Exception
{
    public HistorySettingsConflictException(HistorySettings current)
        : base($"The settings of history are at version {current.Version} now.") => Current = current;

    /// <summary>The settings in force.</summary>
    public HistorySettings Current { get; }
}
