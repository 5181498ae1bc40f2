using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A login that went well.</summary>
/// <param name="AccessToken">Sent with everything else as <c>Authorization: Bearer</c>. Log in again at 80 % of its life.</param>
/// <param name="Users">The user's profile.</param>
/// <param name="Files">Always empty.</param>
/// <param name="IssuedAt">From when on the token is valid.</param>
/// <param name="ExpiresAt">Until when.</param>
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
