namespace Presence.Engine.Users;

/// <summary>A page of the users online, and their count, of one moment.</summary>
/// <param name="Users">The users asked for.</param>
/// <param name="Matching">How many match, listed or not; without a search those who opted out are among them.</param>
/// <param name="Count">How many are online.</param>
public sealed record OnlineRoster(IReadOnlyList<OnlineUser> Users, int Matching, OnlineCount Count);
