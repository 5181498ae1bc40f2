namespace Presence.Client.Server;

/// <summary>Many heartbeats, as they are sent.</summary>
internal sealed class HeartbeatsBody
{
    public IReadOnlyList<UserHeartbeat> Heartbeats { get; init; } = [];
}
