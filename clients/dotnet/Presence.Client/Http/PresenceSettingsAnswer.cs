namespace Presence.Client.Http;

/// <summary>What the server tells clients of its settings, also while presence is off.</summary>
internal sealed class PresenceSettingsAnswer
{
    public const string Path = "/api/v1/presence/settings";

    public UserPart? User { get; init; }
    public NetworkPart? Network { get; init; }

    internal sealed class UserPart
    {
        public bool Enabled { get; init; }
    }

    internal sealed class NetworkPart
    {
        public double HeartbeatInterval { get; init; }
    }
}
