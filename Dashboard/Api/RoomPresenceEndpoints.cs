using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>The viewers of one room. Reading doesn't count as watching.</summary>
internal static class RoomPresenceEndpoints
{
    public const int LongestCursor = 1_000; // an id and a name in any script, encoded

    public static void MapRoomPresence(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v1/presence/rooms/{roomId}/users/count", CountAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("countViewers").Produces<CountReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned);
        api.MapGet("/api/v1/presence/rooms/{roomId}/users", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listViewers").Takes(
                ApiParameter.OfNumber("limit", "Number of viewers. The list cap in the settings also applies.", 1, PresenceLimits.Page, PresenceLimits.Page),
                ApiParameter.OfWords("sort", "`heartbeat`: latest heartbeat first. `joined`: longest present first. `-joined`: newest first. `name`: by name.", ["heartbeat", "joined", "-joined", "name"]),
                ApiParameter.OfWords("orderBy", "With sort `heartbeat`: latest first (`desc`) or last (`asc`).", ["desc", "asc"]),
                ApiParameter.OfText("search", "Part of the id or the name.", PresenceLimits.SearchLength),
                ApiParameter.OfWords("state", "Only viewers in this state.", ["visible", "hidden", "paused"], isOptional: true),
                ApiParameter.OfWords("hands", "Only viewers whose hand is raised.", ["raised"], isOptional: true),
                ApiParameter.OfWords("include", "Adds each viewer's whole profile as `user`, with metadata, tags and picture.", ["user"], isOptional: true),
                ApiParameter.OfText("cursor", "The `cursor` of the previous page. Not with sort `heartbeat`, where viewers move while you read.", LongestCursor))
            .Produces<ViewersReply>().Revalidates().Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned);
    }

    /// <summary>Members that are true or absent.</summary>
    public static bool? OnlyTrue(bool value) => value ? true : null;

    /// <summary>Count a room's viewers</summary>
    /// <remarks>All distinct viewers, without a limit. An empty room counts 0.</remarks>
    /// <response code="200">The counts.</response>
    internal static async ValueTask<IResult> CountAsync(HttpContext http, string roomId, IPresence presence)
    {
        if (ApiProblem.WhileDisabled(presence, roomId) is { } refusal)
            return refusal;

        var count = await presence.CountAsync(roomId, http.RequestAborted);
        return Reply.Tagged(
            new CountReply(count.Viewers, count.At, count.Sessions, count.Guests, count.Hidden, count.Fading, OnlyTrue(presence.Current.IsWarming)) { HandsRaised = count.Hands > 0 ? count.Hands : null, Unlisted = count.Unlisted > 0 ? count.Unlisted : null, Unverified = count.Unverified > 0 ? count.Unverified : null },
            ApiJson.Documents.CountReply);
    }

    /// <summary>List a room's viewers</summary>
    /// <remarks>
    /// <c>total</c> is the number of viewers on the page, <c>count</c> the number in the room. Both are of the same moment. With
    /// sort <c>joined</c> or <c>name</c>, the cursor reaches every viewer and never skips or repeats one who is present
    /// throughout.
    /// </remarks>
    /// <response code="200">A page of viewers.</response>
    internal static async ValueTask<IResult> ListAsync(HttpContext http, string roomId, IPresence presence, RateLimits rateLimits, UserStore users)
    {
        var query = new QueryReader(http.Request.Query);
        var sort = ReadSort(query, http.Request.Query);
        var request = new ViewerQuery
        {
            Sort = sort,
            // The moderators' limit applies too, because published clients always ask for the maximum.
            Limit = Math.Min(query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page), presence.Current.Settings.ListLimit),
            Search = query.Text("search", PresenceLimits.SearchLength),
            State = query.Choice<ViewerState?>("state", ("", null), ("visible", ViewerState.Visible), ("hidden", ViewerState.Hidden), ("paused", ViewerState.Paused)),
            IsHandRaised = query.Choice<bool?>("hands", ("", null), ("raised", true)),
            After = ReadCursor(query, sort),
        };
        var includeUser = query.Choice("include", ("", false), ("user", true));
        if (ApiProblem.WhileDisabled(presence, roomId) is { } refusal)
            return refusal;
        if (request.LooksAtAll && ApiProblem.WhileReadingMuch(http, rateLimits, (await presence.CountAsync(roomId, http.RequestAborted)).Viewers) is { } tooMuch)
            return tooMuch;

        var page = await presence.ReadViewersAsync(roomId, request, http.RequestAborted);
        var profiles = includeUser ? await users.FindAsync([.. page.Viewers.Select(viewer => viewer.UserId)], http.RequestAborted) : null;
        return Describe(page, request, presence.Current.IsWarming, profiles?.ToDictionary(user => user.UserId, PresenceComparers.UserId));
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
            throw QueryReader.Refused("orderBy is only for sort=heartbeat. Leave it out.");
        return sort;
    }

    private static ViewerCursor? ReadCursor(QueryReader query, ViewerSort sort)
    {
        if (query.Text("cursor", LongestCursor) is not { } text)
            return null;
        if (sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst)
            throw QueryReader.Refused("cursor can't be combined with sort=heartbeat, because viewers move between pages. Use sort=joined, -joined or name.");
        if (ViewerCursorText.TryRead(text, sort, out var cursor))
            return cursor;
        throw QueryReader.Refused("cursor doesn't belong to this list. Send the cursor of the previous page with the same sort.");
    }

    private static IResult Describe(ViewerPage page, ViewerQuery request, bool isWarming, Dictionary<string, User>? users) => Reply.Tagged(
        new ViewersReply(
            [.. page.Viewers.Select(viewer => users is null ? Describe(viewer) : Describe(viewer) with { User = UserDocuments.Of(viewer, users.GetValueOrDefault(viewer.UserId)) })],
            page.Viewers.Count,
            request.Limit,
            page.Next is { } next ? ViewerCursorText.Write(next, request.Sort) : null,
            page.Count.Viewers,
            page.Count.At,
            OnlyTrue(isWarming))
        { Unlisted = page.Count.Unlisted > 0 ? page.Count.Unlisted : null },
        ApiJson.Documents.ViewersReply);

    public static ViewerDocument Describe(Viewer viewer) => new(
        viewer.UserId,
        viewer.JoinedAt,
        viewer.Profile?.DisplayName,
        viewer.Profile?.AvatarUrl,
        viewer.LastHeartbeatAt,
        ViewerStates.Word(viewer.State),
        viewer.IsFading,
        viewer.Sessions)
    { HandRaisedAt = viewer.HandRaisedAt, Unverified = ReasonsOf(viewer.Band) };

    private static string[]? ReasonsOf(BandReason band) => band switch
    {
        BandReason.None => null,
        BandReason.Metronome => ["metronome"],
        BandReason.CrowdedAddress => ["address"],
        _ => ["metronome", "address"],
    };
}

