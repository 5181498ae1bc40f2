namespace Presence.Engine.Rooms;

/// <summary>A place in a viewer list: behind the last viewer of a page. Good for as long as the engine runs, whoever comes or goes.</summary>
/// <param name="Run">The engine that made it (<see cref="PresenceEngine.Run"/>).</param>
/// <param name="JoinedAt">Presence time the viewer joined; the place in the orders by joining.</param>
/// <param name="Name">The viewer's name then; with the id the place in the order by name.</param>
/// <param name="UserId">The viewer.</param>
public sealed record ViewerCursor(Guid Run, long JoinedAt, string Name, string UserId);
