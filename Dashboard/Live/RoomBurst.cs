namespace Presence.Dashboard.Live;

/// <summary>Who came and went within the last seconds, folded into two numbers.</summary>
/// <param name="Joined">Joins.</param>
/// <param name="Left">Leaves.</param>
public readonly record struct RoomBurst(long Joined, long Left);
