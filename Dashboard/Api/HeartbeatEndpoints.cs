using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>"I am watching": the route almost every request takes. Nothing here waits for the database.</summary>
internal static class HeartbeatEndpoints
{
    private const int LongestDevice = 300;
    private const int LongestAppVersion = 30;

    public static void MapHeartbeats(this IEndpointRouteBuilder api)
    {
        api.MapPost("/api/v1/presence/rooms/{roomId}/heartbeat", Beat).Allow(ApiPolicy.Viewer);
        api.MapPost("/api/v1/presence/heartbeats", ManyHeartbeats.BeatAsync).Allow(ApiPolicy.ViewerOrServer);
    }

    private static ValueTask<IResult> Beat(HttpContext http, string roomId, PresenceEngine engine, ClientPaces paces)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
            return new(ApiRefusal.Invalid(problem));
        if (!JsonBody.IsEmpty(http))
            return BeatWithBodyAsync(http, roomId, engine, paces);

        var caller = http.Caller();
        return new(Record(http, engine, paces, new Heartbeat { RoomId = roomId, UserId = caller.UserId, SessionId = caller.SessionId, IsGuest = caller.IsGuest, Profile = caller.Profile }));
    }

    private static async ValueTask<IResult> BeatWithBodyAsync(HttpContext http, string roomId, PresenceEngine engine, ClientPaces paces)
    {
        var body = await JsonBody.ReadOptionalAsync(http, Wire.Documents.HeartbeatRequest);
        if (body.Refusal is { } refusal)
            return refusal;

        var request = body.Value;
        if (request?.SessionId is { } named && PresenceIds.ProblemOfSessionId(named) is { } problem)
            return ApiRefusal.Invalid(problem);
        if (!ViewerStates.TryParse(request?.State, out var state))
            return ApiRefusal.Invalid(ViewerStates.Rule);
        if (request?.Device?.Length > LongestDevice)
            return ApiRefusal.Invalid($"device may have {LongestDevice} characters; it has {request.Device.Length}.");
        if (request?.AppVersion?.Length > LongestAppVersion)
            return ApiRefusal.Invalid($"appVersion may have {LongestAppVersion} characters; it has {request.AppVersion.Length}.");

        var caller = http.Caller();
        return Record(http, engine, paces, new Heartbeat
        {
            RoomId = roomId,
            UserId = caller.UserId,
            SessionId = request?.SessionId ?? caller.SessionId,
            State = state,
            IsGuest = caller.IsGuest,
            Profile = caller.Profile,
            SettingsVersion = request?.SettingsVersion ?? 0,
        });
    }

    private static IResult Record(HttpContext http, PresenceEngine engine, ClientPaces paces, in Heartbeat heartbeat)
    {
        var includeCount = false;
        if (http.Request.QueryString.HasValue && !TryReadInclude(http.Request.Query, out includeCount))
            return ApiRefusal.Invalid("include", "may be count, or left out.");
        if (!http.Caller().TryPace(paces.Heartbeats, heartbeat.RoomId, heartbeat.SessionId, out var wait))
            return Refusals.TooManyHeartbeats(wait);

        var receipt = engine.Heartbeat(heartbeat);
        return receipt.Outcome == HeartbeatOutcome.Accepted
            ? new HeartbeatReply(receipt, includeCount)
            : Refusals.Of(receipt.Outcome, engine.Limits, receipt.Settings);
    }

    private static bool TryReadInclude(IQueryCollection query, out bool includeCount)
    {
        var include = query["include"];
        includeCount = include == "count";
        return includeCount || include.Count == 0;
    }
}
