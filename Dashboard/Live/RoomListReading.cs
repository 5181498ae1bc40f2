using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What the rooms page shows, read at one moment; its rows are read as they come on screen.</summary>
/// <param name="Network">The totals.</param>
/// <param name="Pinned">The pinned rooms that match, as they were pinned.</param>
/// <param name="First">The first of the other rooms that match, in order.</param>
/// <param name="Rest">Those behind them.</param>
/// <param name="Pins">All pinned rooms, shown or not.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWaiting">The order stands still and would be another by now.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record RoomListReading(
    NetworkCount Network,
    IReadOnlyList<RoomLine> Pinned,
    IReadOnlyList<RoomLine> First,
    IList<RoomLine> Rest,
    IReadOnlyList<string> Pins,
    DateTimeOffset At,
    bool IsWaiting,
    bool IsWarming,
    bool IsEnabled)
{
    /// <summary>How many rooms match.</summary>
    public int Matching => Pinned.Count + First.Count + Rest.Count;
}
