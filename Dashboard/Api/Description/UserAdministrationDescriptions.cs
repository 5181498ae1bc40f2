using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class UserAdministrationDescriptions
{
    private const string Document =
        """
        {"userId":"anna","displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3},"guest":false,"vouched":true,"version":2,
        "createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T22:40:00.000Z"}
        """;

    public static readonly RouteDescription Read = new("getUserForAdministration", RouteGroups.Administration, "Read a user")
    {
        Answer = AnswerDescription.Json<UserProfileDocument>("The user.", Document) with { Headers = [SettingsDescriptions.ETag] },
        Errors = [ApiErrors.NotFound],
    };

    public static readonly RouteDescription Change = new("changeUser", RouteGroups.Administration, "Say how a user is shown")
    {
        Text =
            """
            All of it, with the `ETag` of what was read as `If-Match`; what is left out is empty from then on. A user nobody has
            heard of is made, with `If-Match: *`. Pages and lists show the change at once. From then on the user is vouched for:
            it cannot log in without proof. Acknowledged means durable.
            """,
        Parameters = [SettingsDescriptions.IfMatch],
        Body = BodyDescription.Json<UserProfileRequest>("""{"displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3}}"""),
        Answer = AnswerDescription.Json<UserProfileDocument>("The user as it is now.", Document) with { Headers = [SettingsDescriptions.ETag] },
        Errors = [ApiErrors.StaleVersion, ApiErrors.VersionRequired],
    };

    public static readonly RouteDescription Erase = new("eraseUser", RouteGroups.Administration, "Erase a user")
    {
        Text =
            """
            Its name, picture, metadata and that it was vouched for. Pages and lists show its id at once. What was decided about the
            id stays: removals, its own presence switch, channels. Tokens stay valid until they expire, and the next login makes the
            user anew; remove it from the network first to end both. Also 204 when there was no such user. Acknowledged means durable.
            """,
        Answer = AnswerDescription.Nothing("Nothing is kept of the user."),
    };
}
