namespace Presence.Engine.Rooms;

/// <summary>A viewer as copied out of the room's slots under its lock; made into a <see cref="Viewer"/> outside.</summary>
internal readonly record struct ViewerRow(string UserId, bool IsGuest, long JoinedAt, long HeartbeatAt, ViewerMark Mark, int Sessions);
