namespace Presence.Engine.Rooms;

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms asked for.</param>
/// <param name="Matching">How many rooms match the query, listed or not.</param>
/// <param name="Next">Where the next page continues; null when this was the last.</param>
/// <param name="At">The moment the counts are true of (rule 7).</param>
public sealed record RoomPage(IReadOnlyList<RoomSummary> Rooms, int Matching, RoomCursor? Next, DateTimeOffset At);
