using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Who is watching one room. Reading never counts.</summary>
internal static class RoomPresenceEndpoints
{
    public const int LongestCursor = 1_000; // an id and a name of any script, encoded

    public static void MapRoomPresence(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v1/presence/rooms/{roomId}/users/count", Count).Allow(ApiPolicy.ViewerOrServer)
            .WithName("countViewers").Produces<CountReply>().Refuses(ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned);
        api.MapGet("/api/v1/presence/rooms/{roomId}/users", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listViewers").Takes(
                ApiParameter.OfNumber("limit", "How many to list; the moderators' cap comes on top.", 1, PresenceLimits.Page, PresenceLimits.Page),
                ApiParameter.OfWords("sort", "Latest heartbeat first; longest present first (`joined`) or last (`-joined`); or by name.", ["heartbeat", "joined", "-joined", "name"]),
                ApiParameter.OfWords("orderBy", "With sort `heartbeat`: latest first or last.", ["desc", "asc"]),
                ApiParameter.OfText("search", "Part of the id or the name.", PresenceLimits.SearchLength),
                ApiParameter.OfWords("state", "Only viewers in this state.", ["visible", "hidden", "paused"], isOptional: true),
                ApiParameter.OfWords("include", "Adds each viewer's whole profile as `user`, with metadata, tags and picture.", ["user"], isOptional: true),
                ApiParameter.OfText("cursor", "The `cursor` of the page before; not with sort `heartbeat`, where viewers move while one reads.", LongestCursor))
            .Produces<ViewersReply>().Refuses(ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned);
    }

    /// <summary>Members that say true or are left out.</summary>
    public static bool? OnlyTrue(bool value) => value ? true : null;

    /// <summary>Count a room's viewers</summary>
    /// <remarks>All distinct viewers, never capped; a room nobody is in counts 0.</remarks>
    /// <response code="200">How many are watching.</response>
    internal static IResult Count(string roomId, PresenceEngine engine)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return ApiRefusal.Invalid(problem);
        if (Refusals.WhileDisabled(engine, roomId) is { } refusal)
            return refusal;

        var count = engine.Count(roomId);
        return Reply.Ok(
            new CountReply(count.Viewers, count.At, count.Sessions, count.Guests, count.Hidden, count.Fading, OnlyTrue(engine.IsWarming)),
            Wire.Documents.CountReply);
    }

    /// <summary>List a room's viewers</summary>
    /// <remarks>
    /// Who's watching. <c>total</c> is the number listed, <c>count</c> everybody in the room; both are of the same moment.
    /// With sort <c>joined</c> or <c>name</c> the cursor reaches every viewer: nobody present throughout is skipped or
    /// repeated, however many come and go.
    /// </remarks>
    /// <response code="200">A page of viewers.</response>
    internal static async ValueTask<IResult> ListAsync(HttpContext http, string roomId, PresenceEngine engine, ClientPaces paces, UserStore users)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);

        var query = new QueryReader(http.Request.Query);
        var sort = ReadSort(query, http.Request.Query);
        var request = new ViewerQuery
        {
            Sort = sort,
            // The moderators' cap comes on top: published clients always ask for the most there is.
            Limit = Math.Min(query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page), engine.Settings.ListLimit),
            Search = query.Text("search", PresenceLimits.SearchLength),
            State = query.Choice<ViewerState?>("state", ("", null), ("visible", ViewerState.Visible), ("hidden", ViewerState.Hidden), ("paused", ViewerState.Paused)),
            After = ReadCursor(query, sort),
        };
        var includeUser = query.Choice("include", ("", false), ("user", true));
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);
        if (Refusals.WhileDisabled(engine, roomId) is { } refusal)
            return refusal;
        if (request.LooksAtAll && Refusals.WhileReadingMuch(http, paces, engine.Count(roomId).Viewers) is { } tooMuch)
            return tooMuch;

        try
        {
            var page = engine.Viewers(roomId, request);
            var profiles = includeUser ? await users.FindAsync([.. page.Viewers.Select(viewer => viewer.UserId)], http.RequestAborted) : null;
            return Describe(page, request, engine.IsWarming, profiles?.ToDictionary(user => user.UserId, PresenceComparers.UserId));
        }
        catch (StaleCursorException)
        {
            return ApiRefusal.Invalid("cursor is from before a restart of the server; begin again without it.");
        }
    }

    private static ViewerSort ReadSort(QueryReader query, IQueryCollection parameters)
    {
        var sort = query.Choice(
            "sort",
            ("heartbeat", ViewerSort.LatestHeartbeatFirst),
            ("joined", ViewerSort.FirstJoinedFirst),
            ("-joined", ViewerSort.LastJoinedFirst),
            ("name", ViewerSort.Name));
        if (sort == ViewerSort.LatestHeartbeatFirst)
            return query.Choice("orderBy", ("desc", ViewerSort.LatestHeartbeatFirst), ("asc", ViewerSort.OldestHeartbeatFirst));
        if (parameters.ContainsKey("orderBy"))
            query.Refuse("orderBy belongs to sort=heartbeat; leave it out.");
        return sort;
    }

    private static ViewerCursor? ReadCursor(QueryReader query, ViewerSort sort)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst)
        {
            query.Refuse("cursor does not go with sort=heartbeat, where viewers move while one reads; page with sort=joined, -joined or name.");
            return null;
        }
        if (ViewerCursorText.TryRead(text, sort, out var cursor))
            return cursor;
        query.Refuse("cursor is not one of this list; send the cursor of the page before, with the same sort.");
        return null;
    }

    private static IResult Describe(ViewerPage page, ViewerQuery request, bool isWarming, Dictionary<string, User>? users) => Reply.Ok(
        new ViewersReply(
            [.. page.Viewers.Select(viewer => users is null ? Describe(viewer) : Describe(viewer) with { User = UserDocuments.Of(viewer, users.GetValueOrDefault(viewer.UserId)) })],
            page.Viewers.Count,
            request.Limit,
            page.Next is { } next ? ViewerCursorText.Write(next, request.Sort) : null,
            page.Count.Viewers,
            page.Count.At,
            OnlyTrue(isWarming)),
        Wire.Documents.ViewersReply);

    public static ViewerDocument Describe(Viewer viewer) => new(
        viewer.UserId,
        viewer.JoinedAt,
        viewer.Profile?.DisplayName,
        viewer.Profile?.AvatarUrl,
        viewer.LastHeartbeatAt,
        ViewerStates.Word(viewer.State),
        viewer.IsFading,
        viewer.Sessions);
}
