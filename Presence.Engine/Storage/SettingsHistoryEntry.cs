using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>One version of the settings as it was saved.</summary>
/// <param name="Settings">The version; it says who saved it and when.</param>
/// <param name="Previous">The version before it; null for the first.</param>
/// <param name="Reason">Why, where somebody said.</param>
public sealed record SettingsHistoryEntry(PresenceSettings Settings, PresenceSettings? Previous, string? Reason);
