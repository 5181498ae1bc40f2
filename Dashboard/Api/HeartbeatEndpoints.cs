using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>"I am watching": the route almost every request takes. Nothing here waits for the database.</summary>
/// <remarks>Its services are handed over once: asking for them with each request would make a scope for each.</remarks>
internal sealed class HeartbeatEndpoints(IPresence presence, RateLimits rateLimits, ProfileLookups profiles, BannedDevices devices)
{
    private readonly bool _hasBand = presence.Current.Limits.HasBand;

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<HeartbeatEndpoints>(api.ServiceProvider);
        api.MapPost("/api/v1/presence/rooms/{roomId}/heartbeat", endpoints.Beat).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("sendHeartbeat").Takes(ApiParameter.OfWords("include", "Adds the room's count to the reply.", ["count"], isOptional: true))
            .Reads<HeartbeatRequest>(isOptional: true).Produces<HeartbeatDocument>(StatusCodes.Status202Accepted)
            .Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned, ApiError.RoomEnded, ApiError.CapReached);
        api.MapPost("/api/v1/presence/heartbeats", ManyHeartbeats.BeatAsync).Allow(ApiPolicy.ViewerOrServer.With(ServerScopes.Presence))
            .WithName("sendHeartbeats").Reads<ManyHeartbeatsRequest>().Produces<ManyHeartbeatsReply>(StatusCodes.Status202Accepted)
            .Refuses(ApiError.PresenceDisabled, ApiError.Banned);
    }

    /// <summary>Send a heartbeat</summary>
    /// <remarks>
    /// "I am watching." The first heartbeat makes the caller a viewer. The reply says when the next one is due. An empty body is
    /// fine, with any content type. The session counts until <c>presenceTimeoutSeconds</c> after the reply, even if the settings
    /// change. A session can send 2 per second, in bursts of up to 20.
    /// </remarks>
    /// <response code="202">Accepted.</response>
    internal ValueTask<IResult> Beat(HttpContext http, string roomId)
    {
        if (!JsonBody.IsEmpty(http))
            return BeatWithBodyAsync(http, roomId);

        var caller = http.Caller();
        return RecordAsync(http, caller, new Heartbeat { RoomId = roomId, UserId = caller.UserId, SessionId = caller.SessionId, IsGuest = caller.IsGuest, IsUnverified = _hasBand && caller.IsUnverified, Profile = caller.Profile, Origin = AddressKey.OriginOf(http.Connection.RemoteIpAddress) });
    }

    private async ValueTask<IResult> BeatWithBodyAsync(HttpContext http, string roomId)
    {
        var request = await JsonBody.ReadOptionalAsync(http, ApiJson.Documents.HeartbeatRequest);
        if (request?.SessionId is { } named && PresenceIds.ProblemOfSessionId(named) is { } problem)
            return ApiProblem.Invalid(problem);
        if (!ViewerStates.TryParse(request?.State, out var state))
            return ApiProblem.Invalid(ViewerStates.Rule);

        var caller = http.Caller();
        return await RecordAsync(http, caller, new Heartbeat
        {
            RoomId = roomId,
            UserId = caller.UserId,
            SessionId = request?.SessionId ?? caller.SessionId,
            State = state,
            IsGuest = caller.IsGuest,
            IsUnverified = _hasBand && caller.IsUnverified,
            Profile = caller.Profile,
            Origin = AddressKey.OriginOf(http.Connection.RemoteIpAddress),
            SettingsVersion = request?.SettingsVersion ?? 0,
            HandRaised = request?.HandRaised,
            IsUnlisted = request?.Listed == false,
            Device = new SessionDevice(
                InformationalTextConverter.Cut(request?.Device, HeartbeatRequest.LongestDevice), InformationalTextConverter.Cut(request?.AppVersion, HeartbeatRequest.LongestAppVersion)),
        });
    }

    /// <summary>Not an async method: where the room is here it is complete when it returns, and a heartbeat pays for no more than its reply.</summary>
    private ValueTask<IResult> RecordAsync(HttpContext http, ClientPrincipal caller, in Heartbeat heartbeat)
    {
        if (devices.ProblemOf(caller) is { } banned)
            return new(banned);
        var includeCount = false;
        if (http.Request.QueryString.HasValue && !TryReadInclude(http.Request.Query, out includeCount))
            return new(ApiProblem.Invalid("include", "must be count. You can leave it out."));
        if (!caller.TryTake(rateLimits.Heartbeats, heartbeat.RoomId, heartbeat.SessionId, out var wait))
            return new(ApiProblem.TooManyHeartbeats(wait));
        if (rateLimits.HeartbeatsOfAddress is { } ofAddress && !ofAddress.TryTake(http.Connection.RemoteIpAddress, out wait))
            return new(ApiProblem.TooManyHeartbeatsOfAddress(wait));

        var recording = presence.HeartbeatAsync(heartbeat);
        return recording.IsCompletedSuccessfully ? new(Answer(caller, recording.Result, includeCount)) : AnswerAsync(caller, recording, includeCount);
    }

    private async ValueTask<IResult> AnswerAsync(ClientPrincipal caller, ValueTask<HeartbeatReceipt> recording, bool includeCount) =>
        Answer(caller, await recording, includeCount);

    private IResult Answer(ClientPrincipal caller, in HeartbeatReceipt receipt, bool includeCount)
    {
        if (receipt.Joined)
            profiles.Want(caller);
        return receipt.Outcome == HeartbeatOutcome.Accepted
            ? new HeartbeatReply(receipt, includeCount)
            : ApiProblem.Of(receipt, presence.Current.Limits);
    }

    private static bool TryReadInclude(IQueryCollection query, out bool includeCount)
    {
        var include = query["include"];
        includeCount = include == "count";
        return includeCount || include.Count == 0;
    }
}

