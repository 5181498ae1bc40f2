namespace Presence.Engine.Rooms;

/// <summary>The cursor was made before the server restarted: start again at the first page.</summary>
public sealed class StaleCursorException() : Exception("The cursor is from before the server restarted. Start again at the first page.");
