namespace Presence.Engine.Users;

/// <summary>How a user is shown.</summary>
/// <param name="DisplayName">Up to 100 characters; null shows the user id.</param>
/// <param name="AvatarUrl">A picture; null shows initials.</param>
public sealed record UserProfile(string? DisplayName, string? AvatarUrl)
{
    /// <summary>Nothing is known of the user.</summary>
    public static readonly UserProfile None = new(null, null);

    /// <summary>When it was said, since what was said last stands; the default where nobody knows, which stands behind everything else.</summary>
    public DateTimeOffset SaidAt { get; init; }

    /// <summary>Whether this stands instead of what was said at another instant. Of what bears no instant the last to come stands.</summary>
    internal bool StandsOver(DateTimeOffset saidAt) => SaidAt > saidAt || (SaidAt == default && saidAt == default);

    /// <summary>Puts what a token says of its user over what is known: it stands if it is later, and what it leaves out stays.</summary>
    internal static UserProfile? Over(UserProfile? said, UserProfile? known) =>
        said is null || known is null ? said ?? known
        : !said.StandsOver(known.SaidAt) ? known
        : new UserProfile(said.DisplayName ?? known.DisplayName, said.AvatarUrl ?? known.AvatarUrl) { SaidAt = said.SaidAt };
}
