using System.Text.Json.Nodes;
using Presence.Dashboard.Api.Contracts;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Stored users as the wire shows them.</summary>
internal static class UserDocuments
{
    public static UserDocument Of(User user) => new(
        Id: user.InternalId,
        Path: user.InternalId,
        UserId: user.UserId,
        UserInternalId: user.InternalId,
        UserPublicId: user.PublicId,
        DisplayName: user.DisplayName ?? user.UserId,
        Description: "",
        AvatarFileId: null,
        AvatarCustomUrl: user.AvatarUrl,
        Roles: [],
        Permissions: [],
        FlagCount: 0,
        HashFlag: null,
        Metadata: MetadataOf(user),
        Tags: [],
        IsBrand: false,
        IsGlobalBan: false,
        IsDeleted: false,
        user.CreatedAt,
        user.UpdatedAt);

    public static JsonObject MetadataOf(User user) => JsonNode.Parse(user.MetadataJson)!.AsObject();

    public static UsersReply Of(IEnumerable<User> users) => new([.. users.Select(Of)], []);
}
