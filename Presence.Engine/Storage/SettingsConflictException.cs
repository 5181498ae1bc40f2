using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Somebody else changed the settings since the version the change was decided on. Nothing was changed.</summary>
public sealed class SettingsConflictException : Exception
{
    public SettingsConflictException(PresenceSettings current)
        : base($"The settings are at version {current.Version} by now.") => Current = current;

    /// <summary>The settings in force.</summary>
    public PresenceSettings Current { get; }
}
