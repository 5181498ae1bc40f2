using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>What a room's page was asked to show; it stands in the address.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Search">Text a viewer's name or id contains; empty for all.</param>
/// <param name="Sort">The order of the viewers.</param>
internal sealed record RoomView(string RoomId, string Search, ViewerSort Sort);
