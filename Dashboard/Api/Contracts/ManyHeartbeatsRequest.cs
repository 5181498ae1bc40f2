using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>Heartbeats of many sessions at once.</summary>
/// <param name="Heartbeats">The heartbeats; each is taken or refused by itself.</param>
/// <example>{"heartbeats":[{"roomId":"lobby","userId":"anna","sessionId":"tv","state":"visible","device":"Set-top box","appVersion":"3.1.0"}]}</example>
internal sealed record ManyHeartbeatsRequest([property: Required, MaxLength(ManyHeartbeatsRequest.Most)] IReadOnlyList<ManyHeartbeatsRequest.Item?>? Heartbeats)
{
    public const int Most = 1000;

    /// <summary>One heartbeat.</summary>
    /// <param name="RoomId">The room.</param>
    /// <param name="UserId">Who watches. With a server key it is required; with an access token it is the token's subject and left out.</param>
    /// <param name="SessionId">Tells sessions of one user apart.</param>
    /// <param name="State">What the session says of its screen; visible unless sent.</param>
    /// <param name="Device">The device, for people to read.</param>
    /// <param name="AppVersion">The app's version, for people to read.</param>
    internal sealed record Item(
        [property: Required, MinLength(1), MaxLength(PresenceIds.LongestRoomId)] string? RoomId,
        [property: MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
        [property: MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? SessionId,
        [property: AllowedValues("visible", "hidden", "paused")] string? State,
        [property: JsonConverter(typeof(RemarkConverter))] string? Device = null,
        [property: JsonConverter(typeof(RemarkConverter))] string? AppVersion = null);
}
