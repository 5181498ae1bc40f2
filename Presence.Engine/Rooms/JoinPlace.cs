namespace Presence.Engine.Rooms;

/// <summary>A place in a <see cref="JoinOrder"/>, good until the room's lock is let go.</summary>
internal readonly record struct JoinPlace(int Block, int Index);
