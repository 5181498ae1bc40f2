using System.ComponentModel.DataAnnotations;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Api;

/// <summary>Login and logout of viewers.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/api/v5/sessions", LogInAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("logIn").Takes(ApiParameter.ClientKey).Reads<LoginRequest>().Produces<LoginReply>()
            .Refuses(ApiError.NotSignedIn, ApiError.NotAllowed, ApiError.Banned);
        api.MapPost("/api/v5/sessions/visitor", LogVisitorInAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("logVisitorIn").Takes(ApiParameter.ClientKey).Reads<VisitorRequest>().Produces<LoginReply>()
            .Refuses(ApiError.NotSignedIn, ApiError.NotAllowed, ApiError.Banned);
        api.MapGet("/api/v3/sessions", Describe).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("describeSession").Produces<SessionDocument>();
        api.MapDelete("/api/v4/sessions", LogOutAsync).Allow(ApiPolicy.Viewer).AllowRemovedUsers()
            .WithName("logOut").Produces<SuccessReply>().Refuses(ApiError.CapReached);
        api.MapPost("/api/v4/authentication/token", MintAuthTokenAsync).Allow(ApiPolicy.Server.With(ServerScopes.Users))
            .WithName("mintAuthToken").Reads<AuthTokenRequest>().Produces<string>(StatusCodes.Status200OK, "text/plain")
            .WithExample("AAABnA3xkQB7hD9m2cVfJ8wZ5uRkT1yQxE4sLb6nHg");
        api.MapGet("/api/v3/network-settings/chat", DescribeChat).Allow(ApiPolicy.Anonymous)
            .WithName("getChatSettings").Produces<ChatSettingsDocument>();
    }

    /// <summary>Log a user in</summary>
    /// <remarks>
    /// Creates unknown users. With an <c>authToken</c>, your backend verifies the login. Without one, it works only if the server
    /// allows unverified logins, and never for a user that your backend has verified before. One address can log in 50 times per
    /// second, in bursts of up to 500.
    /// </remarks>
    /// <response code="200">The access token and its user.</response>
    internal static async Task<IResult> LogInAsync(HttpContext http, ClientKey clientKey, RateLimits rateLimits, AuthTokens authTokens, UserStore users, VerifiedUsers vouched, AccessTokens tokens, IPresence presence, BannedDevices devices, DashboardOptions options)
    {
        if (RefuseClient(http, clientKey, rateLimits) is { } refusal)
            return refusal;
        var login = await JsonBody.ReadAsync(http, ApiJson.Documents.LoginRequest);
        if (LoginRules.ProblemOf(login) is { } problem)
            return ApiProblem.Invalid(problem);

        var userId = login.UserId!;
        var isVouched = login.AuthToken is not null;
        if (isVouched && !authTokens.Vouches(login.AuthToken!, userId))
            return ApiProblem.NotSignedIn("The authToken isn't valid for this user or is more than 10 minutes old. Have your backend create a new one.");
        if ((ApiProblem.WhileRemoved(presence, userId, roomId: null) ?? devices.ProblemOf(login.DeviceId!)) is { } banned)
            return banned;
        if (!isVouched && !options.Clients.AllowUnverifiedLogin)
            return new ApiProblem(ApiError.NotAllowed, "Unverified login is off. Send an authToken that your backend creates with POST /api/v4/authentication/token.");

        var displayName = string.IsNullOrEmpty(login.DisplayName) ? null : login.DisplayName;
        var user = isVouched ? await users.SignInAsync(userId, displayName, isGuest: false, vouched: true, http.RequestAborted)
            : vouched.IsAwaited(userId) ? null
            : await users.SignInUnverifiedAsync(userId, displayName, http.RequestAborted);
        if (user is null)
            return new ApiProblem(ApiError.NotAllowed, "Your backend has verified this user before, so an authToken is required.");
        await presence.UpdateProfileAsync(user.UserId, user.Profile);
        return LoggedIn(user, tokens.Issue(user, login.DeviceId!, isUnverified: !isVouched), LoginReply.SignedIn);
    }

    /// <summary>Log a guest in</summary>
    /// <remarks>A guest is a viewer without an account. The server must allow guests. The same device is the same guest.</remarks>
    /// <response code="200">The access token and its user.</response>
    internal static async Task<IResult> LogVisitorInAsync(HttpContext http, ClientKey clientKey, RateLimits rateLimits, GuestIds guests, UserStore users, AccessTokens tokens, IPresence presence, BannedDevices devices, DashboardOptions options)
    {
        if (RefuseClient(http, clientKey, rateLimits) is { } refusal)
            return refusal;
        var visitor = await JsonBody.ReadAsync(http, ApiJson.Documents.VisitorRequest);
        if (LoginRules.ProblemOf(visitor) is { } problem)
            return ApiProblem.Invalid(problem);
        if (!options.Clients.AllowGuests)
            return new ApiProblem(ApiError.NotAllowed, "Guests aren't allowed. Log a user in with POST /api/v5/sessions, or set Presence__Clients__AllowGuests=true.");

        var guestId = guests.Derive(visitor.DeviceId!);
        if ((ApiProblem.WhileRemoved(presence, guestId, roomId: null) ?? devices.ProblemOf(visitor.DeviceId!)) is { } banned)
            return banned;
        if (await users.FindAsync(guestId, http.RequestAborted) is null && !rateLimits.NewGuests.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return ApiProblem.TooFast("This address creates new guests too often.", wait);
        var user = await users.SignInAsync(guestId, displayName: null, isGuest: true, vouched: false, http.RequestAborted);
        return LoggedIn(user, tokens.Issue(user, visitor.DeviceId!), LoginReply.Visitor);
    }

    /// <summary>Describe the access token</summary>
    /// <response code="200">The token is valid.</response>
    internal static IResult Describe(HttpContext http)
    {
        var caller = http.Caller();
        var userType = caller.IsGuest ? LoginReply.Visitor : LoginReply.SignedIn;
        return Reply.Ok(new SessionDocument(caller.UserId, caller.SessionId, userType, caller.IssuedAt, caller.ExpiresAt), ApiJson.Documents.SessionDocument);
    }

    /// <summary>Revoke the access token</summary>
    /// <remarks>Takes effect at once. The user's other tokens stay valid. After 429, the token is still valid.</remarks>
    /// <response code="200">Revoked.</response>
    internal static async Task<IResult> LogOutAsync(HttpContext http, RevokedTokens revoked, RateLimits rateLimits)
    {
        var caller = http.Caller();
        if (!rateLimits.Logouts.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return ApiProblem.TooFast("This address logs out too often. The token is still valid.", wait);
        if (!rateLimits.RevokedTokens.TryTake(http.Connection.RemoteIpAddress, out wait))
            return ApiProblem.TooFast("This address has used up its share of revoked tokens. The token is still valid.", wait);
        await revoked.RevokeAsync(caller.TokenId, caller.ExpiresAt, http.RequestAborted);
        return Reply.Ok(new SuccessReply(true), ApiJson.Documents.SuccessReply);
    }

    /// <summary>Verify a user</summary>
    /// <remarks>
    /// Pass the text to your app as <c>authToken</c>. It logs in that user only, within 10 minutes. From then on the user can't
    /// log in without one.
    /// </remarks>
    /// <response code="200">The authToken, at most 100 characters.</response>
    internal static async Task<IResult> MintAuthTokenAsync(HttpContext http, AuthTokens authTokens, UserStore users)
    {
        var request = await JsonBody.ReadAsync(http, ApiJson.Documents.AuthTokenRequest);
        if (LoginRules.ProblemOfUserId(request.UserId) is { } problem)
            return ApiProblem.Invalid(problem);

        // Stored first, so that from now on no unverified login can use this id.
        await users.SignInAsync(request.UserId!, displayName: null, isGuest: false, vouched: true, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(authTokens.Mint(request.UserId!), "text/plain");
    }

    /// <summary>Settings of a chat that is not here</summary>
    /// <remarks>Published clients ask for them while they log in.</remarks>
    /// <response code="200">No chat.</response>
    internal static IResult DescribeChat() =>
        Reply.Ok(new ChatSettingsDocument(new(Enabled: false, IsIncludeDeleted: false)), ApiJson.Documents.ChatSettingsDocument);

    private static ApiProblem? RefuseClient(HttpContext http, ClientKey clientKey, RateLimits rateLimits)
    {
        if (!rateLimits.Logins.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return ApiProblem.TooFast("This address logs in too often.", wait);
        return clientKey.Matches(http.Request.Headers["x-api-key"].ToString())
            ? null
            : ApiProblem.NotSignedIn("The client key is missing or wrong. Send this installation's key as X-API-Key.");
    }

    private static IResult LoggedIn(User user, AccessToken token, string userType) =>
        Reply.Ok(new LoginReply(token.Text, [UserDocuments.Of(user)], [], token.IssuedAt, token.ExpiresAt, userType), ApiJson.Documents.LoginReply);
}

/// <summary>What a login may say. Pure: the first problem, or null.</summary>
internal static class LoginRules
{
    public const int LongestKind = 100;
    public const int LongestModel = 300;
    public const int LongestSdkVersion = 30;

    public static string? ProblemOf(LoginRequest login) =>
        ProblemOfUserId(login.UserId) ?? UserRules.ProblemOfDisplayName("displayName", login.DisplayName) ?? ProblemOfDevice(login.DeviceId, login.DeviceInfo);

    public static string? ProblemOf(VisitorRequest visitor) => ProblemOfDevice(visitor.DeviceId, visitor.DeviceInfo);

    /// <summary>The rules for the id of a login or verification.</summary>
    public static string? ProblemOfUserId(string? userId) => UserRules.ProblemOfUserId("userId", userId);

    private static string? ProblemOfDevice(string? deviceId, DeviceDescription? device)
    {
        if (deviceId is null)
            return "deviceId is missing. It identifies this client instance, 1 to 150 characters.";
        if (PresenceIds.ProblemOfSessionId(deviceId) is { } problem)
            return problem.Replace("sessionId", "deviceId", StringComparison.Ordinal);
        return TooLong("deviceInfo.kind", device?.Kind, LongestKind)
            ?? TooLong("deviceInfo.model", device?.Model, LongestModel)
            ?? TooLong("deviceInfo.sdkVersion", device?.SdkVersion, LongestSdkVersion);
    }

    private static string? TooLong(string field, string? text, int longest) =>
        text?.Length > longest ? $"{field} can have at most {longest} characters, not {text.Length}." : null;
}

/// <summary>A user who logs in.</summary>
/// <param name="UserId">The user; made if unknown. Does not begin with <c>ADMIN_</c>, <c>DELETED_</c> or <c>~guest-</c>.</param>
/// <param name="DisplayName">The user's new name. If absent, the name stays.</param>
/// <param name="AuthToken">The proof from your backend. See <c>POST /api/v4/authentication/token</c>.</param>
/// <param name="DeviceId">This client instance. It is the session of heartbeats without a <c>sessionId</c>.</param>
/// <param name="DeviceInfo">A description of the device.</param>
/// <example>{"userId":"anna","deviceId":"laptop","displayName":"Anna"}</example>
internal sealed record LoginRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    [property: MaxLength(UserRules.LongestDisplayName)] string? DisplayName,
    [property: MaxLength(Authentication.AuthTokens.LongestToken)] string? AuthToken,
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? DeviceId,
    DeviceDescription? DeviceInfo);

/// <summary>A guest who logs in.</summary>
/// <param name="DeviceId">This client instance. The same device is the same guest.</param>
/// <param name="DeviceInfo">A description of the device.</param>
/// <example>{"deviceId":"kiosk-7"}</example>
internal sealed record VisitorRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestSessionId)] string? DeviceId,
    DeviceDescription? DeviceInfo);

