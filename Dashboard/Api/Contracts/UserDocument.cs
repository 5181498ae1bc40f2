using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user as published clients know it. What this server has no use for is always there and always empty.</summary>
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
