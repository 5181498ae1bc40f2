using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What the settings page shows, read at one moment.</summary>
public sealed record SettingsReading
{
    /// <summary>The settings in force.</summary>
    public required PresenceSettings InForce { get; init; }

    /// <summary>The latest changes, newest first.</summary>
    public required IReadOnlyList<SettingsHistoryEntry> History { get; init; }

    /// <summary>How many are present.</summary>
    public required NetworkCount Network { get; init; }

    /// <summary>How many of them answer to the settings in force.</summary>
    public required AdoptionReading Adoption { get; init; }

    /// <summary>Whether the server restarted so lately that some of them may be gone.</summary>
    public required bool IsWarming { get; init; }

    /// <summary>Whether who looks may save.</summary>
    public required bool MayChange { get; init; }
}
