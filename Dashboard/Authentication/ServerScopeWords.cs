namespace Presence.Dashboard.Authentication;

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
    ];

    /// <summary>Every word there is, in the order they are listed everywhere.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Words.Select(pair => pair.Word)];

    public static string[] Of(ServerScopes scopes) => [.. Words.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Word)];

    /// <summary>Reads words; false when one of them is none of ours.</summary>
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
