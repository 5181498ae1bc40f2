namespace Presence.Dashboard.Live;

/// <summary>The minute under way, as of now: the last point of a room's chart, which is drawn less often than the number beside it moves.</summary>
/// <param name="Viewers">Present now.</param>
/// <param name="Joins">Since the minute began.</param>
/// <param name="Leaves">Since the minute began.</param>
public readonly record struct RoomMinute(int Viewers, int Joins, int Leaves);
