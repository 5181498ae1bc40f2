using System.Net;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>Many heartbeats in one request: of one viewer in several rooms, or of any users for a server key.</summary>
internal static class ManyHeartbeats
{
    /// <summary>Send many heartbeats at once</summary>
    /// <remarks>At most 1,000. What was not taken is listed by its place, with the code it would have had alone.</remarks>
    /// <response code="202">What became of each.</response>
    internal static async Task<IResult> BeatAsync(HttpContext http, PresenceEngine engine, ClientPaces paces, ProfileLookups profiles, VouchedUsers vouched, ILogger<HeartbeatEndpoints> logger)
    {
        var body = await JsonBody.ReadAsync(http, Wire.Documents.ManyHeartbeatsRequest);
        if (body.Value is not { } request)
            return body.Refusal!;
        if (request.Heartbeats is not { } heartbeats)
            return ApiRefusal.Invalid("heartbeats", "is missing; it is a list of objects with a roomId.");
        if (heartbeats.Count > ManyHeartbeatsRequest.Most)
            return ApiRefusal.Invalid($"heartbeats may hold {ManyHeartbeatsRequest.Most} entries; it holds {heartbeats.Count}. Send several requests.");
        if (!engine.Settings.Enabled)
            return Refusals.Disabled;

        var caller = http.Caller();
        var rejected = new List<ManyHeartbeatsReply.Rejection>();
        for (var index = 0; index < heartbeats.Count; index++)
        {
            if (TryRecord(heartbeats[index], caller, http.Connection.RemoteIpAddress, engine, paces, profiles, logger) is { } refusal)
                rejected.Add(new(index, refusal.Error.Code, refusal.Message));
            else if (caller.IsServer)
                vouched.Note(heartbeats[index]!.UserId!, profile: null);
        }
        return Reply.Accepted(new ManyHeartbeatsReply(heartbeats.Count - rejected.Count, rejected), Wire.Documents.ManyHeartbeatsReply);
    }

    /// <summary>Records one; a fault in one is told at its place, since those before it are stored and those behind it may be.</summary>
    private static ApiRefusal? TryRecord(ManyHeartbeatsRequest.Item? item, ClientPrincipal caller, IPAddress? address, PresenceEngine engine, ClientPaces paces, ProfileLookups profiles, ILogger logger)
    {
        try
        {
            return Record(item, caller, address, engine, paces, profiles);
        }
#pragma warning disable CA1031 // whatever it was, the caller must know which of its heartbeats count
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LogError(exception, "A heartbeat among many failed.");
            return new ApiRefusal(ApiErrors.Fault, ApiErrors.Fault.Meaning);
        }
    }

    private static ApiRefusal? Record(ManyHeartbeatsRequest.Item? item, ClientPrincipal caller, IPAddress? address, PresenceEngine engine, ClientPaces paces, ProfileLookups profiles)
    {
        if (item?.RoomId is null)
            return ApiRefusal.Invalid("roomId", "is missing.");
        if (PresenceIds.ProblemOfRoomId(item.RoomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        if (!caller.MayEnter(item.RoomId))
            return Refusals.OtherRoom;
        if (item.SessionId is { } named && PresenceIds.ProblemOfSessionId(named) is { } sessionProblem)
            return ApiRefusal.Invalid(sessionProblem);
        if (!ViewerStates.TryParse(item.State, out var state))
            return ApiRefusal.Invalid(ViewerStates.Rule);
        if (RefuseUser(item.UserId, caller) is { } refusal)
            return refusal;

        var sessionId = item.SessionId ?? caller.SessionId;
        if (!caller.IsServer && !caller.TryPace(paces.Heartbeats, item.RoomId, sessionId, out var wait))
            return Refusals.TooManyHeartbeats(wait);
        if (!caller.IsServer && paces.HeartbeatsOfAddress is { } ofAddress && !ofAddress.TryTake(address, out wait))
            return Refusals.TooManyHeartbeatsOfAddress(wait);

        var userId = caller.IsServer ? item.UserId! : caller.UserId;
        if (!caller.IsGuest)
            profiles.Want(userId);
        var receipt = engine.Heartbeat(new Heartbeat
        {
            RoomId = item.RoomId,
            UserId = userId,
            SessionId = sessionId,
            State = state,
            IsGuest = caller.IsGuest,
            Profile = caller.Profile,
            Origin = caller.IsServer ? caller.Origin : AddressKey.OriginOf(address),
            Device = new SessionDevice(RemarkConverter.Cut(item.Device, HeartbeatRequest.LongestDevice), RemarkConverter.Cut(item.AppVersion, HeartbeatRequest.LongestAppVersion)),
        });
        return receipt.Outcome == HeartbeatOutcome.Accepted ? null : Refusals.Of(receipt, engine.Limits);
    }

    /// <summary>A viewer is the subject of its token and nobody else; a server key must say who.</summary>
    private static ApiRefusal? RefuseUser(string? userId, ClientPrincipal caller)
    {
        if (caller.IsServer)
            return LoginRules.ProblemOfUserId(userId) is { } problem ? ApiRefusal.Invalid(problem) : null;
        return userId is null || userId == caller.UserId
            ? null
            : new ApiRefusal(ApiErrors.NotAllowed, "userId may name somebody else with a server key only; leave it out.");
    }
}
