namespace Presence.Engine.Users;

/// <summary>What a user is called in lists: the display name as it is shown, or the id where nothing of it shows.</summary>
/// <remarks><b>Bound.</b> One a present user, of those in a room that was searched or put in order by name.</remarks>
internal sealed class UserName(UserProfile? profile, string userId) : ListedName(VisibleText.NameOf(profile?.DisplayName) ?? userId)
{
    private readonly string _userId = userId;
    private volatile bool _isReplaced;

    /// <summary>How the user is shown beyond its name; null when nothing is known.</summary>
    public UserProfile? Profile { get; } = profile;

    private string FoldedId => field ??= ReferenceEquals(Text, _userId) ? Folded : Letters.Fold(_userId);

    /// <summary>Whether this is what a user is called now: it is the user's, and no other was put in its place.</summary>
    public bool Holds(string userId) => !_isReplaced && PresenceComparers.UserId.Equals(_userId, userId);

    /// <summary>Says that the user is called otherwise from now on, or has gone.</summary>
    public void Replace() => _isReplaced = true;

    /// <summary>Whether name or id contain what <see cref="Letters.Fold"/> made of a search.</summary>
    public bool Contains(string foldedSearch) =>
        Folded.Contains(foldedSearch, StringComparison.Ordinal) || FoldedId.Contains(foldedSearch, StringComparison.Ordinal);
}