/// <summary>A successful login.</summary>
/// <param name="AccessToken">Send it with all requests as <c>Authorization: Bearer</c>. Log in again at 80 % of its lifetime.</param>
/// <param name="Users">The user's profile.</param>
/// <param name="Files">Always empty.</param>
/// <param name="IssuedAt">Start of the token's validity.</param>
/// <param name="ExpiresAt">End of its validity.</param>
/// <param name="UserType">Whether it is a user or a guest.</param>
/// <example>
/// {"accessToken":"eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjp7fX0.c2lnbmF0dXJl","users":[{"_id":"anna","path":"anna","userId":"anna","userInternalId":"anna",
/// "userPublicId":"anna","displayName":"Anna","description":"","avatarFileId":null,"avatarCustomUrl":null,"roles":[],"permissions":[],"flagCount":0,
/// "hashFlag":null,"metadata":{},"tags":[],"isBrand":false,"isGlobalBan":false,"isDeleted":false,"createdAt":"2026-11-21T20:00:00.000Z",
/// "updatedAt":"2026-11-21T20:00:00.000Z"}],"files":[],"issuedAt":"2026-11-21T22:37:41.000Z","expiresAt":"2026-12-21T22:37:41.000Z",
/// "userType":"signed-in"}
/// </example>
internal sealed record LoginReply(
    string AccessToken,
    IReadOnlyList<UserDocument> Users,
    IReadOnlyList<string> Files,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    [property: AllowedValues(LoginReply.SignedIn, LoginReply.Visitor)] string UserType)
{
    public const string SignedIn = "signed-in";
    public const string Visitor = "visitor";
}

