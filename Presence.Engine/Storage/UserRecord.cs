namespace Presence.Engine.Storage;

/// <summary>One user or guest that has signed in.</summary>
internal sealed class UserRecord
{
    public required string UserId { get; init; }
    public required string InternalId { get; init; }
    public required string PublicId { get; init; }
    public string? DisplayName { get; set; }
    public string? AvatarUrl { get; set; }
    public string MetadataJson { get; set; } = "{}";
    public bool IsGuest { get; init; }
    public bool IsVouched { get; set; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last signed in or was vouched for, to the day.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>The backend set the profile by itself: never pruned.</summary>
    public bool IsKept { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public int Version { get; set; } = 1;

    /// <summary>When name and picture were last said; null where nobody knows.</summary>
    public DateTimeOffset? ProfileSaidAt { get; set; }
}
