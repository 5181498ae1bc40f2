namespace Presence.Client.Server;

/// <summary>How presence works in the network. Read with <see cref="PresenceServer.GetSettingsAsync"/>, changed, and sent back.</summary>
public sealed class NetworkSettings
{
    internal NetworkSettings(string etag) => ETag = etag;

    /// <summary>Whether presence is on.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>How often clients send heartbeats: whole seconds, 1 s to 10 min.</summary>
    public TimeSpan HeartbeatInterval { get; set; }

    /// <summary>How long a heartbeat counts: whole seconds, 6 s to 60 min, and at least the interval and 5 s.</summary>
    public TimeSpan PresenceTimeout { get; set; }

    /// <summary>How many viewers a list shows at most, 1 to 200.</summary>
    public int ListLimit { get; set; }

    /// <summary>Rises with every change.</summary>
    public int Version { get; internal init; }

    /// <summary>The version it was read as.</summary>
    internal string ETag { get; }
}
