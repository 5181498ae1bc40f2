using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What the rooms page shows, read at one moment.</summary>
/// <param name="Network">The totals.</param>
/// <param name="Rows">The rooms asked for.</param>
/// <param name="Matching">How many rooms match, shown or not.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record RoomListReading(
    NetworkCount Network, IReadOnlyList<RoomRow> Rows, int Matching, DateTimeOffset At, bool IsWarming, bool IsEnabled);