/// <summary>The caller's access token.</summary>
/// <param name="UserId">Its user.</param>
/// <param name="DeviceId">The session of heartbeats without a <c>sessionId</c>.</param>
/// <param name="UserType">Whether it is a user or a guest.</param>
/// <param name="IssuedAt">Start of its validity.</param>
/// <param name="ExpiresAt">End of its validity.</param>
/// <example>{"userId":"anna","deviceId":"laptop","userType":"signed-in","issuedAt":"2026-11-21T22:37:41.000Z","expiresAt":"2026-12-21T22:37:41.000Z"}</example>
internal sealed record SessionDocument(
    string UserId,
    string DeviceId,
    [property: AllowedValues(LoginReply.SignedIn, LoginReply.Visitor)] string UserType,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt);

/// <summary>The client's device. Checked for size, not stored.</summary>
/// <param name="Kind">Such as web, ios or android.</param>
/// <param name="Model">The device or browser.</param>
/// <param name="SdkVersion">The version of the client's library.</param>
internal sealed record DeviceDescription(
    [property: MaxLength(LoginRules.LongestKind)] string? Kind,
    [property: MaxLength(LoginRules.LongestModel)] string? Model,
    [property: MaxLength(LoginRules.LongestSdkVersion)] string? SdkVersion);

/// <summary>A user that your backend verifies.</summary>
/// <param name="UserId">The user.</param>
/// <example>{"userId":"anna"}</example>
internal sealed record AuthTokenRequest([property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId) : AdministrationRequest;
