using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Profiles of users, as clients ask for them to show who is watching.</summary>
internal static class UserEndpoints
{
    public const int MostIds = 100;

    private const int UserSegment = 3;

    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/api/v3/users/list", ListAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("listUsers").Takes(ApiParameter.OfIds("userIds[]", "The users.", MostIds)).Produces<UsersReply>().Refuses(ApiErrors.Banned);
        api.MapGet("/api/v3/users/{userId}", ReadAsync).Allow(ApiPolicy.ViewerOrServer)
            .WithName("getUser").Produces<UsersReply>().Refuses(ApiErrors.NotFound, ApiErrors.Banned);
    }

    /// <summary>Read profiles of users</summary>
    /// <remarks>In the order asked for; unknown ids are left out. Ids may be percent-encoded once or twice.</remarks>
    /// <response code="200">The profiles.</response>
    internal static async Task<IResult> ListAsync(HttpContext http, UserStore users)
    {
        var query = http.Request.Query;
        string[] asked = [.. query["userIds[]"].Concat(query["userIds"]).Where(id => !string.IsNullOrEmpty(id)).Select(id => id!)];
        if (asked.Length > MostIds)
            return ApiRefusal.Invalid($"userIds may name {MostIds} users; it names {asked.Length}. Ask in several requests.");
        if (UserIdSpellings.ProblemOf(asked) is { } problem)
            return ApiRefusal.Invalid(problem);

        string[] spelt = [.. asked.SelectMany(UserIdSpellings.Of).Distinct(PresenceComparers.UserId)];
        var found = (await users.FindAsync(spelt, http.RequestAborted)).ToDictionary(user => user.UserId, PresenceComparers.UserId);
        var inOrder = asked.Select(id => UserIdSpellings.Of(id).Select(found.GetValueOrDefault).FirstOrDefault(user => user is not null)).OfType<User>();
        return Reply.Ok(UserDocuments.Of(inOrder.DistinctBy(user => user.UserId)), Wire.Documents.UsersReply);
    }

    /// <summary>Read the profile of one user</summary>
    /// <response code="200">The profile.</response>
    internal static async Task<IResult> ReadAsync(HttpContext http, string userId, UserStore users)
    {
        foreach (var id in UserIdSpellings.Of(RawPath.Segment(http, UserSegment, userId)))
        {
            if (await users.FindAsync(id, http.RequestAborted) is { } user)
                return Reply.Ok(UserDocuments.Of([user]), Wire.Documents.UsersReply);
        }
        return new ApiRefusal(ApiErrors.NotFound, "No such user has signed in here.");
    }
}
