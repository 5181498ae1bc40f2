namespace Presence.Dashboard.Api.Contracts;

internal sealed record LoginReply(
    string AccessToken,
    IReadOnlyList<UserDocument> Users,
    IReadOnlyList<string> Files,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    string UserType)
{
    public const string SignedIn = "signed-in";
    public const string Visitor = "visitor";
}
