using System.Collections.Concurrent;

namespace Presence.Engine.Users;

/// <summary>How a user is shown.</summary>
/// <param name="DisplayName">Up to 100 characters; null shows the user id.</param>
/// <param name="AvatarUrl">A picture; null shows initials.</param>
public sealed record UserProfile(string? DisplayName, string? AvatarUrl)
{
    /// <summary>Nothing is known of the user.</summary>
    public static readonly UserProfile None = new(null, null);

    /// <summary>When it was set: the latest change wins. The default if unknown, which is older than everything else.</summary>
    public DateTimeOffset SaidAt { get; init; }

    /// <summary>Whether this stands instead of what was said at another instant. Of what bears no instant the last to come stands.</summary>
    internal bool StandsOver(DateTimeOffset saidAt) => SaidAt > saidAt || (SaidAt == default && saidAt == default);

    /// <summary>Puts what a token says of its user over what is known: it stands if it is later, and what it leaves out stays.</summary>
    internal static UserProfile? Over(UserProfile? said, UserProfile? known) =>
        said is null || known is null ? said ?? known
        : !said.StandsOver(known.SaidAt) ? known
        : new UserProfile(said.DisplayName ?? known.DisplayName, said.AvatarUrl ?? known.AvatarUrl) { SaidAt = said.SaidAt };
}

/// <summary>Profiles of users who signed in or were looked up recently, present or not, so that a joining viewer is shown at once.</summary>
/// <remarks>
/// <para><b>Bound.</b> Two generations of <paramref name="capacity"/>, of which one that is full or ten minutes old pushes the
/// older out: a crowd that has left leaves nothing behind. A dropped user is looked up again with the next join.</para>
/// <para><b>Threads.</b> Any. Reading takes no lock.</para>
/// </remarks>
internal sealed class KnownProfiles(int capacity = KnownProfiles.DefaultCapacity)
{
    public const int DefaultCapacity = 100_000;

    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(10);

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<string, UserProfile> _recent = new(PresenceComparers.UserId);
    private volatile ConcurrentDictionary<string, UserProfile> _before = new(PresenceComparers.UserId);
    private int _count; // the dictionary's own count takes all its locks
    private long _turnedAt;

    /// <summary>What is known of a user; null when it has to be looked up.</summary>
    public UserProfile? Find(string userId) => _recent.TryGetValue(userId, out var profile) ? profile : _before.GetValueOrDefault(userId);

    /// <summary>Notes what the store says; false, and nothing changed, when something said later is known.</summary>
    public bool TrySet(string userId, UserProfile profile)
    {
        if (Find(userId) is { } known && known.SaidAt > profile.SaidAt)
            return false;
        if (Volatile.Read(ref _count) >= capacity)
            Turn(atLeast: capacity);
        var recent = _recent;
        while (!recent.TryAdd(userId, profile))
        {
            var kept = recent[userId]; // nothing is removed from a generation
            if (kept.SaidAt > profile.SaidAt)
                return false;
            if (recent.TryUpdate(userId, profile, kept))
                return true;
        }
        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Lets time pass; called by one thread, at a moment of presence time.</summary>
    public void Age(long now)
    {
        if (now - _turnedAt < Generation.Ticks)
            return;
        _turnedAt = now;
        Turn(atLeast: 0);
    }

    private void Turn(int atLeast)
    {
        lock (_turning)
        {
            if (_count < atLeast)
                return;
            _before = _recent;
            _recent = new(PresenceComparers.UserId);
            _count = 0;
        }
    }
}
