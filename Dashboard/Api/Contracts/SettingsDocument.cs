namespace Presence.Dashboard.Api.Contracts;

/// <summary>The network's presence settings, for administration.</summary>
/// <param name="Enabled">Whether presence is on.</param>
/// <param name="HeartbeatIntervalSeconds">How often clients are asked for a heartbeat.</param>
/// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat.</param>
/// <param name="ListLimit">The most viewers a list answers at once.</param>
/// <param name="SettingsVersion">Rises with every change.</param>
/// <param name="UpdatedAt">When they were last changed.</param>
/// <param name="UpdatedBy">By whom.</param>
/// <param name="Warnings">What is allowed but may surprise.</param>
/// <example>
/// {"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"settingsVersion":2,"updatedAt":"2026-11-21T22:40:00.000Z",
/// "updatedBy":"server key","warnings":[]}
/// </example>
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
    /// <param name="Field">The setting.</param>
    /// <param name="Message">What may happen.</param>
    internal sealed record Warning(string Field, string Message);
}
