using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What a room's page shows, read at one moment (its viewers perhaps a little earlier, see <see cref="RowPace"/>).</summary>
/// <param name="Room">The room.</param>
/// <param name="Trend">Its last hour.</param>
/// <param name="Viewers">The viewers asked for.</param>
/// <param name="Matching">How many viewers match, shown or not.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record RoomReading(
    RoomSummary Room, RoomTrend Trend, IReadOnlyList<Viewer> Viewers, int Matching, bool IsWarming, bool IsEnabled);
