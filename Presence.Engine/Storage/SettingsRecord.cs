namespace Presence.Engine.Storage;

/// <summary>One version of the settings. The highest version is in force, the others are the history: nothing is ever updated.</summary>
internal sealed class SettingsRecord
{
    public int Version { get; init; }
    public bool Enabled { get; init; }
    public long HeartbeatIntervalMilliseconds { get; init; }
    public long PresenceTimeoutMilliseconds { get; init; }
    public int ListLimit { get; init; }
    public DateTimeOffset EnabledAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
    public string? Reason { get; init; }
}
