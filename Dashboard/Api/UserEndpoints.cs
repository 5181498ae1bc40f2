using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Profiles of users, for clients that show viewers.</summary>
internal static class UserEndpoints
{
    public const int MostIds = 100;

    private const int UserSegment = 3;

    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v3/users/list", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listUsers").Takes(ApiParameter.OfIds("userIds[]", "The users.", MostIds)).Produces<UsersReply>().Revalidates().Refuses(ApiError.Banned);
        api.MapGet("/api/v3/users/{userId}", ReadAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("getUser").Produces<UsersReply>().Revalidates().Refuses(ApiError.NotFound, ApiError.Banned);
    }

    /// <summary>Read profiles of users</summary>
    /// <remarks>In the requested order, without unknown ids. Ids can be percent-encoded once or twice.</remarks>
    /// <response code="200">The profiles.</response>
    internal static async Task<IResult> ListAsync(HttpContext http, UserStore users)
    {
        var asked = UserIdVariants.ReadFrom(http.Request.Query, MostIds);

        string[] spelt = [.. asked.SelectMany(UserIdVariants.Of).Distinct(PresenceComparers.UserId)];
        var found = (await users.FindAsync(spelt, http.RequestAborted)).ToDictionary(user => user.UserId, PresenceComparers.UserId);
        var inOrder = asked.Select(id => UserIdVariants.Of(id).Select(found.GetValueOrDefault).FirstOrDefault(user => user is not null)).OfType<User>();
        return Reply.Tagged(UserDocuments.Of(inOrder.DistinctBy(user => user.UserId)), ApiJson.Documents.UsersReply);
    }

    /// <summary>Read a user's profile</summary>
    /// <response code="200">The profile.</response>
    internal static async Task<IResult> ReadAsync(HttpContext http, string userId, UserStore users)
    {
        foreach (var id in UserIdVariants.Of(RawRoute.Segment(http, UserSegment, userId)))
        {
            if (await users.FindAsync(id, http.RequestAborted) is { } user)
                return Reply.Tagged(UserDocuments.Of([user]), ApiJson.Documents.UsersReply);
        }
        return new ApiProblem(ApiError.NotFound, "No user with this id has signed in.");
    }
}

/// <summary>A user as published clients expect it. Members that this server doesn't use are present and empty.</summary>
/// <param name="Id">The user's id again.</param>
/// <param name="Path">The user's id again.</param>
/// <param name="UserId">The user.</param>
/// <param name="UserInternalId">The user's id again.</param>
/// <param name="UserPublicId">The user's id again.</param>
/// <param name="DisplayName">The user's name.</param>
/// <param name="Description">Always empty.</param>
/// <param name="AvatarFileId">Always null.</param>
/// <param name="AvatarCustomUrl">A picture of the user.</param>
/// <param name="Roles">Always empty.</param>
/// <param name="Permissions">Always empty.</param>
/// <param name="FlagCount">Always 0.</param>
/// <param name="HashFlag">Always null.</param>
/// <param name="Metadata">The metadata set by your backend.</param>
/// <param name="Tags">Always empty.</param>
/// <param name="IsBrand">Always false.</param>
/// <param name="IsGlobalBan">Whether the user is banned from the network.</param>
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

/// <summary>Profiles of users.</summary>
/// <param name="Users">The known users, in the requested order.</param>
/// <param name="Files">Always empty.</param>
/// <example>
/// {"users":[{"_id":"anna","path":"anna","userId":"anna","userInternalId":"anna","userPublicId":"anna","displayName":"Anna","description":"",
/// "avatarFileId":null,"avatarCustomUrl":null,"roles":[],"permissions":[],"flagCount":0,"hashFlag":null,"metadata":{},"tags":[],"isBrand":false,
/// "isGlobalBan":false,"isDeleted":false,"createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T20:00:00.000Z"}],"files":[]}
/// </example>
internal sealed record UsersReply(IReadOnlyList<UserDocument> Users, IReadOnlyList<string> Files);

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

/// <summary>
/// Published clients percent-encode user ids twice, and the framework decodes once: the id as it arrived comes first, for it
/// may hold a percent sign of its own, then the id decoded once more.
/// </summary>
internal static class UserIdVariants
{
    /// <summary>The ids of <c>userIds[]</c> and <c>userIds</c>. One that no address can hold is refused, others are unknown users.</summary>
    public static string[] ReadFrom(IQueryCollection query, int most)
    {
        string[] asked = [.. query["userIds[]"].Concat(query["userIds"]).Where(id => !string.IsNullOrEmpty(id)).Select(id => id!)];
        if (asked.Length > most)
            throw QueryReader.Refused($"userIds is limited to {most} users, and this request has {asked.Length}. Split it into several requests.");
        return Array.Find(asked, id => id is "." or "..") is { } none ? throw QueryReader.Refused($"userIds: {PresenceIds.ProblemOfUserId(none)}") : asked;
    }

    /// <summary>The spellings that may be a user's id at all, the likelier first.</summary>
    public static IEnumerable<string> Of(string id)
    {
        if (PresenceIds.ProblemOfUserId(id) is null)
            yield return id;
        if (id.Contains('%') && Uri.UnescapeDataString(id) is var decoded && decoded != id && PresenceIds.ProblemOfUserId(decoded) is null)
            yield return decoded;
    }
}
