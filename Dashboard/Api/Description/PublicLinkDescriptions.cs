using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class PublicLinkDescriptions
{
    private const string Document =
        """
        {"roomId":"lobby","link":"7Zc1vB5nM8sD2fG4hJ6kL9pR","showNames":false,"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}
        """;

    private const string Request = """{"showNames":false}""";

    public static readonly RouteDescription Make = new("makePublicLink", RouteGroups.Administration, "Make a room's public link")
    {
        Text =
            """
            Whoever has the link may see how many watch the room, as a badge or in a widget. A room has one at most: a link it
            had before leads nowhere from then on, which is how to change it.
            """,
        Body = BodyDescription.Json<PublicLinkRequest>(Request).Optional,
        Answer = AnswerDescription.Json<PublicLinkDocument>("The link.", Document, StatusCodes.Status201Created) with
        {
            Headers = [("Location", "Where the link is read and taken back.")],
        },
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription Set = new("setPublicLink", RouteGroups.Administration, "Say what a room's public link shows")
    {
        Text = "The link stays the same; where the room has none, one is made.",
        Body = BodyDescription.Json<PublicLinkRequest>(Request).Optional,
        Answer = AnswerDescription.Json<PublicLinkDocument>("The link as it is now.", Document),
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription Read = new("getPublicLink", RouteGroups.Administration, "Read a room's public link")
    {
        Answer = AnswerDescription.Json<PublicLinkDocument>("The link.", Document),
        Errors = [ApiErrors.NotFound],
    };

    public static readonly RouteDescription Revoke = new("revokePublicLink", RouteGroups.Administration, "Take a room's public link back")
    {
        Text = "It leads nowhere from the next request on; caches in between may show the last count for half a minute. Also 204 when there was none.",
        Answer = AnswerDescription.Nothing("The room has no public link."),
    };
}
