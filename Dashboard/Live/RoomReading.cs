using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What a room's page shows: its numbers and its first viewers of one moment, its chart and who left some seconds old at most.</summary>
/// <param name="View">Whom the page lists.</param>
/// <param name="Snapshot">The moment.</param>
/// <param name="Burst">The last ten seconds.</param>
/// <param name="Hour">The last hour, some seconds old.</param>
/// <param name="Departures">Who left last, the latest first; of a moment a second ago at most.</param>
/// <param name="MayAct">Whether this moderator may remove viewers and change the room.</param>
public sealed record RoomReading(RosterView View, RoomSnapshot Snapshot, RoomBurst Burst, RoomHour Hour, IReadOnlyList<Departure> Departures, bool MayAct)
{
    /// <summary>The room.</summary>
    public RoomSummary Room => Snapshot.Room;

    /// <summary>What its count is made of.</summary>
    public RoomExplanation Explanation => Snapshot.Explanation;

    /// <summary>How the count came about; it ends at the count.</summary>
    public RoomTrend Trend => Snapshot.Trend;

    /// <summary>The minute under way.</summary>
    public RoomMinute Minute => new(Room.Count.Viewers, Snapshot.Flow.Joins[^1], Snapshot.Flow.Leaves[^1]);

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public bool IsWarming => Snapshot.IsWarming;

    /// <summary>Whether presence is on in the room.</summary>
    public bool IsEnabled => Room.IsEnabled;
}
