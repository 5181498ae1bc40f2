using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class ServerKeyDescriptions
{
    private const string Members =
        """
        "keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],"createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"
        """;

    public static readonly RouteDescription Issue = new("makeServerKey", RouteGroups.Administration, "Make a server key")
    {
        Text =
            """
            `key` in the answer is the key itself: it is shown this once and kept nowhere. To change keys without a pause make a
            second one of the same name, move your backend over, revoke the first.
            """,
        Body = BodyDescription.Json<ServerKeyRequest>("""{"name":"chat backend","scopes":["read","moderation"]}"""),
        Answer = AnswerDescription.Json<ServerKeyDocument>("The key.", $$"""{{{Members}},"key":"pd_3kT0aQxY7Zc1vB5nM8sD2fG4hJ6kL9pR0tW3eU7iO1aS5dF9gHjK"}""", StatusCodes.Status201Created) with
        {
            Headers = [("Location", "Where the key is read and revoked.")],
        },
        Errors = [ApiErrors.CapReached],
    };

    public static readonly RouteDescription List = new("listServerKeys", RouteGroups.Administration, "List server keys")
    {
        Text = "Those made here, without the keys themselves. The key of the configuration is not among them.",
        Answer = AnswerDescription.Json<ServerKeysReply>("The keys.", $$"""{"keys":[{{{Members}}}]}"""),
    };

    public static readonly RouteDescription Read = new("getServerKey", RouteGroups.Administration, "Read what is known of a server key")
    {
        Answer = AnswerDescription.Json<ServerKeyDocument>("The key, without the key itself.", $$"""{{{Members}}}"""),
        Errors = [ApiErrors.NotFound],
    };

    public static readonly RouteDescription Revoke = new("revokeServerKey", RouteGroups.Administration, "Revoke a server key")
    {
        Text = "It opens nothing from the next request on, and its streams end within a second. Also 204 when it was revoked before.",
        Answer = AnswerDescription.Nothing("It is revoked."),
        Errors = [ApiErrors.NotFound],
    };
}
