namespace Presence.Dashboard.Api.Contracts;

internal sealed record UsersReply(IReadOnlyList<UserDocument> Users, IReadOnlyList<string> Files);
