namespace Presence.Engine.Rooms;

/// <summary>What a viewer adds to the room's buckets besides being there.</summary>
internal readonly record struct ViewerMark(ViewerState State, bool IsFading);
