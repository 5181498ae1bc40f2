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
