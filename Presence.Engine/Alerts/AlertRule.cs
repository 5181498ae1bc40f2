using System.Collections.Immutable;
using Presence.Engine.Moderation;

namespace Presence.Engine.Alerts;

/// <summary>What an alert rule looks for. The numbers are stored.</summary>
public enum AlertKind : byte
{
    /// <summary>The viewers fell by a share of the most within a time.</summary>
    Falls = 0,

    /// <summary>The viewers rose by a share of the fewest within a time.</summary>
    Rises = 1,

    /// <summary>More viewers than a number.</summary>
    Above = 2,

    /// <summary>Fewer viewers than a number.</summary>
    Below = 3,

    /// <summary>Nobody there for a time.</summary>
    Empty = 4,

    /// <summary>More heartbeats refused within a minute than a number; of the network alone.</summary>
    Refused = 5,

    /// <summary>Presence is switched off.</summary>
    Off = 6,

    /// <summary>A viewer on the watch list arrives: one alert for each viewer and room.</summary>
    Watched = 7,
}

/// <summary>A rule: what moderators want to be told.</summary>
public sealed record AlertRule
{
    /// <summary>Names the rule.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it looks for.</summary>
    public AlertKind Kind { get; init; }

    /// <summary>The room it is for; null for rooms by prefix or the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>The beginning of the rooms it is for, each judged on its own; empty for every room, null for one room or the network.</summary>
    public string? Prefix { get; init; }

    /// <summary>Percent of <see cref="AlertKind.Falls"/> and <see cref="AlertKind.Rises"/>, viewers of <see cref="AlertKind.Above"/> and
    /// <see cref="AlertKind.Below"/>, heartbeats a minute of <see cref="AlertKind.Refused"/>; 0 for the others.</summary>
    public int Amount { get; init; }

    /// <summary>Within how many minutes, or for how long empty; 0 where no time counts.</summary>
    public int Minutes { get; init; }

    /// <summary>Rooms that had fewer viewers are not looked at: of <see cref="AlertKind.Falls"/> and <see cref="AlertKind.Rises"/>.</summary>
    public int Least { get; init; }

    /// <summary>Of <see cref="AlertKind.Watched"/>: only viewers with this flag; null for any.</summary>
    public ViewerFlag? Flag { get; init; }

    /// <summary>Whether it is judged.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>When it was last saved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who saved it: a moderator's email or a server key's name.</summary>
    public string UpdatedBy { get; init; } = "";

    /// <summary>Whether it moves within a time.</summary>
    public bool IsMovement => Kind is AlertKind.Falls or AlertKind.Rises;

    /// <summary>Whether it is for what happens in a room.</summary>
    public bool Covers(string roomId) => RoomId is not null ? PresenceComparers.RoomId.Equals(RoomId, roomId) : Prefix is null || roomId.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>How far back below or above the amount it is over: a tenth, so that a count on the line is one alert.</summary>
    public int Band => Math.Max(1, Amount / 10);
}

/// <summary>What is wrong with a field of a rule.</summary>
/// <param name="Field">As in the API's document.</param>
/// <param name="Message">For whoever sent it.</param>
public sealed record AlertRuleProblem(string Field, string Message);

/// <summary>Which rules are valid. Pure.</summary>
public static class AlertRules
{
    /// <summary>Rules in all: each is judged against every room it is for.</summary>
    public const int Most = 100;

    /// <summary>The most viewers, or heartbeats a minute, a rule can name.</summary>
    public const int LargestAmount = 10_000_000;

    /// <summary>The longest a room can be asked to be empty, in minutes.</summary>
    public const int LongestEmpty = 1_440;

    /// <summary>Rooms with fewer viewers move by large shares for no reason.</summary>
    public const int UsualLeast = 20;

    /// <summary>The times within which viewers fall or rise, in minutes: each is a window kept for each room.</summary>
    public static readonly ImmutableArray<int> Windows = [1, 2, 5, 10, 15, 30, 60];

