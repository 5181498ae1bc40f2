using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What a room's page shows, read at one moment; its viewers are read by the roster.</summary>
/// <param name="Room">The room.</param>
/// <param name="Explanation">What its count is made of.</param>
/// <param name="Burst">The last ten seconds.</param>
/// <param name="Minute">The minute under way, of the same moment as the room.</param>
/// <param name="Hour">The last hour, some seconds old.</param>
/// <param name="Departures">Who left last, the latest first.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on in the room.</param>
/// <param name="MayAct">Whether this moderator may remove viewers and change the room.</param>
public sealed record RoomReading(
    RoomSummary Room,
    RoomExplanation Explanation,
    RoomBurst Burst,
    RoomMinute Minute,
    RoomHour Hour,
    IReadOnlyList<Departure> Departures,
    bool IsWarming,
    bool IsEnabled,
    bool MayAct)
{
    /// <summary>How the count moved over the last five minutes, or since the room has samples: the count shown less the one then.</summary>
    public int Change => Hour.Trend.Recent is [var then, _, ..] ? Room.Count.Viewers - then : 0;
}
