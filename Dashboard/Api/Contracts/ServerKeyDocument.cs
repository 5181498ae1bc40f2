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
