using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>A reply that says no, in the one shape every error has.</summary>
/// <param name="Error">Which kind.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
/// <param name="Detail">The field and the rule, or other particulars; null when the message says it all.</param>
internal sealed record ApiProblem(ApiError Error, string Message, string? Detail = null) : IResult
{
    public static readonly ApiProblem Disabled = new(ApiError.PresenceDisabled, "Presence is switched off for this network. A moderator can switch it on in the settings.");

    public static readonly ApiProblem OtherRoom = new(ApiError.NotAllowed, "This token is limited to other rooms. Request one whose rooms claim includes this room.");

    private static readonly ApiProblem RoomDisabled = new(ApiError.PresenceDisabled, "Presence is switched off for this room.");

    private static readonly ApiProblem Ended = new(ApiError.RoomEnded, "The room's broadcast has ended. It no longer accepts heartbeats.");

    /// <summary>Sent as Retry-After, in whole seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>What keeps the caller out, where that is the matter.</summary>
    public Removal? Removal { get; init; }

    /// <summary>The rooms it is for, where a request names several.</summary>
    public IReadOnlyList<string>? RoomIds { get; init; }

    public static ApiProblem Invalid(string problem) => new(ApiError.Invalid, problem, problem);

    public static ApiProblem Invalid(string field, string rule) => Invalid($"{field} {rule}");

    public static ApiProblem NotSignedIn(string message) => new(ApiError.NotSignedIn, message);

