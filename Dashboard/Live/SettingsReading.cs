using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What the settings page shows.</summary>
/// <param name="InForce">The settings in force.</param>
/// <param name="History">The latest changes, newest first.</param>
internal sealed record SettingsReading(PresenceSettings InForce, IReadOnlyList<SettingsHistoryEntry> History);
