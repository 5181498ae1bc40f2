namespace Presence.Dashboard.Api.Contracts;

/// <summary>The settings as published clients read them. Durations are whole seconds.</summary>
internal sealed record PresenceSettingsReply(PresenceSettingsReply.UserPart User, PresenceSettingsReply.NetworkPart Network, PresenceSettingsReply.RoomPart Room)
{
    /// <summary>The caller's own switch.</summary>
    internal sealed record UserPart(bool Enabled, DateTimeOffset EnabledAt);

    internal sealed record NetworkPart(int HeartbeatInterval, int PresenceSyncInterval, DateTimeOffset UpdatedAt);

    /// <summary>The network's switch.</summary>
    internal sealed record RoomPart(bool Enabled);
}
