namespace Presence.Engine.Rooms;

/// <summary>What a room remembers of its last hour, to be stored and put back after a restart.</summary>
public sealed record RoomTrendSnapshot
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Rises within one run whenever there is something new in it that does not follow from what it said before.</summary>
    public long Version { get; init; }

    /// <summary>The moment it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the newest sample of <see cref="Hour"/> was taken; null before the first.</summary>
    public DateTimeOffset? SampledAt { get; init; }

    /// <summary>Since when it has viewers, or, where <see cref="Peak"/> is 0, since when it has none. Null: it has none, and nothing says since when.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most viewers at once since then; 0 in an empty room.</summary>
    public int Peak { get; init; }

    /// <summary>Since when the room has no viewers, if none of them came back.</summary>
    internal DateTimeOffset EmptySince => Peak == 0 && Since is { } since && since < At ? since : At;

    /// <summary>The viewers of the sample before the oldest of <see cref="Hour"/>.</summary>
    public int Before { get; init; }

    /// <summary>Samples of the last quarter of an hour, oldest first, <see cref="RoomTrend.RecentStep"/> apart.</summary>
    public required IReadOnlyList<int> Recent { get; init; }

    /// <summary>Samples of the last hour, oldest first, <see cref="RoomTrend.HourStep"/> apart.</summary>
    public required IReadOnlyList<int> Hour { get; init; }

    /// <summary>Joins of the minute that each sample of <see cref="Hour"/> ended.</summary>
    public required IReadOnlyList<int> Joins { get; init; }
}
