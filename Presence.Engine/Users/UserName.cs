namespace Presence.Engine.Users;

/// <summary>What a user is called in lists: the display name as it is shown, or the id where nothing of it shows.</summary>
/// <remarks><b>Bound.</b> One a present user, of those in a room that was searched or put in order by name.</remarks>
internal sealed class UserName(UserProfile? profile, string userId) : ListedName(VisibleText.NameOf(profile?.DisplayName) ?? userId)
{
    /// <summary>How the user is shown beyond its name; null when nothing is known.</summary>
    public UserProfile? Profile { get; } = profile;
}
