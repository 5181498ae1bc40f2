namespace Presence.Engine.Storage;

/// <summary>A key of the customer's backend. The secret is known to whoever made it and to nobody else.</summary>
/// <param name="Id">Names the key; not a secret.</param>
/// <param name="Name">What whoever made it calls it; signs the changes made with it.</param>
/// <param name="Prefix">How the secret begins, to recognise it by.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it: a moderator's email or another key's name.</param>
/// <param name="ExpiresAt">When it ends by itself, exclusive; null for never.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null while it was not.</param>
/// <param name="RevokedBy">Who revoked it.</param>
public sealed record ServerKey(
    string Id,
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
    /// <summary>Whether it opens anything at this instant.</summary>
    public bool IsUsableAt(DateTimeOffset at) => RevokedAt is null && !(ExpiresAt <= at);
}
