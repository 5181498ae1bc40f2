namespace Presence.Dashboard.Api.Contracts;

/// <summary>Profiles of users.</summary>
/// <param name="Users">The users that are known, in the order asked for.</param>
/// <param name="Files">Always empty.</param>
/// <example>
/// {"users":[{"_id":"anna","path":"anna","userId":"anna","userInternalId":"anna","userPublicId":"anna","displayName":"Anna","description":"",
/// "avatarFileId":null,"avatarCustomUrl":null,"roles":[],"permissions":[],"flagCount":0,"hashFlag":null,"metadata":{},"tags":[],"isBrand":false,
/// "isGlobalBan":false,"isDeleted":false,"createdAt":"2026-11-21T20:00:00.000Z","updatedAt":"2026-11-21T20:00:00.000Z"}],"files":[]}
/// </example>
internal sealed record UsersReply(IReadOnlyList<UserDocument> Users, IReadOnlyList<string> Files);
