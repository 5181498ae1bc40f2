using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class UserDescriptions
{
    public static readonly RouteDescription List = new("listUsers", RouteGroups.Users, "Read profiles of users")
    {
        Text = "In the order asked for; unknown ids are left out. Ids may be percent-encoded once or twice.",
        Parameters = [ParameterDescription.OfIds("userIds[]", "The users.", UserEndpoints.MostIds)],
        Answer = AnswerDescription.Json<UsersReply>("The profiles.", Examples("anna")),
        Errors = [ApiErrors.Banned],
    };

    public static readonly RouteDescription Read = new("getUser", RouteGroups.Users, "Read the profile of one user")
    {
        Answer = AnswerDescription.Json<UsersReply>("The profile.", Examples("anna")),
        Errors = [ApiErrors.NotFound, ApiErrors.Banned],
    };

    public static string Example(string userId) =>
        $$"""
        {"_id":"{{userId}}","path":"{{userId}}","userId":"{{userId}}","userInternalId":"{{userId}}","userPublicId":"{{userId}}","displayName":"Anna","description":"","avatarFileId":null,
        "avatarCustomUrl":null,"roles":[],"permissions":[],"flagCount":0,"hashFlag":null,"metadata":{},"tags":[],"isBrand":false,"isGlobalBan":false,"isDeleted":false,
        "createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T20:00:00.000Z"}
        """;

    private static string Examples(string userId) => $$"""{"users":[{{Example(userId)}}],"files":[]}""";
}
