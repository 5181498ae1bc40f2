namespace Presence.Engine.Settings;

/// <summary>The network's presence settings: immutable, swapped whole, valid together (<see cref="PresenceSettingsRules"/>).</summary>
public sealed record PresenceSettings
{
    /// <summary>The settings of a fresh installation: on, 30 s, 60 s, 200. Source: the reference documents.</summary>
    public static readonly PresenceSettings Default = new();

    /// <summary>Whether presence is on for the network.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How often a session is asked for a heartbeat; 1 s to 10 min.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after its last heartbeat a session still counts; 6 s to 60 min, at least the interval + 5 s.</summary>
    public TimeSpan PresenceTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most viewers the published list answers; 1 to 200.</summary>
    public int ListLimit { get; init; } = PresenceLimits.Page;

    /// <summary>Rises by one with every change; sent in replies and echoed by clients.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When this version was saved.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who saved it: a moderator's email, a server key's name, or <c>initial</c>.</summary>
    public string UpdatedBy { get; init; } = "initial";

    /// <summary>Since when <see cref="Enabled"/> has its value.</summary>
    public DateTimeOffset EnabledAt { get; init; }
}
