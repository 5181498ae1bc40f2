namespace Presence.Engine.Storage;

/// <summary>A server key: everything about it but the secret.</summary>
internal sealed class ServerKeyRecord
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, which is random enough to need nothing slower.</summary>
    public required byte[] Hash { get; init; }

    public required string Prefix { get; init; }

    /// <summary>Separated by spaces.</summary>
    public required string Scopes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevokedBy { get; set; }
}
