namespace Presence.Client.Server;

/// <summary>The network's settings on the wire, both ways.</summary>
internal sealed class NetworkSettingsDocument
{
    public bool Enabled { get; init; }
    public double HeartbeatIntervalSeconds { get; init; }
    public double PresenceTimeoutSeconds { get; init; }
    public int ListLimit { get; init; }
    public int? SettingsVersion { get; init; }
    public string? Reason { get; init; }

    public static NetworkSettingsDocument Of(NetworkSettings settings, string? reason) => new()
    {
        Enabled = settings.IsEnabled,
        HeartbeatIntervalSeconds = settings.HeartbeatInterval.TotalSeconds,
        PresenceTimeoutSeconds = settings.PresenceTimeout.TotalSeconds,
        ListLimit = settings.ListLimit,
        Reason = reason,
    };

    public NetworkSettings ToSettings(string? etag) => new(etag ?? throw PresenceException.NotOfThisServer())
    {
        IsEnabled = Enabled,
        HeartbeatInterval = TimeSpan.FromSeconds(HeartbeatIntervalSeconds),
        PresenceTimeout = TimeSpan.FromSeconds(PresenceTimeoutSeconds),
        ListLimit = ListLimit,
        Version = SettingsVersion ?? 0,
    };
}
