namespace Presence.Engine.Storage;

/// <summary>A user's own presence switch.</summary>
/// <param name="Enabled">Listed as online where it is.</param>
/// <param name="EnabledAt">Since when <paramref name="Enabled"/> has its value.</param>
public sealed record PresenceSwitch(bool Enabled, DateTimeOffset EnabledAt);
