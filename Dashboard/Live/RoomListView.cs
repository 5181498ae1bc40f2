namespace Presence.Dashboard.Live;

/// <summary>What the rooms page was asked to show; it stands in the address.</summary>
/// <param name="Search">Text the room's id contains; empty for all.</param>
/// <param name="ByName">By name instead of by viewers.</param>
/// <param name="Reversed">The other way round.</param>
internal sealed record RoomListView(string Search, bool ByName, bool Reversed);
