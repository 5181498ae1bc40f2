namespace Presence.Dashboard.Authentication;

/// <summary>A token as handed out.</summary>
internal sealed record AccessToken(string Text, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
