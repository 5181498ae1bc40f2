using System.Text.Json;

namespace Presence.Client;

/// <summary>A user's whole profile.</summary>
public sealed class PresenceUser
{
    /// <summary>The user.</summary>
    public string UserId { get; init; } = "";

    /// <summary>The server's own id, which may be shown to other users.</summary>
    public string UserPublicId { get; init; } = "";

    /// <summary>The server's own id, which never changes.</summary>
    public string UserInternalId { get; init; } = "";

    /// <summary>The name to show.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>A text about the user.</summary>
    public string Description { get; init; } = "";

    /// <summary>A stored picture, if there is one.</summary>
    public string? AvatarFileId { get; init; }

    /// <summary>The address of a picture, if there is one.</summary>
    public string? AvatarCustomUrl { get; init; }

    /// <summary>The user's roles.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>What the user may do.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>What the app's backend keeps with the user: an object.</summary>
    public JsonElement Metadata { get; init; }

    /// <summary>The user's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the user is a brand.</summary>
    public bool IsBrand { get; init; }

    /// <summary>Whether the user is banned from the network.</summary>
    public bool IsGlobalBan { get; init; }

    /// <summary>Whether the user was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>When the user was first seen.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the profile last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
