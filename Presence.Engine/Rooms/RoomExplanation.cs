namespace Presence.Engine.Rooms;

/// <summary>What a room's viewer count is made of, and what is not in it; of one moment.</summary>
/// <param name="Count">The room.</param>
/// <param name="OldestHeartbeatAt">The oldest heartbeat that still counts; null in an empty room.</param>
/// <param name="NewestHeartbeatAt">The newest one; null in an empty room.</param>
/// <param name="Watches">Pages that watch the room; never counted.</param>
/// <param name="Removals">Viewers kept out of this room now, those kept out of the whole network included.</param>
/// <param name="At">When it was read.</param>
public sealed record RoomExplanation(
    RoomCount Count, DateTimeOffset? OldestHeartbeatAt, DateTimeOffset? NewestHeartbeatAt, int Watches, int Removals, DateTimeOffset At);
