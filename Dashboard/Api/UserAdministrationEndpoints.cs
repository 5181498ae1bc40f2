using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Api;

/// <summary>Profiles of users, as set by your backend.</summary>
internal static class UserAdministrationEndpoints
{
    private const string Route = "/api/v1/admin/users/{userId}";
    private const int UserSegment = 4;

    public static void MapUserAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet(Route, ReadAsync).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Users))
            .WithName("getUserForAdministration").Produces<UserProfileDocument>().AnswersETag().Refuses(ApiError.NotFound);
        api.MapPut(Route, ChangeAsync).Allow(ApiPolicy.Server.With(ServerScopes.Users))
            .WithName("changeUser").Takes(ApiParameter.IfMatch).Reads<UserProfileRequest>().Produces<UserProfileDocument>().AnswersETag()
            .Refuses(ApiError.StaleVersion, ApiError.VersionRequired);
        api.MapDelete(Route, EraseAsync).Allow(ApiPolicy.Server.With(ServerScopes.Users))
            .WithName("eraseUser").Produces(StatusCodes.Status204NoContent);
        api.MapGet(Route + "/export", Export).Allow(ApiPolicy.Server.With(ServerScopes.Read | ServerScopes.Users))
            .WithName("exportUser").Produces<JsonObject>();
        api.MapDelete(Route + "/data", EraseDataAsync).Allow(ApiPolicy.Server.With(ServerScopes.Users))
            .WithName("eraseUserData")
            .Takes(ApiParameter.OfWords("bans", "`keep`: active bans stay in force, and name the id until they end. `lift`: they are lifted and erased, which requires the scope `moderation` too.", ["keep", "lift"]))
            .Produces<ErasedUserDocument>();
    }

    /// <summary>Read a user</summary>
    /// <response code="200">The user.</response>
    internal static async Task<IResult> ReadAsync(HttpContext http, string userId, UserStore users)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        return await users.FindAsync(userId, http.RequestAborted) is { } user ? Describe(user) : new ApiProblem(ApiError.NotFound, "No user with this id has signed in or was created.");
    }

    /// <summary>Set a user's profile</summary>
    /// <remarks>
    /// Replaces the whole profile. Send the <c>ETag</c> you read as <c>If-Match</c>. A member that you leave out becomes empty.
    /// <c>If-Match: *</c> creates an unknown user. Pages and lists show the change at once. From then on the user is verified and
    /// can't log in without an <c>authToken</c>. When the reply arrives, the change is saved.
    /// </remarks>
    /// <response code="200">The updated user.</response>
    internal static async Task<IResult> ChangeAsync(HttpContext http, string userId, IPresence presence, UserStore users)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (LoginRules.ProblemOfUserId(userId) is { } userProblem)
            return ApiProblem.Invalid(userProblem);
        var current = await users.FindAsync(userId, http.RequestAborted);
        if (Precondition.Refuse(http, TagOf(current), () => Stale(current), isRequired: true, out var takesAny) is { } refusal)
            return refusal;
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.UserProfileRequest);
        if (ProblemOf(request) is { } problem)
            return ApiProblem.Invalid(problem);
        try
        {
            var user = await users.ChangeAsync(
                userId, new UserChange(request.DisplayName, request.AvatarUrl, request.Metadata?.ToJsonString() ?? "{}"), takesAny ? null : current?.Version ?? 0, http.RequestAborted);
            await presence.UpdateProfileAsync(user.UserId, user.Profile);
            return Describe(user);
        }
        catch (UserConflictException conflict)
        {
            return Stale(conflict.Current);
        }
    }

    /// <summary>Erase a user</summary>
    /// <remarks>
    /// Erases name, picture, metadata and the verified mark. Pages and lists show the id at once. Bans, the user's own presence
    /// switch and channels stay. Tokens stay valid until they expire, and the next login creates the user again. To prevent both,
    /// remove the user from the network first. Also 204 if there was no such user. When the reply arrives, the change is saved.
    /// </remarks>
    /// <response code="204">The user is erased.</response>
    internal static async Task<IResult> EraseAsync(HttpContext http, string userId, IPresence presence, UserStore users, VerifiedUsers vouched, TimeProvider time)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        await vouched.ForgetAsync(userId, () => users.EraseAsync(userId, http.Actor(), http.RequestAborted), http.RequestAborted);
        await presence.UpdateProfileAsync(userId, UserProfile.None with { SaidAt = time.GetUtcNow() });
        return Results.NoContent();
    }

    /// <summary>Export everything about a user</summary>
    /// <remarks>Everything the server stores that names the user, as one document of any size: profile, presence switch, channels, bans, moderators' notes, sessions, visits, and what moderators and server keys did to them. A user of whom nothing is stored has empty lists.</remarks>
    /// <response code="200">The document.</response>
    internal static IResult Export(HttpContext http, string userId, PersonData people)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return HeadMiddleware.IsHead(http)
            ? Results.Bytes([], Reply.Json)
            : Results.Stream(output => people.ExportAsync(userId, output, http.Actor(), http.RequestAborted), Reply.Json);
    }

    /// <summary>Erase everything about a user</summary>
    /// <remarks>
    /// The profile, the presence switch, memberships in channels, moderators' notes, and the name in all visits and changes. What was counted stays, and names nobody.
    /// Sessions that are present go on and are recorded again: remove the user from the network first. Repeat it to make sure: a
    /// reply with only zeros and false means that nothing was left.
    /// </remarks>
    /// <response code="200">What was erased.</response>
    internal static async Task<IResult> EraseDataAsync(HttpContext http, string userId, PersonData people, VerifiedUsers vouched)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        var bansToo = new QueryReader(http.Request.Query).Choice("bans", ("keep", false), ("lift", true));
        if (bansToo && !http.Caller().Scopes.HasFlag(ServerScopes.Moderation))
            return new ApiProblem(ApiError.NotAllowed, "bans=lift requires a server key with the scope moderation too. Send bans=keep, or leave it out.");
        var erased = new ErasedPerson(Profile: false, Visits: 0, Bans: 0, Channels: 0, Switch: false);
        await vouched.ForgetAsync(userId, async () => erased = await people.EraseAsync(userId, bansToo, http.Actor(), http.RequestAborted), http.RequestAborted);
        return Reply.Ok(new ErasedUserDocument(erased.Profile, erased.Visits, erased.Bans, erased.Channels, erased.Switch), ApiJson.Documents.ErasedUserDocument);
    }

    private static string? ProblemOf(UserProfileRequest request)
    {
        if (request.DisplayName is "")
            return "displayName must have 1 to 100 characters. Leave it out to show the id.";
        if ((UserRules.ProblemOfDisplayName("displayName", request.DisplayName) ?? UserRules.ProblemOfPicture("avatarUrl", request.AvatarUrl)) is { } problem)
            return problem;
        return request.Metadata is { } metadata && JsonSerializer.SerializeToUtf8Bytes(metadata, ApiJson.Documents.JsonObject).Length is > UserProfileRequest.LargestMetadata and var size
            ? $"metadata is limited to {UserProfileRequest.LargestMetadata} bytes of JSON, and this one has {size}."
            : null;
    }

    private static ApiProblem Stale(User? current) => new(
        ApiError.StaleVersion,
        "The user has changed since you read it. Read it again, then repeat the change.",
        current is null ? "This user doesn't exist yet. Send If-Match: * to create it." : $"The user is at {TagOf(current)}.");

    private static IResult Describe(User user) => Reply.Ok(
        new UserProfileDocument(
            user.UserId, user.DisplayName, user.AvatarUrl, UserDocuments.MetadataOf(user), user.IsGuest, user.IsVouched, user.Version, user.CreatedAt, user.UpdatedAt),
        ApiJson.Documents.UserProfileDocument,
        TagOf(user));

    private static string TagOf(User? user) => string.Create(CultureInfo.InvariantCulture, $"\"{user?.Version ?? 0}\"");
}

