using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>Many heartbeats in one request: of one viewer in several rooms, or of any users for a server key.</summary>
internal static class ManyHeartbeats
{
    /// <summary>Send many heartbeats at once</summary>
    /// <remarks>At most 1,000. The reply lists rejected heartbeats by index, with the code that each would have got alone.</remarks>
    /// <response code="202">The result.</response>
    internal static async Task<IResult> BeatAsync(HttpContext http, IPresence presence, RateLimits rateLimits, ProfileLookups profiles, VerifiedUsers vouched, ILogger<HeartbeatEndpoints> logger)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.ManyHeartbeatsRequest);
        if (request.Heartbeats is not { } heartbeats)
            return ApiProblem.Invalid("heartbeats", "is missing. Send a list of objects with a roomId.");
        if (heartbeats.Count > ManyHeartbeatsRequest.Most)
            return ApiProblem.Invalid($"heartbeats is limited to {ManyHeartbeatsRequest.Most} entries, and this request has {heartbeats.Count}. Split it into several requests.");
        if (!presence.Current.Settings.Enabled)
            return ApiProblem.Disabled;

        var caller = http.Caller();
        var address = http.Connection.RemoteIpAddress;
        var answers = new Answer[heartbeats.Count];
        for (var index = 0; index < answers.Length; index++) // all are under way before one is waited for
            answers[index] = TryRecord(heartbeats[index], caller, address, presence, rateLimits, profiles, logger);
        var rejected = new List<ManyHeartbeatsReply.Rejection>();
        for (var index = 0; index < answers.Length; index++)
        {
            if (await TryAwaitAsync(answers[index], presence, logger) is { } refusal)
                rejected.Add(new(index, refusal.Error.Code, refusal.Message));
            else if (caller.IsServer)
                vouched.Note(heartbeats[index]!.UserId!, profile: null);
        }
        return Reply.Accepted(new ManyHeartbeatsReply(heartbeats.Count - rejected.Count, rejected), ApiJson.Documents.ManyHeartbeatsReply);
    }

    /// <summary>Records one. A fault is reported at its index, because those before it are stored and later ones may succeed.</summary>
    private static Answer TryRecord(ManyHeartbeatsRequest.Item? item, ClientPrincipal caller, IPAddress? address, IPresence presence, RateLimits rateLimits, ProfileLookups profiles, ILogger logger)
    {
        try
        {
            return Record(item, caller, address, presence, rateLimits, profiles);
        }
#pragma warning disable CA1031 // any failure: the caller must know which of its heartbeats count
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(exception, logger);
        }
    }

    private static async ValueTask<ApiProblem?> TryAwaitAsync(Answer answer, IPresence presence, ILogger logger)
    {
        if (answer.Pending is not { } pending)
            return answer.Refusal;
        try
        {
            return ProblemOf(await pending, presence);
        }
#pragma warning disable CA1031 // any failure: the caller must know which of its heartbeats count
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(exception, logger);
        }
    }

    private static ApiProblem Fail(Exception exception, ILogger logger)
    {
        logger.LogError(exception, "A heartbeat in a batch failed.");
        return new ApiProblem(ApiError.Fault, ApiError.Fault.Meaning);
    }

    private static ApiProblem? ProblemOf(in HeartbeatReceipt receipt, IPresence presence) =>
        receipt.Outcome == HeartbeatOutcome.Accepted ? null : ApiProblem.Of(receipt, presence.Current.Limits);

    private static Answer Record(ManyHeartbeatsRequest.Item? item, ClientPrincipal caller, IPAddress? address, IPresence presence, RateLimits rateLimits, ProfileLookups profiles)
    {
        if (item?.RoomId is null)
            return ApiProblem.Invalid("roomId", "is missing.");
        if (PresenceIds.ProblemOfRoomId(item.RoomId) is { } roomProblem)
            return ApiProblem.Invalid(roomProblem);
        if (!caller.MayEnter(item.RoomId))
            return ApiProblem.OtherRoom;
        if (item.SessionId is { } named && PresenceIds.ProblemOfSessionId(named) is { } sessionProblem)
            return ApiProblem.Invalid(sessionProblem);
        if (!ViewerStates.TryParse(item.State, out var state))
            return ApiProblem.Invalid(ViewerStates.Rule);
        if (RefuseUser(item.UserId, caller) is { } refusal)
            return refusal;

        var sessionId = item.SessionId ?? caller.SessionId;
        if (!caller.IsServer && !caller.TryTake(rateLimits.Heartbeats, item.RoomId, sessionId, out var wait))
            return ApiProblem.TooManyHeartbeats(wait);
        if (!caller.IsServer && rateLimits.HeartbeatsOfAddress is { } ofAddress && !ofAddress.TryTake(address, out wait))
            return ApiProblem.TooManyHeartbeatsOfAddress(wait);

        var userId = caller.IsServer ? item.UserId! : caller.UserId;
        if (!caller.IsGuest)
            profiles.Want(userId);
        var recording = presence.HeartbeatAsync(new Heartbeat
        {
            RoomId = item.RoomId,
            UserId = userId,
            SessionId = sessionId,
            State = state,
            IsGuest = caller.IsGuest,
            IsUnverified = caller.IsUnverified && presence.Current.Limits.HasBand,
            Profile = caller.Profile,
            IsUnlisted = item.Listed == false,
            Origin = caller.IsServer ? caller.Origin : AddressKey.OriginOf(address),
            Device = new SessionDevice(InformationalTextConverter.Cut(item.Device, HeartbeatRequest.LongestDevice), InformationalTextConverter.Cut(item.AppVersion, HeartbeatRequest.LongestAppVersion)),
        });
        return recording.IsCompletedSuccessfully ? ProblemOf(recording.Result, presence) : new Answer(null, recording.AsTask());
    }

    /// <summary>A viewer acts only as its token's subject. A server key must name a user.</summary>
    private static ApiProblem? RefuseUser(string? userId, ClientPrincipal caller)
    {
        if (caller.IsServer)
            return LoginRules.ProblemOfUserId(userId) is { } problem ? ApiProblem.Invalid(problem) : null;
        return userId is null || userId == caller.UserId
            ? null
            : new ApiProblem(ApiError.NotAllowed, "Only a server key may send heartbeats for another userId. Leave userId out.");
    }

    /// <summary>What became of one heartbeat: a refusal, nothing to say, or something that is still under way.</summary>
    private readonly record struct Answer(ApiProblem? Refusal, Task<HeartbeatReceipt>? Pending)
    {
        public static implicit operator Answer(ApiProblem? refusal) => new(refusal, null);
    }
}

