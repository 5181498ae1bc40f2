using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Who is present while settings are being changed.</summary>
/// <param name="Network">How many, now.</param>
/// <param name="Adoption">How many of them answer to the settings in force.</param>
public sealed record SettingsLiveReading(NetworkCount Network, AdoptionReading Adoption);