/// <summary>The optional members of a heartbeat.</summary>
/// <param name="SessionId">Distinguishes sessions of one user. Default: the login's device.</param>
/// <param name="State">The state of the session's screen. Default: visible.</param>
/// <param name="Device">The device, for people. Cut to 300 characters.</param>
/// <param name="AppVersion">The app's version, for people. Cut to 30 characters.</param>
/// <param name="SettingsVersion">The settings version that the client uses, from the last reply.</param>
/// <param name="HandRaised">True raises the viewer's hand, false takes it down. Without it, the hand stays as it is.</param>
/// <param name="Listed">False: the viewer is counted, and named in no list, stream, download or webhook, until it leaves the room. True or absent: it stays as it is.</param>
/// <example>{"sessionId":"tab-1","state":"visible","settingsVersion":1}</example>
internal sealed record HeartbeatRequest(
    [property: MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? SessionId,
    [property: AllowedValues("visible", "hidden", "paused")] string? State,
    [property: JsonConverter(typeof(InformationalTextConverter))] string? Device,
    [property: JsonConverter(typeof(InformationalTextConverter))] string? AppVersion,
    int? SettingsVersion,
    bool? HandRaised,
    bool? Listed = null)
{
    public const int LongestDevice = 300;
    public const int LongestAppVersion = 30;
}

/// <summary>The reply to a heartbeat, as <see cref="HeartbeatReply"/> writes it.</summary>
/// <param name="Success">Always true.</param>
/// <param name="HeartbeatIntervalSeconds">How often clients should send heartbeats.</param>
/// <param name="PresenceTimeoutSeconds">How long the session counts from now without another heartbeat, even if the settings change.</param>
/// <param name="NextHeartbeatInSeconds">The time to wait before the next heartbeat: the interval, up to 10 % early, so that viewers who joined together spread out.</param>
/// <param name="SettingsVersion">The settings version. Send it back with the next heartbeat.</param>
/// <param name="Count">The room's viewer count, with <c>include=count</c>.</param>
/// <param name="Invitation">The caller's open invitation to the stage: pending, or accepted while the caller is on it. Absent for everybody else.</param>
/// <param name="HandRaised">True while the caller's hand is raised. Absent otherwise.</param>
/// <example>{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":28.08,"settingsVersion":1,"count":1240}</example>
internal sealed record HeartbeatDocument(
    bool Success,
    double HeartbeatIntervalSeconds,
    double PresenceTimeoutSeconds,
    double NextHeartbeatInSeconds,
    int SettingsVersion,
    int? Count,
    InvitationDocument? Invitation,
    bool? HandRaised);
