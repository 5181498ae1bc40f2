using Presence.Engine.Stage;

namespace Presence.Engine.Rooms;

/// <summary>A room at one moment: every number, curve and list is read under one hold of its lock, so that none contradicts another.</summary>
public sealed record RoomSnapshot
{
    /// <summary>Its counts and what the catalogue says of it.</summary>
    public required RoomSummary Room { get; init; }

    /// <summary>What the count is made of.</summary>
    public required RoomExplanation Explanation { get; init; }

    /// <summary>The count over the last hour; its last sample is the count now.</summary>
    public required RoomTrend Trend { get; init; }

    /// <summary>Joins and leaves over the same hour; the last are of the minute under way.</summary>
    public required RoomFlow Flow { get; init; }

    /// <summary>Who left last, the latest first.</summary>
    public required IReadOnlyList<Departure> Departures { get; init; }

    /// <summary>The hands raised, in their order.</summary>
    public IReadOnlyList<RaisedHand> Hands { get; init; } = [];

    /// <summary>The first viewers in the order asked for; null when none was asked for.</summary>
    public ViewerPage? First { get; init; }

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public bool IsWarming { get; init; }
}

/// <summary>A room as lists show it, of one moment.</summary>
/// <param name="Room">Its counts.</param>
/// <param name="Trend">How they came about; the last sample is the count now.</param>
public readonly record struct RoomGlance(RoomSummary Room, RoomTrend Trend);

/// <summary>One viewer in one room, of one moment.</summary>
/// <param name="Room">The room.</param>
/// <param name="Viewer">The viewer.</param>
/// <param name="Sessions">Its sessions, latest heartbeat first. As many as the viewer says.</param>
public sealed record ViewerPlace(RoomSummary Room, Viewer Viewer, IReadOnlyList<ViewerSession> Sessions);

/// <summary>A room's counts at one moment. An empty room counts 0 everywhere.</summary>
/// <param name="Viewers">All distinct viewers, users and guests; never capped.</param>
/// <param name="Sessions">Their sessions.</param>
/// <param name="Guests">Viewers without an account.</param>
/// <param name="Hidden">Viewers with no visible session and at least one hidden one.</param>
/// <param name="Fading">Viewers whose every session is overdue but not yet past its deadline, as of the last sweep.</param>
/// <param name="At">The moment the count is true of: the last sweep (rule 7).</param>
public readonly record struct RoomCount(int Viewers, int Sessions, int Guests, int Hidden, int Fading, DateTimeOffset At)
{
    /// <summary>The room's change sequence at that moment: changes up to it are counted, later ones are not.</summary>
    public long Sequence { get; init; }

    /// <summary>Hands raised.</summary>
    public int Hands { get; init; }

    /// <summary>Viewers who asked not to be listed: counted, and in no list.</summary>
    public int Unlisted { get; init; }

    /// <summary>Viewers nobody vouched for, all of whose sessions have the pattern of machines: counted, and told apart.</summary>
    public int Unverified { get; init; }

    /// <summary>Viewers whom lists name.</summary>
    public int Listed => Viewers - Unlisted;
}

/// <summary>What a room's viewer count is made of, and what is not in it; of one moment.</summary>
/// <param name="Count">The room.</param>
/// <param name="OldestHeartbeatAt">The oldest heartbeat that still counts; null in an empty room.</param>
/// <param name="NewestHeartbeatAt">The newest one; null in an empty room.</param>
/// <param name="Watches">Pages that watch the room; never counted.</param>
/// <param name="Removals">Viewers banned from this room now, including those banned from the network.</param>
/// <param name="At">When it was read.</param>
public sealed record RoomExplanation(
    RoomCount Count, DateTimeOffset? OldestHeartbeatAt, DateTimeOffset? NewestHeartbeatAt, int Watches, int Removals, DateTimeOffset At);

/// <summary>A room's joins and leaves over the last hour, minute by minute.</summary>
/// <param name="Joins">Joins in the minute before each sample of <see cref="RoomTrend.Hour"/>; the last is the minute under way.</param>
/// <param name="Leaves">Leaves, in the same minutes.</param>
/// <param name="Joined">Joins since the room was made.</param>
/// <param name="Left">Leaves since then.</param>
public sealed record RoomFlow(IReadOnlyList<int> Joins, IReadOnlyList<int> Leaves, long Joined, long Left);

/// <summary>A room's counts, kept as viewers come, change and go, so that reading them is O(1).</summary>
internal record struct RoomCounters
{
    public int Viewers;
    public int Guests;
    public int Hidden;
    public int Fading;
    public int Unlisted;
    public int Band;

    public void Add(bool isGuest, ViewerStatus mark)
    {
        Viewers++;
        Guests += isGuest ? 1 : 0;
        Count(mark, 1);
    }

    public void Remove(bool isGuest, ViewerStatus mark)
    {
        Viewers--;
        Guests -= isGuest ? 1 : 0;
        Count(mark, -1);
    }

    public void Change(ViewerStatus before, ViewerStatus after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    private void Count(ViewerStatus mark, int by)
    {
        if (mark.State == ViewerState.Hidden)
            Hidden += by;
        if (mark.IsFading)
            Fading += by;
        if (mark.IsUnlisted)
            Unlisted += by;
        if (mark.IsInBand)
            Band += by;
    }
}