/// <summary>A room's counts.</summary>
/// <param name="Count">All distinct viewers, users and guests, without a limit.</param>
/// <param name="ReferenceTimestamp">The time of these values, at most one second ago.</param>
/// <param name="Sessions">Their sessions (tabs, devices).</param>
/// <param name="Guests">Viewers without an account.</param>
/// <param name="Hidden">Viewers with all sessions in the background.</param>
/// <param name="Fading">Viewers whose heartbeats are overdue but who still count.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed: viewers who have left in the meantime may still be counted.</param>
/// <example>{"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z","sessions":1302,"guests":85,"hidden":131,"fading":12}</example>
internal sealed record CountReply(int Count, DateTimeOffset ReferenceTimestamp, int Sessions, int Guests, int Hidden, int Fading, bool? Warming) : IOfAMoment
{
    /// <summary>Hands raised. Absent when none is.</summary>
    public int? HandsRaised { get; init; }

    /// <summary>Viewers of the count who asked not to be listed. Absent when nobody did.</summary>
    public int? Unlisted { get; init; }

    /// <summary>Viewers of the count whom nobody vouched for and whose sessions have the pattern of machines. Absent when there are none.</summary>
    public int? Unverified { get; init; }
}

/// <summary>A page of viewers. Page and count are of the same moment.</summary>
/// <param name="Viewers">The viewers of this page.</param>
/// <param name="Total">The number of viewers on this page.</param>
/// <param name="Limit">The most this page can have: the requested limit, or the list cap if it is lower.</param>
/// <param name="Cursor">Cursor of the next page. Absent on the last page.</param>
/// <param name="Count">All distinct viewers of the room.</param>
/// <param name="ReferenceTimestamp">The time of these values, at most one second ago.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed: viewers who have left in the meantime may still be listed.</param>
/// <example>
/// {"viewers":[{"userId":"anna","joinedAt":"2026-11-21T22:31:07.593Z","displayName":"Anna","lastHeartbeatAt":"2026-11-21T22:37:40.614Z",
/// "state":"visible","fading":false,"sessions":1}],"total":1,"limit":200,"count":1240,"referenceTimestamp":"2026-11-21T22:37:41.509Z"}
/// </example>
internal sealed record ViewersReply(
    IReadOnlyList<ViewerDocument> Viewers,
    int Total,
    int Limit,
    string? Cursor,
    int Count,
    DateTimeOffset ReferenceTimestamp,
    bool? Warming) : IOfAMoment
{
    /// <summary>Viewers of the count who asked not to be listed. Absent when nobody did.</summary>
    public int? Unlisted { get; init; }
}

