using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>What a server key may do. Few on purpose: a key is for one job of a backend, not for one route.</summary>
[Flags]
internal enum ServerScopes
{
    None = 0,

    /// <summary>Reads everything that is no secret: presence, rooms, users, removals, settings, health, metrics.</summary>
    Read = 1,

    /// <summary>Sends heartbeats for any user.</summary>
    Presence = 2,

    /// <summary>Keeps the catalogue of rooms and what they override.</summary>
    Rooms = 4,

    /// <summary>Vouches for users, changes their profiles, says who is in a channel.</summary>
    Users = 8,

    /// <summary>Removes users from rooms or the network, and lets them back in.</summary>
    Moderation = 16,

    /// <summary>Changes the network's presence settings.</summary>
    Settings = 32,

    /// <summary>Makes, lists and revokes server keys, never with a scope it lacks itself.</summary>
    Keys = 64,

    /// <summary>Reads the audit log: who did what.</summary>
    Audit = 128,

    /// <summary>Keeps webhook endpoints and reads what was sent to them.</summary>
    Webhooks = 256,

    All = Read | Presence | Rooms | Users | Moderation | Settings | Keys | Audit | Webhooks,
}

/// <summary>The words of the wire for <see cref="ServerScopes"/>.</summary>
internal static class ServerScopeWords
{
    private static readonly (string Word, ServerScopes Scope)[] Words =
    [
        ("read", ServerScopes.Read),
        ("presence", ServerScopes.Presence),
        ("rooms", ServerScopes.Rooms),
        ("users", ServerScopes.Users),
        ("moderation", ServerScopes.Moderation),
        ("settings", ServerScopes.Settings),
        ("keys", ServerScopes.Keys),
        ("audit", ServerScopes.Audit),
        ("webhooks", ServerScopes.Webhooks),
    ];

    /// <summary>Every word there is, in the order they are listed everywhere.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Words.Select(pair => pair.Word)];

    public static string[] Of(ServerScopes scopes) => [.. Words.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Word)];

    /// <summary>Parses scope names. False if one is unknown.</summary>
    public static bool TryRead(IEnumerable<string?> words, out ServerScopes scopes)
    {
        scopes = ServerScopes.None;
        foreach (var word in words)
        {
            var scope = Array.Find(Words, pair => pair.Word == word).Scope;
            if (scope == ServerScopes.None)
                return false;
            scopes |= scope;
        }
        return true;
    }
}

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
