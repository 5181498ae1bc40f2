namespace Presence.Dashboard.Api.Contracts;

/// <summary>The settings as published clients read them. Durations are whole seconds.</summary>
/// <param name="User">The caller's own switch.</param>
/// <param name="Network">How often heartbeats are asked for.</param>
/// <param name="Room">The network's switch.</param>
/// <example>
/// {"user":{"enabled":true,"enabledAt":"2026-11-21T20:00:00.000Z"},"network":{"heartbeatInterval":30,"presenceSyncInterval":30,
/// "updatedAt":"2026-11-21T20:00:00.000Z"},"room":{"enabled":true}}
/// </example>
internal sealed record PresenceSettingsReply(PresenceSettingsReply.UserPart User, PresenceSettingsReply.NetworkPart Network, PresenceSettingsReply.RoomPart Room)
{
    /// <summary>The caller's own switch.</summary>
    /// <param name="Enabled">Whether the user shows up in network lists and channels.</param>
    /// <param name="EnabledAt">When it was last switched.</param>
    internal sealed record UserPart(bool Enabled, DateTimeOffset EnabledAt);

    /// <summary>How often heartbeats are asked for.</summary>
    /// <param name="HeartbeatInterval">Seconds, rounded up.</param>
    /// <param name="PresenceSyncInterval">The same again.</param>
    /// <param name="UpdatedAt">When the settings last changed.</param>
    internal sealed record NetworkPart(int HeartbeatInterval, int PresenceSyncInterval, DateTimeOffset UpdatedAt);

    /// <summary>The network's switch.</summary>
    /// <param name="Enabled">Whether presence is on.</param>
    internal sealed record RoomPart(bool Enabled);
}
