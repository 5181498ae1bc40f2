using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
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

/// <summary>The answer to an accepted heartbeat, written without a serialiser: no other answer is sent as often.</summary>
internal sealed class HeartbeatReply(HeartbeatReceipt receipt, bool includeCount) : IResult
{
    private const int LongestText = 256;

    /// <summary>An invitation names its room, each character of which may take six bytes.</summary>
    private const int LongestInvitation = 2_048;

    /// <summary>The next heartbeat is asked for up to this part of the interval early, so that a crowd that came at once spreads out.</summary>
    private const double LargestJitter = 0.1;

    public Task ExecuteAsync(HttpContext http)
    {
        var settings = receipt.Settings;
        var interval = (long)settings.HeartbeatInterval.TotalMilliseconds;

        var text = new ReplyText(stackalloc byte[receipt.Invitation is null ? LongestText : LongestText + LongestInvitation]);
        text.Append("{\"success\":true,\"heartbeatIntervalSeconds\":"u8);
        text.AppendSeconds(interval);
        text.Append(",\"presenceTimeoutSeconds\":"u8);
        text.AppendSeconds((long)settings.PresenceTimeout.TotalMilliseconds);
        text.Append(",\"nextHeartbeatInSeconds\":"u8);
        text.AppendSeconds((long)(interval * (1 - (LargestJitter * Random.Shared.NextDouble()))));
        text.Append(",\"settingsVersion\":"u8);
        text.Append(settings.Version);
        if (includeCount)
        {
            text.Append(",\"count\":"u8);
            text.Append(receipt.Viewers);
        }
        if (receipt.IsHandRaised)
            text.Append(",\"handRaised\":true"u8);
        if (receipt.Invitation is { } invitation)
        {
            text.Append(",\"invitation\":"u8);
            var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(); // not a field: every other reply would hold it too
            text.Append(JsonSerializer.SerializeToUtf8Bytes(InvitationDocument.Of(invitation, now), ApiJson.Documents.InvitationDocument));
        }
        text.Append("}"u8);

        var response = http.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = Reply.Json;
        response.ContentLength = text.Written.Length;
        response.BodyWriter.Write(text.Written); // sent when the request ends
        return Task.CompletedTask;
    }

    /// <summary>UTF-8 being written. Numbers are whole ones throughout: formatting a fraction would cost as much as the heartbeat.</summary>
    private ref struct ReplyText(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Append(scoped ReadOnlySpan<byte> text)
        {
            text.CopyTo(_buffer[_length..]);
            _length += text.Length;
        }

        public void Append(long number)
        {
            var fits = number.TryFormat(_buffer[_length..], out var written, provider: CultureInfo.InvariantCulture);
            Debug.Assert(fits, "The longest reply fits the buffer.");
            _length += written;
        }

        public void AppendSeconds(long milliseconds)
        {
            Append(milliseconds / 1000);
            if (milliseconds % 1000 is not 0 and var fraction)
                Append([(byte)'.', Digit(fraction / 100), Digit(fraction / 10), Digit(fraction)]);
        }

        private static byte Digit(long number) => (byte)('0' + (number % 10));
    }
}
