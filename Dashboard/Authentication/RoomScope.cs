using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>The rooms a token is for: exact names, and beginnings of names.</summary>
internal sealed class RoomScope
{
    private readonly HashSet<string> _names;
    private readonly string[] _prefixes;

    /// <param name="rooms">Names; one that ends in <c>*</c> stands for every room that begins with what comes before.</param>
    public RoomScope(IEnumerable<string> rooms)
    {
        var all = rooms.ToArray();
        _names = all.Where(room => !room.EndsWith('*')).ToHashSet(PresenceComparers.RoomId);
        _prefixes = [.. all.Where(room => room.EndsWith('*')).Select(room => room[..^1])];
    }

    public bool Allows(string roomId) => _names.Contains(roomId) || Array.Exists(_prefixes, prefix => roomId.StartsWith(prefix, StringComparison.Ordinal));
}
