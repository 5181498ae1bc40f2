using Presence.Engine.Rooms;

namespace Presence.Engine.Settings;

/// <summary>Settings for a time, and then back: of the network, of the rooms of a prefix, or of one room.</summary>
public sealed record ScheduledChange
{
    /// <summary>Names it.</summary>
    public string Id { get; init; } = "";

    /// <summary>The room it is for; null for a prefix or the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>The beginning of the rooms it is for; null for one room or the network.</summary>
    public string? Prefix { get; init; }

    /// <summary>What holds meanwhile; null stays as it is.</summary>
    public required RoomOverrides Values { get; init; }

    /// <summary>When it begins.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>When it goes back.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Why, in the words of who made it.</summary>
    public string? Reason { get; init; }

    /// <summary>Who made it: a moderator's email or a server key's name.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What became of it.</summary>
    public ScheduleState State { get; init; }

    /// <summary>What held before it began, and comes back; null before that.</summary>
    public RoomOverrides? Before { get; init; }

    /// <summary>What it put in force; something else there means that somebody changed it by hand.</summary>
    public RoomOverrides? Applied { get; init; }

    /// <summary>When it was over, for whatever reason.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who ended it before its time, or why it could not begin.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it waits or is in force.</summary>
    public bool IsOpen => State is ScheduleState.Waiting or ScheduleState.InForce;

    /// <summary>Whether it is for the same settings as another.</summary>
    public bool IsForSame(ScheduledChange other) => PresenceComparers.RoomId.Equals(RoomId, other.RoomId) && PresenceComparers.RoomId.Equals(Prefix, other.Prefix);

    /// <summary>These values where it says something, and those of before where it does not.</summary>
    public RoomOverrides Over(RoomOverrides before) => new()
    {
        Enabled = Values.Enabled ?? before.Enabled,
        HeartbeatInterval = Values.HeartbeatInterval ?? before.HeartbeatInterval,
        PresenceTimeout = Values.PresenceTimeout ?? before.PresenceTimeout,
    };
}

/// <summary>What became of a scheduled change. The numbers are stored.</summary>
public enum ScheduleState : byte
{
    /// <summary>It has not begun.</summary>
    Waiting = 0,

    /// <summary>Its values hold.</summary>
    InForce = 1,

    /// <summary>It went back when it was time.</summary>
    Over = 2,

    /// <summary>It was cancelled, and went back if it had begun.</summary>
    Cancelled = 3,

    /// <summary>Somebody changed the same settings by hand: nothing went back.</summary>
    Overtaken = 4,

    /// <summary>The server did not run in all of its time.</summary>
    Missed = 5,

    /// <summary>Its values did not go with those that held when it should begin.</summary>
    Refused = 6,
}

/// <summary>Which scheduled changes may be made. Pure.</summary>
public static class ScheduleRules
{
    /// <summary>How many can wait or be in force.</summary>
    public const int Most = 100;

    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>How far ahead one can begin.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    /// <summary>What forbids a change, as the API says it; null when it may be made.</summary>
    /// <param name="change">The change.</param>
    /// <param name="network">The settings in force.</param>
    /// <param name="now">The moment of asking.</param>
    public static string? ProblemOf(ScheduledChange change, PresenceSettings network, DateTimeOffset now)
    {
        if (change is { RoomId: not null, Prefix: not null })
            return "Send roomId or prefix, not both. Without either, the change is for the network.";
        if (change.RoomId is { } roomId && PresenceIds.ProblemOfRoomId(roomId) is { } badRoom)
            return badRoom;
        if (change.Prefix is { } prefix && PresenceIds.ProblemOfRoomPrefix(prefix) is { } badPrefix)
            return badPrefix.Replace("roomId", "prefix", StringComparison.Ordinal);
        if (change.Values == RoomOverrides.None)
            return "values must have at least one value.";
        if (ProblemsOf(change, network) is [var problem, ..])
            return problem.Message;
        if (change.From < now - Shortest)
            return "from is in the past. Leave it out to begin at once.";
        if (change.From > now + Furthest)
            return $"from must be within {Furthest.TotalDays:0} days.";
        if (change.Until - change.From < Shortest || change.Until - change.From > Longest || change.Until < now + Shortest)
            return $"A scheduled change lasts {Shortest.TotalMinutes:0} minute to {Longest.TotalDays:0} days. Choose another until or durationSeconds.";
        return change.Reason?.Length > PresenceSettingsRules.LongestReason ? $"reason has {change.Reason.Length} characters. The limit is {PresenceSettingsRules.LongestReason}." : null;
    }

    /// <summary>What is wrong with the values: with the network's of now, or on their own for rooms, where a timeout that does not go with the interval is raised.</summary>
    public static IReadOnlyList<SettingsIssue> ProblemsOf(ScheduledChange change, PresenceSettings network) =>
        change is { RoomId: null, Prefix: null }
            ? PresenceSettingsRules.Problems(network with
            {
                HeartbeatInterval = change.Values.HeartbeatInterval ?? network.HeartbeatInterval,
                PresenceTimeout = change.Values.PresenceTimeout ?? network.PresenceTimeout,
            })
            : RoomDefinitionRules.Problems(new RoomDefinition { Overrides = change.Values });
}

/// <summary>The change is against <see cref="ScheduleRules"/>. Nothing was changed.</summary>
public sealed class ScheduleRefusedException(string message) : Exception(message);

/// <summary>Another scheduled change is for the same settings in that time. Nothing was changed.</summary>
public sealed class ScheduleOverlapException : Exception
{
    public ScheduleOverlapException(ScheduledChange other)
        : base(FormattableString.Invariant($"{other.CreatedBy} scheduled a change of the same settings from {other.From:yyyy-MM-ddTHH:mm:ssZ} until {other.Until:yyyy-MM-ddTHH:mm:ssZ}. Choose another time, or cancel that one ({other.Id}).")) => Other = other;

    /// <summary>The one that is there.</summary>
    public ScheduledChange Other { get; }
}
