namespace Presence.Client.Http;

/// <summary>The address of a room's routes below the server's.</summary>
internal static class RoomPath
{
    /// <exception cref="ArgumentException">An address cannot name it: "." and ".." are resolved away before it is sent, encoded or not.</exception>
    public static string Of(string? roomId) => $"/api/v1/presence/rooms/{Segment(roomId, nameof(roomId))}";

    /// <summary>An id as one part of an address.</summary>
    public static string Segment(string? id, string name) => id is null or "" or "." or ".."
        ? throw new ArgumentException($"{name} must have at least 1 character and be neither \".\" nor \"..\"; it is \"{id}\".", name)
        : Uri.EscapeDataString(id);
}
