using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>A viewer in one of its rooms.</summary>
/// <param name="Room">The room.</param>
/// <param name="Viewer">The viewer there.</param>
/// <param name="Sessions">Its sessions there, the one with the latest heartbeat first.</param>
public sealed record ViewerPlace(RoomSummary Room, Viewer Viewer, IReadOnlyList<ViewerSession> Sessions);
