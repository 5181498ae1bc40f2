namespace Presence.Engine.Users;

/// <summary>How many users are online in the network, those who opted out included.</summary>
/// <param name="Users">Users.</param>
/// <param name="At">The moment the count is true of: the last sweep.</param>
public readonly record struct OnlineCount(int Users, DateTimeOffset At);
