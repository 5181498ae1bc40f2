using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user as published clients know it. What this server has no use for is always there and always empty.</summary>
/// <param name="Id">The user's id again.</param>
/// <param name="Path">The user's id again.</param>
/// <param name="UserId">The user.</param>
/// <param name="UserInternalId">The user's id again.</param>
/// <param name="UserPublicId">The user's id again.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="Description">Always empty.</param>
/// <param name="AvatarFileId">Always null.</param>
/// <param name="AvatarCustomUrl">A picture of the user.</param>
/// <param name="Roles">Always empty.</param>
/// <param name="Permissions">Always empty.</param>
/// <param name="FlagCount">Always 0.</param>
/// <param name="HashFlag">Always null.</param>
/// <param name="Metadata">What your backend keeps with the user.</param>
/// <param name="Tags">Always empty.</param>
/// <param name="IsBrand">Always false.</param>
/// <param name="IsGlobalBan">Whether the user is kept out of the network.</param>
/// <param name="IsDeleted">Always false.</param>
/// <param name="CreatedAt">When the user was first seen.</param>
/// <param name="UpdatedAt">When the profile last changed.</param>
internal sealed record UserDocument(
    [property: JsonPropertyName("_id")] string Id,
    string Path,
    string UserId,
    string UserInternalId,
    string UserPublicId,
    string DisplayName,
    string Description,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AvatarFileId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AvatarCustomUrl,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Permissions,
    int FlagCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? HashFlag,
    JsonNode? Metadata,
    IReadOnlyList<string> Tags,
    bool IsBrand,
    bool IsGlobalBan,
    bool IsDeleted,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