/// <summary>What was erased of a user.</summary>
/// <param name="Profile">Whether there was a profile.</param>
/// <param name="Visits">Visits that keep counting and name nobody.</param>
/// <param name="Bans">Bans that were lifted.</param>
/// <param name="Channels">Channels that had the user as a member.</param>
/// <param name="PresenceSwitch">Whether the user had used the presence switch.</param>
/// <example>{"profile":true,"visits":41,"bans":0,"channels":2,"presenceSwitch":false}</example>
internal sealed record ErasedUserDocument(bool Profile, long Visits, int Bans, int Channels, bool PresenceSwitch);

/// <summary>A user's whole profile. A member that you leave out becomes empty.</summary>
/// <param name="DisplayName">Shown instead of the id.</param>
/// <param name="AvatarUrl">An http or https URL of a picture.</param>
/// <param name="Metadata">Your own object, stored as is. Up to 4 KiB.</param>
/// <example>{"displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3}}</example>
[Computed("userId", "guest", "vouched", "version", "createdAt", "updatedAt")]
internal sealed record UserProfileRequest(
    [property: MinLength(1), MaxLength(UserRules.LongestDisplayName)] string? DisplayName,
    [property: MaxLength(UserRules.LongestPicture)] string? AvatarUrl,
    JsonObject? Metadata) : AdministrationRequest
{
    /// <summary>In bytes of JSON.</summary>
    public const int LargestMetadata = 4 * 1024;
}

/// <summary>A user, for administration.</summary>
/// <param name="UserId">The id from your app.</param>
/// <param name="DisplayName">Shown instead of the id.</param>
/// <param name="AvatarUrl">A picture.</param>
/// <param name="Metadata">Your own object.</param>
/// <param name="Guest">Without an account.</param>
/// <param name="Vouched">Whether your backend has verified the user. A verified user can't log in without an authToken.</param>
/// <param name="Version">Increases with every change.</param>
/// <param name="CreatedAt">When the user was first seen.</param>
/// <param name="UpdatedAt">When anything here last changed.</param>
/// <example>
/// {"userId":"anna","displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3},"guest":false,"vouched":true,"version":2,
/// "createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T22:40:00.000Z"}
/// </example>
internal sealed record UserProfileDocument(
    string UserId,
    string? DisplayName,
    string? AvatarUrl,
    JsonObject Metadata,
    bool Guest,
    bool Vouched,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
