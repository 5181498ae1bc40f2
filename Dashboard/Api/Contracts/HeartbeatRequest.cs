using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a heartbeat may say beyond "I am watching". All of it may be left out.</summary>
/// <param name="SessionId">Tells sessions of one user apart; the login's device unless sent.</param>
/// <param name="State">What the session says of its screen; visible unless sent.</param>
/// <param name="Device">The device, for people to read; cut to 300 characters.</param>
/// <param name="AppVersion">The app's version, for people to read; cut to 30 characters.</param>
/// <param name="SettingsVersion">The version of the settings the client works by, as the last answer told it.</param>
/// <example>{"sessionId":"tab-1","state":"visible","settingsVersion":1}</example>
internal sealed record HeartbeatRequest(
    [property: MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? SessionId,
    [property: AllowedValues("visible", "hidden", "paused")] string? State,
    [property: JsonConverter(typeof(RemarkConverter))] string? Device,
    [property: JsonConverter(typeof(RemarkConverter))] string? AppVersion,
    int? SettingsVersion)
{
    public const int LongestDevice = 300;
    public const int LongestAppVersion = 30;
}
