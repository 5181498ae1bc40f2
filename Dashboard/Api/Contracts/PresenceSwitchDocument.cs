namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user's own presence switch.</summary>
/// <param name="Enabled">Whether the user is listed as online where it is.</param>
/// <param name="EnabledAt">Since when that is so.</param>
internal sealed record PresenceSwitchDocument(bool Enabled, DateTimeOffset EnabledAt);
