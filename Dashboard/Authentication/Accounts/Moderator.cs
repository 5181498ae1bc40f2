namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>An account as Admins see it.</summary>
/// <param name="Id">Names it for good; an email may change.</param>
/// <param name="Email">What it signs in with.</param>
/// <param name="Role">Its highest role; null for an account that has none and may see nothing.</param>
/// <param name="IsDisabled">Whether it may sign in.</param>
/// <param name="LastSeenAt">When a page was last open in its name; null for never.</param>
public sealed record Moderator(string Id, string Email, ModeratorRole? Role, bool IsDisabled, DateTimeOffset? LastSeenAt);
