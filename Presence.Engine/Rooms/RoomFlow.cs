namespace Presence.Engine.Rooms;

/// <summary>Who came and went in a room over the last hour, minute by minute.</summary>
/// <param name="Joins">Joins in the minute before each sample of <see cref="RoomTrend.Hour"/>; the last is the minute under way.</param>
/// <param name="Leaves">Leaves, in the same minutes.</param>
/// <param name="Joined">Joins since the room was made.</param>
/// <param name="Left">Leaves since then.</param>
public sealed record RoomFlow(IReadOnlyList<int> Joins, IReadOnlyList<int> Leaves, long Joined, long Left);
