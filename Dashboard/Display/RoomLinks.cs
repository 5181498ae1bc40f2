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

    /// <summary>The address of a room's viewers as CSV, with the words of the page's own address.</summary>
    public static string Viewers(string roomId, string? search, string? sort, string? state)
    {
        var path = roomId is "." or ".." ? "downloads/room/viewers.csv?id=" + roomId + "&" : "downloads/rooms/" + Uri.EscapeDataString(roomId) + "/viewers.csv?";
        var query = new (string Name, string? Value)[] { ("search", search), ("sort", sort), ("state", state) }
            .Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => part.Name + "=" + Uri.EscapeDataString(part.Value!));
        return (path + string.Join('&', query)).TrimEnd('?', '&');
    }
}
