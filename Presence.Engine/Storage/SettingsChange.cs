namespace Presence.Engine.Storage;

/// <summary>What somebody wants the settings to be from now on, all of them.</summary>
public sealed record SettingsChange
{
    /// <summary>The longest <see cref="Reason"/>, in characters.</summary>
    public const int LongestReason = 200;

    /// <inheritdoc cref="Settings.PresenceSettings.Enabled"/>
    public required bool Enabled { get; init; }

    /// <inheritdoc cref="Settings.PresenceSettings.HeartbeatInterval"/>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <inheritdoc cref="Settings.PresenceSettings.PresenceTimeout"/>
    public required TimeSpan PresenceTimeout { get; init; }

    /// <inheritdoc cref="Settings.PresenceSettings.ListLimit"/>
    public required int ListLimit { get; init; }

    /// <summary>Why, in the words of who did it; up to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Who: a moderator's email or a server key's name.</summary>
    public required string By { get; init; }

    /// <summary>The version the change was decided on; null to overwrite whatever is in force.</summary>
    public int? ExpectedVersion { get; init; }
}
