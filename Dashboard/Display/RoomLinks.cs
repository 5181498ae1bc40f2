namespace Presence.Dashboard.Display;

/// <summary>The address of a room's page.</summary>
internal static class RoomLinks
{
    /// <summary>
    /// <c>rooms/{roomId}</c>; a room named "." or ".." goes into the query, because browsers resolve such a segment
    /// however it is encoded.
    /// </summary>
    public static string To(string roomId) =>
        roomId is "." or ".." ? "room?id=" + roomId : "rooms/" + Uri.EscapeDataString(roomId);
}
