using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>Who is watching one room. Reading never counts.</summary>
internal static class RoomPresenceEndpoints
{
    public static void MapRoomPresence(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v1/presence/rooms/{roomId}/users/count", Count).Allow(ApiPolicy.ViewerOrServer);
        api.MapGet("/api/v1/presence/rooms/{roomId}/users", List).Allow(ApiPolicy.ViewerOrServer);
    }

    /// <summary>Members that say true or are left out.</summary>
    public static bool? OnlyTrue(bool value) => value ? true : null;

    private static IResult Count(string roomId, PresenceEngine engine)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return ApiRefusal.Invalid(problem);
        if (!engine.Settings.Enabled)
            return Refusals.Disabled;

        var count = engine.Count(roomId);
        return Reply.Ok(
            new CountReply(count.Viewers, count.At, count.Sessions, count.Guests, count.Hidden, count.Fading, OnlyTrue(engine.IsWarming)),
            Wire.Documents.CountReply);
    }

    private static IResult List(HttpContext http, string roomId, PresenceEngine engine)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);

        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var sort = ReadSort(query, http.Request.Query);
        var search = query.Text("search", PresenceLimits.SearchLength);
        query.Forbid("cursor", "is not offered for viewers: the list is one page. Use the count for the total, and search to find somebody.");
        query.Forbid("state", "is not offered as a filter; every viewer of the reply carries its state.");
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);

        var settings = engine.Settings;
        if (!settings.Enabled)
            return Refusals.Disabled;

        limit = Math.Min(limit, settings.ListLimit); // the moderators' cap; published clients always ask for the most there is
        var page = engine.Viewers(roomId, new ViewerQuery { Sort = sort, Limit = limit, Search = search });
        return Reply.Ok(
            new ViewersReply([.. page.Viewers.Select(Describe)], page.Viewers.Count, limit, page.Count.Viewers, page.Count.At, OnlyTrue(engine.IsWarming)),
            Wire.Documents.ViewersReply);
    }

    private static ViewerSort ReadSort(QueryReader query, IQueryCollection parameters)
    {
        var sort = query.Choice("sort", ("heartbeat", ViewerSort.LatestHeartbeatFirst), ("joined", ViewerSort.FirstJoinedFirst), ("-joined", ViewerSort.LastJoinedFirst));
        if (sort != ViewerSort.LatestHeartbeatFirst)
        {
            if (parameters.ContainsKey("orderBy"))
                query.Refuse("orderBy belongs to sort=heartbeat; write sort=joined or sort=-joined without it.");
            return sort;
        }
        return query.Choice("orderBy", ("desc", ViewerSort.LatestHeartbeatFirst), ("asc", ViewerSort.OldestHeartbeatFirst));
    }

    private static ViewerDocument Describe(Viewer viewer) => new(
        viewer.UserId,
        viewer.JoinedAt,
        viewer.Profile?.DisplayName,
        viewer.Profile?.AvatarUrl,
        viewer.LastHeartbeatAt,
        ViewerStates.Word(viewer.State),
        viewer.IsFading,
        viewer.Sessions);
}