    public Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        http.Features.Set(Error); // for who counts refusals
        if (Error == ApiError.NotSignedIn)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Error == ApiError.BodyTooLarge || http.Request.ContentLength > ServerDefaults.LargestDrained)
            response.Headers.Connection = "close"; // announced, because the next request on this connection would be reset

        return new Reply<ErrorDocument>(Document, ApiJson.Documents.ErrorDocument, Error.Status).ExecuteAsync(http);
    }

    /// <summary>The body, which is also the data of a stream's last event.</summary>
    public ErrorDocument Document => new(
        "error", Error.Code, Message, Detail is null && Removal is null ? null : new ErrorDetail(Detail, Removal?.Until, Removal?.Reason, RoomIds, Removal is { IsForever: true } ? true : null));

    /// <summary>The refusal for a room while presence is off for it or for the network.</summary>
    public static ApiProblem? WhileDisabled(IPresence presence, string roomId) =>
        !presence.Current.Settings.Enabled ? Disabled : presence.StateOf(roomId).Effective.Values.Enabled ? null : RoomDisabled;

    /// <summary>Why a caller may not know of a room, whether presence is on or off.</summary>
    public static ApiProblem? OfAccess(IPresence presence, ClientPrincipal caller, string roomId) =>
        !caller.MayEnter(roomId) ? OtherRoom : caller.IsServer ? null : WhileRemoved(presence, caller.UserId, roomId);

    /// <summary>Why a caller may not read how a room is.</summary>
    public static ApiProblem? OfReading(IPresence presence, ClientPrincipal caller, string roomId) =>
        OfAccess(presence, caller, roomId) ?? WhileDisabled(presence, roomId);

    /// <summary>Why a caller may not read who is online.</summary>
    public static ApiProblem? OfReadingUsers(IPresence presence, ClientPrincipal caller) =>
        (caller.IsServer ? null : WhileRemoved(presence, caller.UserId, roomId: null)) ?? (presence.Current.Settings.Enabled ? null : Disabled);

    /// <summary>The first refusal of several rooms, naming those it is for; a refusal for the whole network names none.</summary>
    public static ApiProblem? OfRooms(IReadOnlyList<string> roomIds, Func<string, ApiProblem?> of)
    {
        ApiProblem? first = null;
        List<string> named = [];
        foreach (var roomId in roomIds)
        {
            if (of(roomId) is not { } refusal)
                continue;
            first ??= refusal;
            if (refusal == first)
                named.Add(roomId);
        }
        return first is null || first == Disabled || first.Error == ApiError.Banned
            ? first
            : first with { Detail = $"rooms: {string.Join(", ", named)}", RoomIds = named };
    }

    /// <summary>Why the caller is unknown. Repeated bad credentials are rate limited. Good ones never are.</summary>
    public static ApiProblem Of(in Authenticated authenticated, RateLimits rateLimits, HttpContext http)
    {
        if (authenticated.IsUnavailable)
            return new ApiProblem(ApiError.NotReady, authenticated.Problem!) { RetryAfterSeconds = 1 };
        return rateLimits.Failures.TryTake(http.Connection.RemoteIpAddress, out var wait)
            ? ApiProblem.NotSignedIn(authenticated.Problem!)
            : TooFast("This address sends bad credentials too often.", wait);
    }

    /// <summary>The refusal of a user who is banned from a room, or from the network (rule 12).</summary>
    public static ApiProblem? WhileRemoved(IPresence presence, string userId, string? roomId) =>
        presence.RemovalOf(userId, roomId) is { } removal ? OfRemoval(removal) : null;

    /// <summary>The refusal when a storage limit is reached. A retry doesn't help until someone makes room.</summary>
    public static ApiProblem Full(StoreFullException full) => new(ApiError.CapReached, full.Message) { RetryAfterSeconds = 60 };

    public static ApiProblem TooFast(string message, TimeSpan wait)
    {
        var seconds = WholeSeconds(wait);
        return new ApiProblem(ApiError.RateLimited, $"{message} Try again in {seconds} s.") { RetryAfterSeconds = seconds };
    }

    public static ApiProblem TooManyHeartbeats(TimeSpan wait) =>
        TooFast("This session sends heartbeats too often. Wait nextHeartbeatInSeconds between heartbeats.", wait);

    public static ApiProblem TooManyHeartbeatsOfAddress(TimeSpan wait) => TooFast("This address sends heartbeats too often.", wait);

    /// <summary>The refusal of a caller whose searches and orders have looked at too much; takes this one from its pace otherwise.</summary>
    /// <param name="http">The request.</param>
    /// <param name="rateLimits">What callers may do how often.</param>
    /// <param name="cost">How many viewers, rooms or members this read looks at.</param>
    public static ApiProblem? WhileReadingMuch(HttpContext http, RateLimits rateLimits, int cost) =>
        rateLimits.Reads.TryTake(http.Caller(), http.Connection.RemoteIpAddress, cost, out var wait)
            ? null
            : TooFast($"This caller searches and sorts too much. This request would scan {cost} entries.", wait);

    /// <summary>Why the engine took no heartbeat.</summary>
    public static ApiProblem Of(in HeartbeatReceipt receipt, PresenceLimits limits) => receipt.Outcome switch
    {
        HeartbeatOutcome.NetworkDisabled => Disabled,
        HeartbeatOutcome.RoomDisabled => RoomDisabled,
        HeartbeatOutcome.RoomEnded => Ended,
        HeartbeatOutcome.Removed or HeartbeatOutcome.Banned => OfRemoval(receipt.Removal!),
        HeartbeatOutcome.RoomLimit => Capped($"The server has reached its limit of {limits.Rooms} rooms. Try again when a room has become empty.", receipt.Settings),
        HeartbeatOutcome.SessionLimit => Capped($"The server has reached its limit of {limits.Sessions} sessions. Try again when a viewer has left.", receipt.Settings),
        HeartbeatOutcome.RoomShare => Capped(
            "This address or server key has reached its limit of rooms (Presence__Limits__RoomsPerAddress, RoomsPerServerKey). Try again when a room has become empty.", receipt.Settings),
        HeartbeatOutcome.SessionShare => Capped(
            "This address or server key has reached its limit of sessions (Presence__Limits__SessionsPerAddress, SessionsPerServerKey). Try again when a viewer has left.", receipt.Settings),
        HeartbeatOutcome.MemoryLimit => Capped("The server has no memory for more sessions. Try again when viewers have left.", receipt.Settings),
        HeartbeatOutcome.RoomsPerUserLimit => Capped($"This user has reached the limit of {limits.RoomsPerUser} rooms. Leave a room first.", receipt.Settings),
        _ => throw new ArgumentOutOfRangeException(nameof(receipt), receipt.Outcome, "not a refusal"),
    };

    /// <summary>The refusal of a device that is banned from the network with a user.</summary>
    public static ApiProblem OfDevice(Removal removal) => new(ApiError.Banned, "A moderator banned this device from the network.") { Removal = removal };

    private static ApiProblem OfRemoval(Removal removal) => removal.RoomId is null
        ? new ApiProblem(ApiError.Banned, "A moderator banned this user from the network.") { Removal = removal }
        : new ApiProblem(ApiError.Removed, "A moderator removed this user from the room.") { Removal = removal };

    private static ApiProblem Capped(string message, PresenceSettings settings) =>
        new(ApiError.CapReached, message) { RetryAfterSeconds = WholeSeconds(settings.PresenceTimeout) };

    private static int WholeSeconds(TimeSpan span) => Math.Max(1, (int)Math.Ceiling(span.TotalSeconds));
}

