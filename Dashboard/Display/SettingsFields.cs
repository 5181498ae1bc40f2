using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Display;

/// <summary>Presence settings while a moderator edits them: seconds, and a field may be empty.</summary>
public sealed record SettingsDraft
{
    public bool Enabled { get; set; }
    public int? HeartbeatIntervalSeconds { get; set; }
    public int? PresenceTimeoutSeconds { get; set; }
    public int? ListLimit { get; set; }
    public int? RoomHeartbeatsPerSecond { get; set; } = 0;

    public static SettingsDraft Of(PresenceSettings settings) => new()
    {
        Enabled = settings.Enabled,
        HeartbeatIntervalSeconds = Seconds(settings.HeartbeatInterval),
        PresenceTimeoutSeconds = Seconds(settings.PresenceTimeout),
        ListLimit = settings.ListLimit,
        RoomHeartbeatsPerSecond = settings.RoomHeartbeatsPerSecond,
    };

    /// <summary>The same settings with what was typed; null while a field is empty.</summary>
    public PresenceSettings? On(PresenceSettings settings) =>
        (HeartbeatIntervalSeconds, PresenceTimeoutSeconds, ListLimit, RoomHeartbeatsPerSecond) is ({ } interval, { } timeout, { } limit, { } rate)
            ? settings with
            {
                Enabled = Enabled,
                HeartbeatInterval = Kept(settings.HeartbeatInterval, interval),
                PresenceTimeout = Kept(settings.PresenceTimeout, timeout),
                ListLimit = limit,
                RoomHeartbeatsPerSecond = rate,
            }
            : null;

    /// <summary>The values saved by others, combined with those typed here: an untouched field takes theirs.</summary>
    /// <param name="before">What was in force when this was typed.</param>
    /// <param name="theirs">What is in force now.</param>
    public SettingsDraft Onto(PresenceSettings before, PresenceSettings theirs)
    {
        var (was, now) = (Of(before), Of(theirs));
        return new SettingsDraft
        {
            Enabled = Typed.Or(Enabled, was.Enabled, now.Enabled),
            HeartbeatIntervalSeconds = Typed.Or(HeartbeatIntervalSeconds, was.HeartbeatIntervalSeconds, now.HeartbeatIntervalSeconds),
            PresenceTimeoutSeconds = Typed.Or(PresenceTimeoutSeconds, was.PresenceTimeoutSeconds, now.PresenceTimeoutSeconds),
            ListLimit = Typed.Or(ListLimit, was.ListLimit, now.ListLimit),
            RoomHeartbeatsPerSecond = Typed.Or(RoomHeartbeatsPerSecond, was.RoomHeartbeatsPerSecond, now.RoomHeartbeatsPerSecond),
        };
    }

    // Settings from the API can have fractions of a second, which an unchanged field must not round.
    private static TimeSpan Kept(TimeSpan current, int seconds) =>
        Seconds(current) == seconds ? current : TimeSpan.FromSeconds(seconds);

    private static int Seconds(TimeSpan span) => (int)Math.Ceiling(span.TotalSeconds);
}

/// <summary>One field of a form that two people edit.</summary>
internal static class Typed
{
    /// <summary>The typed values, and the saved ones where nothing was typed.</summary>
    public static T Or<T>(T field, T before, T theirs) => EqualityComparer<T>.Default.Equals(field, before) ? theirs : field;
}

/// <summary>What one version of settings changed.</summary>
internal static class SettingsDifferences
{
    /// <summary>One line a changed setting of the network; all of them for the first version.</summary>
    public static IReadOnlyList<SettingsDifference> Between(PresenceSettings? before, PresenceSettings after) => Changed(
        before,
        after,
        [
            (SettingsTexts.Presence, settings => settings.Enabled ? SettingsTexts.On : SettingsTexts.Off),
            (SettingsTexts.Interval, settings => Durations.Exact(settings.HeartbeatInterval)),
            (SettingsTexts.Timeout, settings => Durations.Exact(settings.PresenceTimeout)),
            (SettingsTexts.ListCap, settings => Numbers.Count(settings.ListLimit)),
            (SettingsTexts.RoomRate, settings => settings.RoomHeartbeatsPerSecond == 0 ? SettingsTexts.Off : Sentence.With(SettingsTexts.RoomRateIs, Numbers.Count(settings.RoomHeartbeatsPerSecond))),
        ]);

