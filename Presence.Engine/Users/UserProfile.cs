namespace Presence.Engine.Users;

/// <summary>How a user is shown.</summary>
/// <param name="DisplayName">Up to 100 characters; null shows the user id.</param>
/// <param name="AvatarUrl">A picture; null shows initials.</param>
public sealed record UserProfile(string? DisplayName, string? AvatarUrl);
