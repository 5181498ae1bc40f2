using System.Collections.Concurrent;

namespace Presence.Engine.Users;

/// <summary>Which users belong to which channel, as the app's backend last said.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.Channels"/> channels of <see cref="PresenceLimits.ChannelMembers"/> members.</remarks>
internal sealed class Channels(int capacity)
{
    private readonly ConcurrentDictionary<string, string[]> _members = new(PresenceComparers.ChannelId);
    private readonly Lock _lock = new();
    private int _count;

    /// <summary>The members; none for an unknown channel.</summary>
    public IReadOnlyList<string> MembersOf(string channelId) => _members.GetValueOrDefault(channelId, []);

    /// <summary>Replaces the members; with none the channel is forgotten. False when there are too many channels.</summary>
    public bool TrySet(string channelId, string[] members)
    {
        lock (_lock)
        {
            var isKnown = _members.ContainsKey(channelId);
            if (members.Length == 0)
            {
                if (_members.TryRemove(channelId, out _))
                    _count--;
                return true;
            }
            if (!isKnown && _count == capacity)
                return false;
            _count += isKnown ? 0 : 1;
            _members[channelId] = members;
            return true;
        }
    }
}