/// <summary>A viewer.</summary>
/// <param name="UserId">The user, or the guest's id.</param>
/// <param name="JoinedAt">When the viewer joined.</param>
/// <param name="DisplayName">The user's name.</param>
/// <param name="AvatarUrl">A picture of the user.</param>
/// <param name="LastHeartbeatAt">The latest heartbeat of any session.</param>
/// <param name="State">Visible if any session is visible, otherwise hidden if any is hidden, otherwise paused.</param>
/// <param name="Fading">Whether all sessions are overdue.</param>
/// <param name="Sessions">The number of sessions (tabs, devices).</param>
/// <param name="User">The whole profile, with <c>include=user</c>.</param>
internal sealed record ViewerDocument(
    string UserId,
    DateTimeOffset JoinedAt,
    string? DisplayName,
    string? AvatarUrl,
    DateTimeOffset LastHeartbeatAt,
    [property: AllowedValues("visible", "hidden", "paused")] string State,
    bool Fading,
    int Sessions,
    UserDocument? User = null)
{
    /// <summary>Why the viewer is in the unverified band: `metronome`, `address`. Absent when it is not.</summary>
    public IReadOnlyList<string>? Unverified { get; init; }

    /// <summary>Since when the viewer's hand is raised. Absent while it is not.</summary>
    public DateTimeOffset? HandRaisedAt { get; init; }
}

/// <summary>A place in a list of viewers as opaque text. It names its order: used with another one it would skip viewers.</summary>
internal static class ViewerCursorText
{
    public static string Write(ViewerCursor cursor, ViewerSort sort) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Mark(sort)}{cursor.JoinedAt.UtcTicks}:{cursor.UserId.Length}:{cursor.UserId}{cursor.Name}")));

    public static bool TryRead(string text, ViewerSort sort, [NotNullWhen(true)] out ViewerCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).AsSpan();
        if (plain.Length == 0 || plain[0] != Mark(sort))
            return false;

        plain = plain[1..];
        if (!TryTake(ref plain, out var joinedAt) || joinedAt < 0 || joinedAt > DateTimeOffset.MaxValue.UtcTicks || !TryTake(ref plain, out var idLength) || idLength < 1 || idLength > plain.Length)
            return false;
        cursor = new ViewerCursor(new DateTimeOffset(joinedAt, TimeSpan.Zero), plain[(int)idLength..].ToString(), plain[..(int)idLength].ToString());
        return true;
    }

    /// <summary>Takes a number and the colon behind it.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        var colon = text.IndexOf(':');
        if (colon < 1 || !long.TryParse(text[..colon], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            return false;
        text = text[(colon + 1)..];
        return true;
    }

    private static char Mark(ViewerSort sort) => sort switch
    {
        ViewerSort.FirstJoinedFirst => 'f',
        ViewerSort.LastJoinedFirst => 'l',
        _ => 'n',
    };
}

/// <summary>The states of a session on the wire.</summary>
internal static class ViewerStates
{
    public const string Rule = "state must be visible, hidden or paused. You can leave it out.";

