using System.Text.Json.Nodes;
using Presence.Dashboard.Api.Contracts;
using Presence.Engine.Rooms;
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

    /// <summary>A viewer's profile; one that nothing is stored of is known by its token alone.</summary>
    public static UserDocument Of(Viewer viewer, User? stored)
    {
        var (name, avatar) = (viewer.Profile?.DisplayName, viewer.Profile?.AvatarUrl);
        return stored is null
            ? Of(new User(viewer.UserId, viewer.UserId, viewer.UserId, name, avatar, "{}", viewer.IsGuest, IsVouched: false, viewer.JoinedAt, viewer.JoinedAt))
            : Of(stored with { DisplayName = name ?? stored.DisplayName, AvatarUrl = avatar ?? stored.AvatarUrl });
    }

    public static JsonObject MetadataOf(User user) => JsonNode.Parse(user.MetadataJson)!.AsObject();

    public static UsersReply Of(IEnumerable<User> users) => new([.. users.Select(Of)], []);
}
