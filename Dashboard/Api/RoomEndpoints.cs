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
    internal static IResult List(HttpContext http, PresenceEngine engine, RateLimits paces)
    {
        var query = new QueryReader(http.Request.Query);
        var ids = query.RoomIds("ids", PresenceLimits.Page);
        if (ids is null && !http.Caller().IsServer)
            return new ApiProblem(ApiErrors.NotAllowed, "Name the rooms to read: ids=room1,room2. Listing all rooms requires a server key.");

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
        if (ids is not null && ApiProblems.OfRooms(ids, id => ApiProblems.OfAccess(engine, http.Caller(), id)) is { } refusal)
            return refusal;
        if (!engine.Settings.Enabled)
            return ApiProblems.Disabled;
        if (ids is null && ApiProblems.WhileReadingMuch(http, paces, engine.KnownRooms) is { } tooMuch)
            return tooMuch;

        var page = engine.Rooms(request);
        return Reply.Ok(
            new RoomsReply(
                [.. page.Rooms.Select(Describe)],
                page.Next is { } next ? RoomCursorText.Write(next, order) : null,
                page.At,
                RoomPresenceEndpoints.OnlyTrue(engine.IsWarming)),
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
/// <param name="Cursor">Leads to the next page; left out on the last one.</param>
/// <param name="ReferenceTimestamp">The moment the page was read.</param>
/// <param name="Warming">After a restart, until one heartbeat interval has passed: viewers who left meanwhile may still be counted.</param>
/// <example>
/// {"rooms":[{"roomId":"lobby","status":"live","enabled":true,"count":1240,"hidden":131,"fading":12,"guests":85,"sessions":1302,
/// "since":"2026-11-21T20:00:02.101Z","peak":1388}],"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
/// </example>
internal sealed record RoomsReply(IReadOnlyList<RoomDocument> Rooms, string? Cursor, DateTimeOffset ReferenceTimestamp, bool? Warming);

/// <summary>A room and how many are in it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Title">What the catalogue calls it.</param>
/// <param name="Status">Whether it takes heartbeats or its broadcast is over.</param>
/// <param name="Enabled">Whether presence is on for it.</param>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Hidden">The viewers all of whose sessions are in the background.</param>
/// <param name="Fading">The viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Guests">The viewers without an account.</param>
/// <param name="Sessions">Their sessions: tabs, devices.</param>
/// <param name="Since">When the first of an unbroken line of viewers came; left out while nobody is there.</param>
/// <param name="Peak">The most viewers there were at once since then.</param>
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
