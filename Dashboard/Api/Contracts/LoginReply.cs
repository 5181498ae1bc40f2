using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A login that went well.</summary>
/// <param name="AccessToken">Sent with everything else as <c>Authorization: Bearer</c>. Log in again at 80 % of its life.</param>
/// <param name="Users">The user's profile.</param>
/// <param name="Files">Always empty.</param>
/// <param name="IssuedAt">From when on the token is valid.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="UserType">Whether it is a user or a guest.</param>
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