/// <summary>Heartbeats of many sessions.</summary>
/// <param name="Heartbeats">The heartbeats. Each is accepted or rejected separately.</param>
/// <example>{"heartbeats":[{"roomId":"lobby","userId":"anna","sessionId":"tv","state":"visible","device":"Set-top box","appVersion":"3.1.0"}]}</example>
internal sealed record ManyHeartbeatsRequest([property: Required, MaxLength(ManyHeartbeatsRequest.Most)] IReadOnlyList<ManyHeartbeatsRequest.Item?>? Heartbeats)
{
    public const int Most = 1000;

    /// <summary>One heartbeat.</summary>
    /// <param name="RoomId">The room.</param>
    /// <param name="UserId">The viewer. Required with a server key. Leave it out with an access token.</param>
    /// <param name="SessionId">Distinguishes sessions of one user.</param>
    /// <param name="State">The state of the session's screen. Default: visible.</param>
    /// <param name="Device">The device, for people.</param>
    /// <param name="AppVersion">The app's version, for people.</param>
    /// <param name="Listed">False: the viewer is counted and named nowhere, until it leaves the room.</param>
    internal sealed record Item(
        [property: Required, MinLength(1), MaxLength(PresenceIds.LongestRoomId)] string? RoomId,
        [property: MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
        [property: MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? SessionId,
        [property: AllowedValues("visible", "hidden", "paused")] string? State,
        [property: JsonConverter(typeof(InformationalTextConverter))] string? Device = null,
        [property: JsonConverter(typeof(InformationalTextConverter))] string? AppVersion = null,
        bool? Listed = null);
}

/// <summary>The result of many heartbeats.</summary>
/// <param name="Accepted">The number of accepted heartbeats.</param>
/// <param name="Rejected">The rejected heartbeats.</param>
/// <example>{"accepted":1,"rejected":[]}</example>
internal sealed record ManyHeartbeatsReply(int Accepted, IReadOnlyList<ManyHeartbeatsReply.Rejection> Rejected)
{
    /// <summary>A rejected heartbeat.</summary>
    /// <param name="Index">Its index in the request, from 0.</param>
    /// <param name="Code">As in an error.</param>
    /// <param name="Message">As in an error.</param>
    internal sealed record Rejection(int Index, int Code, string Message);
}
