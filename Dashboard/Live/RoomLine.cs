namespace Presence.Dashboard.Live;

/// <summary>A room's place in a table of which only the rows on screen are there.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Line">1 for the first, pinned rooms counted.</param>
public readonly record struct RoomLine(string RoomId, int Line);
