namespace Presence.Engine.Rooms;

/// <summary>Every viewer of a room that matches a query, in its order, and the room's count of the same moment.</summary>
/// <param name="UserIds">The viewers.</param>
/// <param name="Count">The whole room.</param>
public sealed record ViewerOrder(IReadOnlyList<string> UserIds, RoomCount Count);