    /// <summary>What forbids a rule; empty when it may be saved.</summary>
    public static IReadOnlyList<AlertRuleProblem> Problems(AlertRule rule)
    {
        var problems = new List<AlertRuleProblem>();
        if (rule is { RoomId: not null, Prefix: not null })
            problems.Add(new("prefix", "Send roomId or prefix, not both. Without either, the rule is for the network."));
        if (rule.RoomId is { } roomId && PresenceIds.ProblemOfRoomId(roomId) is { } bad)
            problems.Add(new("roomId", bad));
        if (rule.Prefix is { Length: > 0 } prefix && PresenceIds.ProblemOfRoomPrefix(prefix) is { } badPrefix)
            problems.Add(new("prefix", badPrefix));
        switch (rule.Kind)
        {
            case AlertKind.Falls:
                Check("amount", rule.Amount, 1, 100, "percent");
                CheckWindow();
                break;
            case AlertKind.Rises:
                Check("amount", rule.Amount, 1, 10_000, "percent");
                CheckWindow();
                break;
            case AlertKind.Above:
                Check("amount", rule.Amount, 1, LargestAmount, "viewers");
                break;
            case AlertKind.Below:
                Check("amount", rule.Amount, 1, LargestAmount, "viewers");
                break;
            case AlertKind.Empty:
                Check("minutes", rule.Minutes, 1, LongestEmpty, "minutes");
                break;
            case AlertKind.Refused:
                Check("amount", rule.Amount, 1, LargestAmount, "heartbeats a minute");
                if (rule.RoomId is not null || rule.Prefix is not null)
                    problems.Add(new(rule.RoomId is not null ? "roomId" : "prefix", "Refused heartbeats are counted for the network. Leave out roomId and prefix."));
                break;
            case AlertKind.Off or AlertKind.Watched:
                break;
            default:
                problems.Add(new("kind", "kind is unknown."));
                break;
        }
        if (rule.Flag is not null && rule.Kind != AlertKind.Watched)
            problems.Add(new("flag", "flag is only for the kind watched. Leave it out."));
        if (rule.Least is < 0 or > LargestAmount)
            problems.Add(new("least", $"least must be 0 to {LargestAmount}, not {rule.Least}."));
        return problems;

        void Check(string field, int value, int least, int most, string unit)
        {
            if (value < least || value > most)
                problems.Add(new(field, $"{field} must be {least} to {most} {unit}, not {value}."));
        }

        void CheckWindow()
        {
            if (!Windows.Contains(rule.Minutes))
                problems.Add(new("minutes", $"minutes must be one of {string.Join(", ", Windows)}, not {rule.Minutes}."));
        }
    }

    /// <summary>A rule with what its kind does not use set to nothing, so that equal rules are equal.</summary>
    public static AlertRule Normalised(AlertRule rule) => rule with
    {
        Amount = rule.Kind is AlertKind.Empty or AlertKind.Off or AlertKind.Watched ? 0 : rule.Amount,
        Minutes = rule.IsMovement || rule.Kind == AlertKind.Empty ? rule.Minutes : 0,
        Least = rule.IsMovement ? rule.Least : 0,
    };
}

/// <summary>One alert: something that began, and is over or goes on.</summary>
public sealed record Alert
{
    /// <summary>Names it.</summary>
    public long Id { get; init; }

    /// <summary>The rule it is of, as it was.</summary>
    public required AlertRule Rule { get; init; }

    /// <summary>The room it began in; null for the network.</summary>
    public string? RoomId { get; init; }

    /// <summary>The viewer who arrived, of <see cref="AlertKind.Watched"/>; null for the other kinds, and once the person is erased.</summary>
    public string? UserId { get; init; }

    /// <summary>Why the viewer was watched for, of <see cref="AlertKind.Watched"/>.</summary>
    public ViewerFlag? Flag { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it was over; null while it is open.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>The viewers before, in all rooms folded into it; for refused heartbeats 0.</summary>
    public int Before { get; init; }

    /// <summary>The viewers when it began, or the refused heartbeats.</summary>
    public int Now { get; init; }

    /// <summary>The viewers when it was over, or the refused heartbeats.</summary>
    public int Last { get; init; }

    /// <summary>How many rooms were folded into it.</summary>
    public int Rooms { get; init; } = 1;

    /// <summary>How often it came back before it was over, the first time included.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The rooms in which it goes on; a null stands for the network.</summary>
    public IReadOnlyList<string?> OpenRooms { get; init; } = [];

    /// <summary>Who has seen to it; null while nobody has.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>The state that was sent to devices.</summary>
    public AlertState Sent { get; init; }

    /// <summary>Whether it goes on.</summary>
    public bool IsOpen => OverAt is null;

    /// <summary>What there is to tell.</summary>
    public AlertState State => IsOpen ? AlertState.Raised : AlertState.Over;
}

/// <summary>How far an alert is. Stored by its number.</summary>
public enum AlertState : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>It began.</summary>
    Raised = 1,

    /// <summary>It is over.</summary>
    Over = 2,
}
