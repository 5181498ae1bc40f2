namespace Presence.Dashboard.Api.Contracts;

internal sealed record HeartbeatRequest(string? SessionId, string? State, string? Device, string? AppVersion, int? SettingsVersion);
