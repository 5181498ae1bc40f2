using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>The rooms and how many are in each.</summary>
internal static class RoomEndpoints
{
    public const int LongestCursor = 800; // a room id of 128 characters of any script, encoded

    public static void MapRooms(this IEndpointRouteBuilder api) => api.MapGet("/api/v1/presence/rooms", List).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listRooms").Takes(
                ApiParameter.OfText("ids", "Rooms, separated by commas, up to 200. `ids[]=` takes an id with a comma as it is.", PresenceLimits.Page * (PresenceIds.LongestRoomId + 1)),
                ApiParameter.OfText("prefix", "Only rooms whose id begins so.", PresenceIds.LongestRoomId),
                ApiParameter.OfWords("orderBy", "Most viewers first, or by title (the id where there is none).", ["count", "name"]),
                ApiParameter.Limit,
                ApiParameter.Cursor(LongestCursor)).Produces<RoomsReply>().Refuses(ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned);

    /// <summary>List rooms</summary>
    /// <remarks>
    /// With <c>ids</c> those rooms, in that order. A server key may leave <c>ids</c> out and lists all rooms somebody is
    /// in, with <c>prefix</c>, <c>orderBy</c>, <c>limit</c> and <c>cursor</c>.
    /// </remarks>
    /// <response code="200">A page of rooms.</response>
    internal static IResult List(HttpContext http, PresenceEngine engine, ClientPaces paces)
    {
        var query = new QueryReader(http.Request.Query);
        var ids = query.RoomIds("ids", PresenceLimits.Page);
        if (ids is null && !http.Caller().IsServer)
            return new ApiRefusal(ApiErrors.NotAllowed, "A viewer names the rooms it asks about: ids=room1,room2. Listing all rooms takes a server key.");

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
                query.Forbid(other, "does not go with ids: the rooms named are answered in the order named.");
        }
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);
        if (ids is not null && Refusals.OfRooms(ids, id => Refusals.OfAccess(engine, http.Caller(), id)) is { } refusal)
            return refusal;
        if (!engine.Settings.Enabled)
            return Refusals.Disabled;
        if (ids is null && Refusals.WhileReadingMuch(http, paces, engine.KnownRooms) is { } tooMuch)
            return tooMuch;

        var page = engine.Rooms(request);
        return Reply.Ok(
            new RoomsReply(
                [.. page.Rooms.Select(Describe)],
                page.Next is { } next ? RoomCursorText.Write(next, order) : null,
                page.At,
                RoomPresenceEndpoints.OnlyTrue(engine.IsWarming)),
            Wire.Documents.RoomsReply);
    }

    private static RoomCursor? ReadCursor(QueryReader query, RoomOrder order)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (RoomCursorText.TryRead(text, order, out var cursor))
            return cursor;
        query.Refuse("cursor is not one of this list; send the cursor of the page before, with the same orderBy.");
        return null;
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