    /// <summary>One line for each thing that is special about a room, or no longer is.</summary>
    public static IReadOnlyList<SettingsDifference> Between(RoomDefinition before, RoomDefinition after) => Changed(
        before,
        after,
        [
            (RoomTexts.SettingsTitle, room => room.Title ?? RoomTexts.SettingsUntitled),
            (RoomTexts.SettingsStatus, room => room.Status == RoomStatus.Ended ? RoomTexts.StatusEnded : RoomTexts.StatusLive),
            (RoomTexts.SettingsPresence, room => room.Overrides.Enabled is { } isOn ? isOn ? RoomTexts.On : RoomTexts.Off : RoomTexts.AsNetwork),
            (RoomTexts.SettingsInterval, room => SpanOf(room.Overrides.HeartbeatInterval)),
            (RoomTexts.SettingsTimeout, room => SpanOf(room.Overrides.PresenceTimeout)),
        ]);

    /// <summary>What overrides say, in one line.</summary>
    public static string WordsOf(RoomOverrides overrides) =>
        string.Join(" · ", Between(RoomDefinition.Unknown, new RoomDefinition { Overrides = overrides }).Select(difference => $"{difference.Name} {difference.After}"));

    private static List<SettingsDifference> Changed<T>(T? before, T after, ReadOnlySpan<(string Name, Func<T, string> Text)> settings)
        where T : class
    {
        var differences = new List<SettingsDifference>();
        foreach (var (name, text) in settings)
        {
            var (old, current) = (before is null ? null : text(before), text(after));
            if (!string.Equals(old, current, StringComparison.Ordinal))
                differences.Add(new SettingsDifference(name, old, current));
        }
        return differences;
    }

    private static string SpanOf(TimeSpan? span) => span is { } value ? Durations.Exact(value) : RoomTexts.AsNetwork;
}

/// <summary>One setting before and after a change.</summary>
/// <param name="Name">As the page labels it.</param>
/// <param name="Before">Null for the first version.</param>
/// <param name="After">What it is since.</param>
public sealed record SettingsDifference(string Name, string? Before, string After);

/// <summary>Words what the rules say about settings; the API has sentences of its own.</summary>
internal static class SettingsIssueTexts
{
    public static string Text(SettingsIssue remark) =>
        Sentence.With(PatternOf(remark.Finding), [.. remark.Values.Select(value => value is TimeSpan span ? Durations.Exact(span) : (object)Numbers.Count((int)value))]);

    private static string PatternOf(SettingsIssueKind finding) => finding switch
    {
        SettingsIssueKind.IntervalOutOfRange => SettingsTexts.IssueInterval,
        SettingsIssueKind.TimeoutOutOfRange => SettingsTexts.IssueTimeout,
        SettingsIssueKind.TimeoutTooClose => SettingsTexts.IssueTooClose,
        SettingsIssueKind.ListLimitOutOfRange => SettingsTexts.IssueListCap,
        SettingsIssueKind.RoomRateOutOfRange => SettingsTexts.IssueRoomRate,
        SettingsIssueKind.TitleRefused => SettingsTexts.IssueTitle,
        SettingsIssueKind.StatusUnknown => SettingsTexts.IssueStatus,
        SettingsIssueKind.ReasonTooLong => SettingsTexts.IssueReason,
        SettingsIssueKind.NoHeartbeatMayBeLost => SettingsTexts.IssueNoneMayBeLost,
        SettingsIssueKind.PublishedClientsFlicker => SettingsTexts.IssuePublishedClients,
        SettingsIssueKind.HiddenTabsFlicker => SettingsTexts.IssueHiddenTabs,
        _ => SettingsTexts.IssueUnexpected,
    };
}
