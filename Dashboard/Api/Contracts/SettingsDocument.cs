namespace Presence.Dashboard.Api.Contracts;

/// <summary>The network's presence settings, for administration.</summary>
internal sealed record SettingsDocument(
    bool Enabled,
    double HeartbeatIntervalSeconds,
    double PresenceTimeoutSeconds,
    int ListLimit,
    int SettingsVersion,
    DateTimeOffset UpdatedAt,
    string UpdatedBy,
    IReadOnlyList<SettingsDocument.Warning> Warnings)
{
    /// <summary>Allowed, but it may surprise.</summary>
    internal sealed record Warning(string Field, string Message);
}
