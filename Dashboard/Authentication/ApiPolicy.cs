using Presence.Engine;

namespace Presence.Dashboard.Authentication;

/// <summary>Who may call a route. Every route under /api and /health declares exactly one.</summary>
internal sealed class ApiPolicy
{
    /// <summary>Anyone; credentials are not looked at.</summary>
    public static readonly ApiPolicy Anonymous = new(nameof(Anonymous), viewers: true, server: true, ServerScopes.None);

    /// <summary>A user or guest with an access token, as itself.</summary>
    public static readonly ApiPolicy Viewer = new(nameof(Viewer), viewers: true, server: false, ServerScopes.None);

    /// <summary>A viewer, or the customer's backend with a key that may read.</summary>
    public static readonly ApiPolicy ViewerOrServer = new(nameof(ViewerOrServer), viewers: true, server: true, ServerScopes.Read);

    /// <summary>The customer's backend alone, with a key of every scope: a route that names none is not opened by accident.</summary>
    public static readonly ApiPolicy Server = new(nameof(Server), viewers: false, server: true, ServerScopes.None);

    private ApiPolicy(string name, bool viewers, bool server, ServerScopes anyOf) => (Name, AllowsViewers, AllowsServers, AnyOf) = (name, viewers, server, anyOf);

    public string Name { get; }

    public bool AllowsViewers { get; }

    public bool AllowsServers { get; }

    /// <summary>The scopes of which a server key must have one; none means that it must have them all.</summary>
    public ServerScopes AnyOf { get; }

    /// <summary>The scopes a server key must have, in words; null where it needs none or may not call.</summary>
    public string? ScopeRule => AllowsServers && this != Anonymous ? Describe(AnyOf) : null;

    /// <summary>The same for server keys with one of these scopes.</summary>
    public ApiPolicy With(ServerScopes anyOf) => new(Name, AllowsViewers, AllowsServers, anyOf);

    /// <summary>Why a caller may not; null when it may.</summary>
    public string? ProblemOf(ClientPrincipal caller)
    {
        if (!caller.IsServer)
            return AllowsViewers ? null : "This route requires a server key, not an access token.";
        if (!AllowsServers)
            return "This route acts for the viewer of an access token. With a server key, name users in POST /api/v1/presence/heartbeats.";
        return IsWithin(caller.Scopes) ? null : $"This server key lacks the required scope: {Describe(AnyOf)}.";
    }

    public override string ToString() => AllowsServers && AnyOf != ServerScopes.None ? $"{Name}({Describe(AnyOf)})" : Name;

    private static string Describe(ServerScopes anyOf) => anyOf == ServerScopes.None ? "every one" : string.Join(" or ", ServerScopeWords.Of(anyOf));

    private bool IsWithin(ServerScopes held) => AnyOf == ServerScopes.None ? held == ServerScopes.All : (held & AnyOf) != ServerScopes.None;
}

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
