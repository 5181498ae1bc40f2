namespace Presence.Dashboard.Api.Contracts;

/// <summary>Profiles of users.</summary>
/// <param name="Users">The users that are known, in the order asked for.</param>
/// <param name="Files">Always empty.</param>
internal sealed record UsersReply(IReadOnlyList<UserDocument> Users, IReadOnlyList<string> Files);
