using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>The rooms and their viewer counts.</summary>
internal static class RoomEndpoints
{
    public const int LongestCursor = 800; // a room id of 128 characters in any script, encoded

    public static void MapRooms(this IEndpointRouteBuilder api) => api.MapGet("/api/v1/presence/rooms", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listRooms").Takes(
                ApiParameter.OfText("ids", "Up to 200 rooms, separated by commas. Use `ids[]=` for an id with a comma.", PresenceLimits.Page * (PresenceIds.LongestRoomId + 1)),
                ApiParameter.OfText("prefix", "Only rooms whose id starts with this.", PresenceIds.LongestRoomId),
                ApiParameter.OfWords("orderBy", "`count`: most viewers first. `name`: by title, or by id without one.", ["count", "name"]),
                ApiParameter.Limit,
                ApiParameter.Cursor(LongestCursor)).Produces<RoomsReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned);

    /// <summary>List rooms</summary>
    /// <remarks>
    /// With <c>ids</c>, returns those rooms in that order. Without <c>ids</c>, a server key lists all rooms with viewers, with
    /// <c>prefix</c>, <c>orderBy</c>, <c>limit</c> and <c>cursor</c>.
    /// </remarks>
    /// <response code="200">A page of rooms.</response>
    internal static async ValueTask<IResult> ListAsync(HttpContext http, IPresence presence, RateLimits rateLimits)
    {
        var query = new QueryReader(http.Request.Query);
        var ids = query.RoomIds("ids", PresenceLimits.Page);
        if (ids is null && !http.Caller().IsServer)
            return new ApiProblem(ApiError.NotAllowed, "Name the rooms to read: ids=room1,room2. Listing all rooms requires a server key.");

        var order = query.Choice("orderBy", ("count", RoomOrder.Count), ("name", RoomOrder.Name));
        var request = new RoomQuery
        {
            Ids = ids,
            Prefix = query.Text("prefix", PresenceIds.LongestRoomId),
            Order = order,
            Limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page),
            After = ReadCursor(query, order),
        };
        if (ids is not null)
        {
            foreach (var other in (ReadOnlySpan<string>)["prefix", "orderBy", "limit", "cursor"])
                query.Forbid(other, "can't be combined with ids: the reply has the rooms in the order you name them.");
        }
        if (ids is not null && ApiProblem.OfRooms(ids, id => ApiProblem.OfAccess(presence, http.Caller(), id)) is { } refusal)
            return refusal;
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;
        if (ids is null && ApiProblem.WhileReadingMuch(http, rateLimits, (await presence.ReadNetworkAsync(NetworkQuery.Counts, http.RequestAborted)).KnownRooms) is { } tooMuch)
            return tooMuch;

        var page = await presence.ListRoomsAsync(request, http.RequestAborted);
        return Reply.Tagged(
            new RoomsReply(
                [.. page.Rooms.Select(Describe)],
                page.Next is { } next ? RoomCursorText.Write(next, order) : null,
                page.At,
                RoomPresenceEndpoints.OnlyTrue(presence.Current.IsWarming)),
            ApiJson.Documents.RoomsReply);
    }

    private static RoomCursor? ReadCursor(QueryReader query, RoomOrder order)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (RoomCursorText.TryRead(text, order, out var cursor))
            return cursor;
        throw QueryReader.Refused("cursor doesn't belong to this list. Send the cursor of the previous page with the same orderBy.");
    }

    private static RoomDocument Describe(RoomSummary room) => new(
        room.RoomId,
        room.Title,
        room.Status == RoomStatus.Ended ? "ended" : "live",
        room.IsEnabled,
        room.Count.Viewers,
        room.Count.Hidden,
        room.Count.Fading,
        room.Count.Guests,
        room.Count.Sessions,
        room.Since,
        room.Peak);
}

/// <summary>A page of rooms.</summary>
/// <param name="Rooms">The rooms of this page.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <param name="ReferenceTimestamp">When the page was read.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed: viewers who have left in the meantime may still be counted.</param>
/// <example>
/// {"rooms":[{"roomId":"lobby","status":"live","enabled":true,"count":1240,"hidden":131,"fading":12,"guests":85,"sessions":1302,
/// "since":"2026-11-21T20:00:02.101Z","peak":1388}],"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
/// </example>
internal sealed record RoomsReply(IReadOnlyList<RoomDocument> Rooms, string? Cursor, DateTimeOffset ReferenceTimestamp, bool? Warming) : IOfAMoment;

/// <summary>A room and its viewer count.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">Its title in the catalogue.</param>
/// <param name="Status">Whether the room accepts heartbeats or has ended.</param>
/// <param name="Enabled">Whether presence is on for it.</param>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Hidden">Viewers with all sessions in the background.</param>
/// <param name="Fading">Viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Guests">Viewers without an account.</param>
/// <param name="Sessions">Their sessions (tabs, devices).</param>
/// <param name="Since">Since when the room has had viewers without a break. Absent while it is empty.</param>
/// <param name="Peak">The most viewers at once since then.</param>
internal sealed record RoomDocument(
    string RoomId,
    string? Title,
    [property: AllowedValues("live", "ended")] string Status,
    bool Enabled,
    int Count,
    int Hidden,
    int Fading,
    int Guests,
    int Sessions,
    DateTimeOffset? Since,
    int Peak);

/// <summary>A place in the list of rooms as opaque text. It names its order: used with another one it would skip rooms.</summary>
internal static class RoomCursorText
{
    public static string Write(RoomCursor cursor, RoomOrder order) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Mark(order)}{cursor.Viewers}:{cursor.RoomId}")));

    public static bool TryRead(string text, RoomOrder order, [NotNullWhen(true)] out RoomCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).AsSpan();
        var colon = plain.IndexOf(':');
        if (colon < 2 || plain[0] != Mark(order) || !int.TryParse(plain[1..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var viewers))
            return false;
        var roomId = plain[(colon + 1)..];
        if (PresenceIds.ProblemOfRoomId(roomId) is not null)
            return false;
        cursor = new RoomCursor(roomId.ToString(), viewers);
        return true;
    }

    private static char Mark(RoomOrder order) => order == RoomOrder.Count ? 'c' : 'n';
}
