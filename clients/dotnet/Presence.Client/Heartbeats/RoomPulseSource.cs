namespace Presence.Client.Heartbeats;

/// <summary>What a room's heartbeats say; the functions are asked anew for each.</summary>
internal sealed record RoomPulseSource(string RoomId, string SessionId, string? Device, string? AppVersion)
{
    public Func<ViewerState> ViewerState { get; init; } = static () => Client.ViewerState.Visible;
    public Func<int?> SettingsVersion { get; init; } = static () => null;
    public Func<bool> WantsCount { get; init; } = static () => false;
}
