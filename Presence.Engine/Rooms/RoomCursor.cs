namespace Presence.Engine.Rooms;

/// <summary>A place in a list of rooms: the last room of a page, as it was then.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Viewers">Its viewer count on that page; counts when the order is by count.</param>
public sealed record RoomCursor(string RoomId, int Viewers);
