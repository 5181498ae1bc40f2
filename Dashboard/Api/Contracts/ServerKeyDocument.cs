namespace Presence.Dashboard.Api.Contracts;

/// <summary>A server key.</summary>
/// <param name="KeyId">Names the key; not a secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">How it begins, to recognise it by.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or another key's name.</param>
/// <param name="ExpiresAt">When it ends by itself; left out for never.</param>
/// <param name="LastUsedAt">When it was last used; left out for never. After a restart a minute may be missing.</param>
/// <param name="RevokedAt">When it was revoked; left out while it was not.</param>
/// <param name="RevokedBy">Who revoked it.</param>
/// <example>
/// {"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],"createdAt":"2026-11-21T22:40:00.000Z",
/// "createdBy":"server key","key":"pd_3kT0aQxY7Zc1vB5nM8sD2fG4hJ6kL9pR0tW3eU7iO1aS5dF9gHjK"}
/// </example>
internal sealed record ServerKeyDocument(
    string KeyId,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy)
{
    /// <summary>The key itself: in the answer that made it, and never again.</summary>
    public string? Key { get; init; }
}