    /// <summary>Reads a word; one left out means visible.</summary>
    public static bool TryParse(string? word, out ViewerState state)
    {
        state = word switch
        {
            "hidden" => ViewerState.Hidden,
            "paused" => ViewerState.Paused,
            _ => ViewerState.Visible,
        };
        return word is null or "visible" || state != ViewerState.Visible;
    }

    public static string Word(ViewerState state) => state switch
    {
        ViewerState.Hidden => "hidden",
        ViewerState.Paused => "paused",
        _ => "visible",
    };
}

/// <summary>"I am leaving": at once, per session, with the same reply when repeated, also while presence is off.</summary>
internal static class LeaveEndpoints
{
    public static void MapLeaves(this IEndpointRouteBuilder api)
    {
        api.MapDelete("/api/v1/presence/rooms/{roomId}/heartbeat", LeaveAsync).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("leaveRoom").Takes(ApiParameter.OfText("sessionId", "The session. Default: the login's device.", PresenceIds.LongestSessionId))
            .Produces(StatusCodes.Status204NoContent);
        api.MapPost("/api/v1/presence/rooms/{roomId}/leave", LeaveByBeaconAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("leaveRoomByBeacon")
            .Reads<string>().WithMetadata(new ApiTextBody("token=eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjp7fX0.c2lnbmF0dXJl&sessionId=tab-1", "text/plain", "application/x-www-form-urlencoded"))
            .Produces(StatusCodes.Status204NoContent).Refuses(ApiError.NotSignedIn, ApiError.NotAllowed).WithMetadata(new BodyLimit(BodyLimit.OfBeacons));
    }

    /// <summary>Leave a room</summary>
    /// <remarks>Ends one session of the caller at once. Also 204 if there was no such session, and while presence is off.</remarks>
    /// <response code="204">The session has ended.</response>
    internal static ValueTask<IResult> LeaveAsync(HttpContext http, string roomId, IPresence presence) =>
        EndAsync(presence, roomId, http.Caller(), new QueryReader(http.Request.Query).Text("sessionId", PresenceIds.LongestSessionId));

    /// <summary>Leave a room while a page closes</summary>
    /// <remarks>
    /// For <c>navigator.sendBeacon</c>, which can't set headers. Send the access token in the body, on this route only, as text
    /// or as a form of at most 4 KiB. Never put a token in a URL.
    /// </remarks>
    /// <response code="204">The session has ended.</response>
    internal static async Task<IResult> LeaveByBeaconAsync(HttpContext http, string roomId, IPresence presence, ClientAuthenticator authenticator, RateLimits rateLimits)
    {
        if (!IsFormOrText(http.Request.ContentType))
            return new ApiProblem(ApiError.WrongMediaType, "The content type must be text/plain or application/x-www-form-urlencoded.");
        var body = await RequestBody.ReadAsync(http, BodyLimit.OfBeacons);
        var fields = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Bytes));
        body.Release();

        var token = fields.TryGetValue("token", out var tokens) ? tokens.ToString() : "";
        var authenticated = authenticator.Authenticate(token);
        if (authenticated.Principal is not { } caller)
            return ApiProblem.Of(authenticated, rateLimits, http);
        if (caller.IsServer)
            return new ApiProblem(ApiError.NotAllowed, "Don't use a server key in a page. Send the viewer's access token.");
        return await EndAsync(presence, roomId, caller, fields.TryGetValue("sessionId", out var sessionId) ? sessionId.ToString() : null);
    }

    private static async ValueTask<IResult> EndAsync(IPresence presence, string roomId, ClientPrincipal caller, string? sessionId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiProblem.Invalid(roomProblem);
        if (!caller.MayEnter(roomId))
            return ApiProblem.OtherRoom;
        if (string.IsNullOrEmpty(sessionId))
            sessionId = caller.SessionId;
        else if (PresenceIds.ProblemOfSessionId(sessionId) is { } problem)
            return ApiProblem.Invalid(problem);

        await presence.LeaveAsync(roomId, caller.UserId, sessionId);
        return Results.NoContent();
    }

    private static bool IsFormOrText(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase));
}
