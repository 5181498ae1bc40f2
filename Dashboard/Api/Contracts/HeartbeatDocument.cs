namespace Presence.Dashboard.Api.Contracts;

/// <summary>The answer to a heartbeat, as <see cref="HeartbeatReply"/> writes it.</summary>
/// <param name="Success">Always true.</param>
/// <param name="HeartbeatIntervalSeconds">How often heartbeats are asked for.</param>
/// <param name="PresenceTimeoutSeconds">How long from now on the session counts without another heartbeat, whatever the settings become.</param>
/// <param name="NextHeartbeatInSeconds">How long to wait before the next one: the interval, up to a tenth early, so that a crowd that came at once spreads out.</param>
/// <param name="SettingsVersion">The version of the settings; send it back with the next heartbeat.</param>
/// <param name="Count">The room's viewers, when asked for with <c>include=count</c>.</param>
/// <example>{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":28.08,"settingsVersion":1,"count":1240}</example>
internal sealed record HeartbeatDocument(
    bool Success,
    double HeartbeatIntervalSeconds,
    double PresenceTimeoutSeconds,
    double NextHeartbeatInSeconds,
    int SettingsVersion,
    int? Count);
