using System.ComponentModel.DataAnnotations;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a heartbeat may say beyond "I am watching". All of it may be left out.</summary>
/// <param name="SessionId">Tells sessions of one user apart; the login's device unless sent.</param>
/// <param name="State">What the session says of its screen; visible unless sent.</param>
/// <param name="Device">The device, for people to read.</param>
/// <param name="AppVersion">The app's version, for people to read.</param>
/// <param name="SettingsVersion">The version of the settings the client works by, as the last answer told it.</param>
internal sealed record HeartbeatRequest(
    [property: MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? SessionId,
    [property: AllowedValues("visible", "hidden", "paused")] string? State,
    [property: MaxLength(HeartbeatRequest.LongestDevice)] string? Device,
    [property: MaxLength(HeartbeatRequest.LongestAppVersion)] string? AppVersion,
    int? SettingsVersion)
{
    public const int LongestDevice = 300;
    public const int LongestAppVersion = 30;
}
