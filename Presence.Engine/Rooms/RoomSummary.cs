namespace Presence.Engine.Rooms;

/// <summary>One room in a list of rooms.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">How many are in it.</param>
/// <param name="Since">When the first of the viewers now in it, or of those it followed without a pause, came; null while nobody is in it.</param>
/// <param name="Peak">The most viewers at once since then.</param>
public sealed record RoomSummary(string RoomId, RoomCount Count, DateTimeOffset? Since, int Peak);
