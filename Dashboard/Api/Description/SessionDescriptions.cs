using Presence.Dashboard.Api.Contracts;

namespace Presence.Dashboard.Api.Description;

internal static class SessionDescriptions
{
    public static readonly RouteDescription LogIn = new("logIn", RouteGroups.Sessions, "Log a user in")
    {
        Text =
            """
            An unknown user is made. With an `authToken` the login is vouched for by your backend. Without one it is taken where
            the server allows unverified logins, and never for a user your backend once vouched for. An address may log in 50
            times a second, 500 at once.
            """,
        Parameters = [ClientKey],
        Body = BodyDescription.Json<LoginRequest>("""{"userId":"anna","deviceId":"laptop","displayName":"Anna"}"""),
        Answer = LoggedIn("signed-in", "anna"),
        Errors = [ApiErrors.NotSignedIn, ApiErrors.NotAllowed, ApiErrors.Banned],
    };

    public static readonly RouteDescription LogVisitorIn = new("logVisitorIn", RouteGroups.Sessions, "Log a guest in")
    {
        Text = "A viewer without an account, where the server allows guests. The same device is the same guest.",
        Parameters = [ClientKey],
        Body = BodyDescription.Json<VisitorRequest>("""{"deviceId":"kiosk-7"}"""),
        Answer = LoggedIn("visitor", "~guest-3q2pXw8vT1mZ0aKd"),
        Errors = [ApiErrors.NotSignedIn, ApiErrors.NotAllowed, ApiErrors.Banned],
    };

    public static readonly RouteDescription Describe = new("describeSession", RouteGroups.Sessions, "Describe the access token")
    {
        Answer = AnswerDescription.Json<SessionDocument>(
            "The token is valid.",
            """{"userId":"anna","deviceId":"laptop","userType":"signed-in","issuedAt":"2026-11-21T22:37:41.000Z","expiresAt":"2026-12-21T22:37:41.000Z"}"""),
    };

    public static readonly RouteDescription LogOut = new("logOut", RouteGroups.Sessions, "Revoke the access token")
    {
        Text = "At once and for good. Other tokens of the user stay. After 429 the token is still valid.",
        Errors = [ApiErrors.CapReached],
        Answer = AnswerDescription.Json<SuccessReply>("It is revoked.", """{"success":true}"""),
    };

    public static readonly RouteDescription MintAuthToken = new("mintAuthToken", RouteGroups.Sessions, "Vouch for a user")
    {
        Text =
            """
            Hand the text to your app as `authToken`: it logs in that user alone, for 10 minutes. From then on the user cannot
            log in without one.
            """,
        Body = BodyDescription.Json<AuthTokenRequest>("""{"userId":"anna"}"""),
        Answer = AnswerDescription.OfText("The authToken, at most 100 characters.", "text/plain", "AAABnA3xkQB7hD9m2cVfJ8wZ5uRkT1yQxE4sLb6nHg"),
    };

    public static readonly RouteDescription ChatSettings = new("getChatSettings", RouteGroups.Sessions, "Settings of a chat that is not here")
    {
        Text = "Published clients ask for them while they log in.",
        Answer = AnswerDescription.Json<ChatSettingsDocument>("No chat.", """{"messagePreview":{"enabled":false,"isIncludeDeleted":false}}"""),
    };

    private static ParameterDescription ClientKey => ParameterDescription.OfHeader("X-API-Key", "The client key of this installation.").Required;

    private static AnswerDescription LoggedIn(string userType, string userId) => AnswerDescription.Json<LoginReply>(
        "The access token and who it is for.",
        $$"""{"accessToken":"eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjp7fX0.c2lnbmF0dXJl","users":[{{UserDescriptions.Example(userId)}}],"files":[],"issuedAt":"2026-11-21T22:37:41.000Z","expiresAt":"2026-12-21T22:37:41.000Z","userType":"{{userType}}"}""");
}
