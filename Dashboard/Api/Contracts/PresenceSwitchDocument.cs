namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user's own presence switch.</summary>
/// <param name="Enabled">Whether the user is listed as online where it is.</param>
/// <param name="EnabledAt">Since when that is so.</param>
/// <example>{"enabled":false,"enabledAt":"2026-11-21T22:37:41.509Z"}</example>
internal sealed record PresenceSwitchDocument(bool Enabled, DateTimeOffset EnabledAt);