/// <summary>A refusal on its way out of whatever reads a request; <see cref="ApiExceptionMiddleware"/> answers it.</summary>
internal sealed class ApiProblemException(ApiProblem problem) : Exception(problem.Message)
{
    public ApiProblem Problem => problem;

    /// <summary>Refuses what breaks a rule; does nothing for null.</summary>
    public static void ThrowIf(string? problem)
    {
        if (problem is not null)
            throw new ApiProblemException(ApiProblem.Invalid(problem));
    }
}

/// <summary>One kind of refusal: an HTTP status and the code clients tell it by. Its members are the catalogue, which docs/errors.md is checked against.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What clients compare; never reused for anything else.</param>
/// <param name="Meaning">One sentence for docs/errors.md and for replies that have nothing more exact to say.</param>
internal sealed record ApiError(int Status, int Code, string Meaning)
{
    public static readonly ApiError Unreadable = new(400, 400000, "The request can't be read.");
    public static readonly ApiError Invalid = new(422, 400000, "The request breaks a rule.");
    public static readonly ApiError NotSignedIn = new(401, 400100, "The access token or key is missing, invalid, expired or revoked.");
    public static readonly ApiError PresenceDisabled = new(403, 400300, "Presence is switched off.");
    public static readonly ApiError NotAllowed = new(403, 400301, "The caller isn't allowed to do this.");
    public static readonly ApiError Banned = new(403, 400312, "The user is banned from the network.");
    public static readonly ApiError RateLimited = new(429, 400311, "Too many requests.");
    public static readonly ApiError NotFound = new(404, 400400, "Not found.");
    public static readonly ApiError MethodNotAllowed = new(405, 499405, "The route doesn't support this method.");
    public static readonly ApiError StaleVersion = new(412, 499412, "The document has changed since it was read.");
    public static readonly ApiError BodyTooLarge = new(413, 499413, "The body is larger than the caller's limit.");
    public static readonly ApiError WrongMediaType = new(415, 499415, "The route doesn't accept the body's content type.");
    public static readonly ApiError VersionRequired = new(428, 499428, "The request must name the version it changes.");
    public static readonly ApiError NotReady = new(503, 499503, "The server is restoring its state, or its storage is failing.");
    public static readonly ApiError Removed = new(403, 499601, "The user is banned from the room.");
    public static readonly ApiError RoomEnded = new(409, 499603, "The room's broadcast has ended.");
    public static readonly ApiError InvitationOver = new(409, 499604, "The invitation can't be answered any more.");
    public static readonly ApiError CapReached = new(429, 499602, "A limit is reached.");
    public static readonly ApiError Fault = new(500, 500000, "The server failed. Its log has the details.");

    public static readonly IReadOnlyList<ApiError> All =
    [
        Unreadable, Invalid, NotSignedIn, PresenceDisabled, NotAllowed, Banned, RateLimited, NotFound, MethodNotAllowed,
        StaleVersion, BodyTooLarge, WrongMediaType, VersionRequired, NotReady, Removed, CapReached, RoomEnded, InvitationOver, Fault,
    ];

    /// <summary>The kind of refusal for a bare status, as the framework's own layers answer it.</summary>
    public static ApiError OfStatus(int status) => status switch
    {
        401 => NotSignedIn,
        403 => NotAllowed,
        404 => NotFound,
        405 => MethodNotAllowed,
        412 => StaleVersion,
        413 => BodyTooLarge,
        415 => WrongMediaType,
        422 => Invalid,
        428 => VersionRequired,
        429 => RateLimited,
        503 => NotReady,
        >= 500 => Fault,
        _ => Unreadable with { Status = status },
    };
}

/// <summary>The shape of every error.</summary>
/// <param name="Status">Always "error".</param>
/// <param name="Code">The error code. Clients compare it. It never changes its meaning.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
/// <param name="Data">Details, if there are any.</param>
internal sealed record ErrorDocument([property: AllowedValues("error")] string Status, int Code, string Message, ErrorDetail? Data);

/// <param name="Detail">The field and the rule, or other details.</param>
/// <param name="Until">When the ban ends. In the year 9999 for a ban without an end.</param>
/// <param name="Reason">The reason. The viewer sees it.</param>
/// <param name="RoomIds">The refused rooms, if a request names several.</param>
/// <param name="Forever">Present and true for a ban without an end.</param>
internal sealed record ErrorDetail(string? Detail, DateTimeOffset? Until = null, string? Reason = null, IReadOnlyList<string>? RoomIds = null, bool? Forever = null);

/// <summary>Done.</summary>
/// <param name="Success">Always true.</param>
/// <example>{"success":true}</example>
internal sealed record SuccessReply(bool Success);
