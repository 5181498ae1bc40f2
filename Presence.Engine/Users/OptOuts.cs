using System.Collections.Concurrent;

namespace Presence.Engine.Users;

/// <summary>Users who asked not to be listed as online (rule 18). Kept whether or not they are online.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.OptOuts"/>.</remarks>
internal sealed class OptOuts(int capacity)
{
    private readonly ConcurrentDictionary<string, byte> _users = new(PresenceComparers.UserId);
    private int _count;

    public bool Contains(string userId) => _users.ContainsKey(userId);

    /// <summary>Opts a user out or in again; false when the cap is reached.</summary>
    public bool TrySet(string userId, bool isOut)
    {
        if (!isOut)
        {
            if (_users.TryRemove(userId, out _))
                Interlocked.Decrement(ref _count);
            return true;
        }
        if (_users.ContainsKey(userId))
            return true;
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        if (!_users.TryAdd(userId, 0))
            Interlocked.Decrement(ref _count);
        return true;
    }
}
