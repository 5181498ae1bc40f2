namespace Presence.Client.Http;

/// <summary>What a room's heartbeat says.</summary>
internal sealed class HeartbeatBody
{
    public string? SessionId { get; init; }
    public ViewerState State { get; init; }
    public string? Device { get; init; }
    public string? AppVersion { get; init; }
    public int? SettingsVersion { get; init; }
}
