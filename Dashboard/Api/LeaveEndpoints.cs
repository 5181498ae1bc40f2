using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api;

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
