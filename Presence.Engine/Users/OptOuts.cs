namespace Presence.Engine.Users;

/// <summary>Users who asked not to be listed as online (rule 18). Kept whether or not they are online.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.OptOuts"/>.</remarks>
internal sealed class OptOuts(int capacity)
{
    private readonly BoundedMap<string> _users = new(capacity, PresenceComparers.UserId);

    public int Count => _users.Count;

    public bool Contains(string userId) => _users[userId] is not null;

    /// <summary>Opts a user out or in again; false when the cap is reached.</summary>
    public bool TrySet(string userId, bool isOut) => _users.TrySet(userId, isOut ? userId : null);
}
