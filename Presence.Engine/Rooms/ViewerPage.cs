namespace Presence.Engine.Rooms;

/// <summary>A page of viewers and the room's count, both of one moment.</summary>
/// <param name="Viewers">The viewers asked for, in the order asked for.</param>
/// <param name="Matching">How many viewers match search and state, listed or not; the room's viewer count when there was none.</param>
/// <param name="Count">The whole room at the same moment.</param>
public sealed record ViewerPage(IReadOnlyList<Viewer> Viewers, int Matching, RoomCount Count)
{
    /// <summary>Where the next page continues; null when this was the last, or when the order has no cursor.</summary>
    public ViewerCursor? Next { get; init; }
}
