using Presence.Client.Http;

namespace Presence.Client.Server;

public sealed partial class PresenceServer
{
    /// <summary>What the server takes in one request.</summary>
    private const int MostRoomsAtOnce = 200;

    /// <summary>How rooms are, in the order asked for; one nobody is in counts 0.</summary>
    /// <exception cref="PresenceException">It could not be had.</exception>
    public async Task<IReadOnlyList<RoomSummary>> GetRoomsAsync(IEnumerable<string> roomIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(roomIds);
        var ids = roomIds.ToArray();
        var rooms = new List<RoomSummary>(ids.Length);
        for (var start = 0; start < ids.Length; start += MostRoomsAtOnce)
        {
            var query = string.Join("&", ids.Skip(start).Take(MostRoomsAtOnce).Select(id => "ids[]=" + Uri.EscapeDataString(id)));
            var page = await ReadAsync("/api/v1/presence/rooms?" + query, PresenceJson.Default.RoomsAnswer, cancellationToken).ConfigureAwait(false);
            rooms.AddRange(page.Rooms ?? throw PresenceException.NotOfThisServer());
        }
        return rooms;
    }

    /// <summary>What is special about a room; also answers for one that nobody defined.</summary>
    /// <exception cref="PresenceException">It could not be had.</exception>
    public async Task<RoomDefinition> GetRoomAsync(string roomId, CancellationToken cancellationToken = default)
    {
        var (document, etag) = await ReadVersionAsync(ApiRequest.Get(DefinitionOf(roomId)), PresenceJson.Default.RoomDefinitionDocument, cancellationToken).ConfigureAwait(false);
        return document.ToDefinition(roomId, etag);
    }

    /// <summary>Says all that is special about a room; what is null is not special any more. Needs the scope <c>rooms</c>.</summary>
    /// <param name="room">As read and changed, or a new one, which takes the place of whatever is there.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be in force all the same.</param>
    /// <returns>The definition in force, to change further.</returns>
    /// <exception cref="PresenceException">It was refused; with status 412 because somebody else changed it since it was read.</exception>
    public async Task<RoomDefinition> SaveRoomAsync(RoomDefinition room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        var request = new ApiRequest(HttpMethod.Put, DefinitionOf(room.RoomId))
        {
            Body = Json(RoomDefinitionDocument.Of(room), PresenceJson.Default.RoomDefinitionDocument),
            IfMatch = room.ETag ?? "*",
        };
        var (document, etag) = await ReadVersionAsync(request, PresenceJson.Default.RoomDefinitionDocument, cancellationToken).ConfigureAwait(false);
        return document.ToDefinition(room.RoomId, etag);
    }

    /// <summary>Lets a room follow the network again; also where nothing was special. Needs the scope <c>rooms</c>.</summary>
    /// <exception cref="PresenceException">It was refused, or there was no answer.</exception>
    public Task ForgetRoomAsync(string roomId, CancellationToken cancellationToken = default) =>
        SendAsync(new ApiRequest(HttpMethod.Delete, DefinitionOf(roomId)), cancellationToken);

    private static string DefinitionOf(string roomId) => $"/api/v1/admin/rooms/{RoomPath.Segment(roomId, nameof(roomId))}";
}
