namespace Presence.Dashboard.Authentication;

/// <summary>What a new server key may be. Pure: the first problem, or null.</summary>
internal static class ServerKeyRules
{
    public const int LongestName = 100;

    public static string? ProblemOf(string? name, IReadOnlyList<string?>? scopes, DateTimeOffset? expiresAt, DateTimeOffset now, out ServerScopes read)
    {
        read = ServerScopes.None;
        if (name is not { Length: > 0 and <= LongestName } || name.Any(char.IsControl) || string.IsNullOrWhiteSpace(name))
            return $"name must have 1 to {LongestName} characters and no control characters; it says what the key is for.";
        if (scopes is not { Count: > 0 } || !ServerScopeWords.TryRead(scopes, out read))
            return $"scopes must be a list of one or more of {string.Join(", ", ServerScopeWords.All)}.";
        return expiresAt <= now ? "expiresAt must be in the future; leave it out for a key that does not expire." : null;
    }

    /// <summary>Why somebody may not give a key these scopes: nobody hands on more than it has.</summary>
    public static string? ProblemOfGrant(ServerScopes scopes, ClientPrincipal by) => (scopes & ~by.Scopes) is var beyond && beyond == ServerScopes.None
        ? null
        : $"This server key lacks what it would give: {string.Join(", ", ServerScopeWords.Of(beyond))}.";
}
