using System.Collections.Concurrent;

namespace Presence.Dashboard.Authentication;

/// <summary>Tokens whose signature was checked, by their whole text, so that a heartbeat checks none.</summary>
/// <remarks>
/// Bounded without a list of uses: two generations, of which a full one pushes the older out; a hit in the older moves
/// to the younger. As many tokens as fit one generation stay for ever while they are used. Never keyed by the
/// signature alone, which one could put behind another payload.
/// </remarks>
internal sealed class AccessTokenCache(int generationCap = AccessTokenCache.DefaultGenerationCap)
{
    public const int DefaultGenerationCap = 200_000;

    private readonly Lock _turning = new();
    private Generation _current = new();
    private Generation _previous = new();

    /// <summary>How many are held, both generations together.</summary>
    public int Count => _current.Count + _previous.Count;

    /// <summary>Finds a token in the header it came in, without copying it.</summary>
    public ClientPrincipal? Find(ReadOnlySpan<char> token)
    {
        if (_current.Find(token, out _) is { } principal)
            return principal;
        return _previous.Find(token, out var text) is { } older ? Add(text!, older) : null;
    }

    /// <summary>Keeps a principal; the one kept already wins, for it carries the token's pace, unless its key is gone.</summary>
    public ClientPrincipal Add(string token, ClientPrincipal principal)
    {
        if (_current.Count >= generationCap)
            Turn();
        return _current.GetOrAdd(token, principal);
    }

    /// <summary>Forgets tokens that were not used since this was last called. Whoever comes back with one costs one more check of its signature.</summary>
    public void ForgetOlder()
    {
        lock (_turning)
        {
            _previous = _current;
            _current = new Generation();
        }
    }

    private void Turn()
    {
        lock (_turning)
        {
            if (_current.Count < generationCap)
                return;
            _previous = _current;
            _current = new Generation();
        }
    }

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<string, ClientPrincipal> _principals = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, ClientPrincipal>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
        private int _count;

        public Generation() => _bySpan = _principals.GetAlternateLookup<ReadOnlySpan<char>>();

        // The dictionary's own Count takes all its locks.
        public int Count => Volatile.Read(ref _count);

        public ClientPrincipal? Find(ReadOnlySpan<char> token, out string? text) => _bySpan.TryGetValue(token, out text, out var principal) ? principal : null;

        public ClientPrincipal GetOrAdd(string token, ClientPrincipal principal)
        {
            if (_principals.TryAdd(token, principal))
            {
                Interlocked.Increment(ref _count);
                return principal;
            }
            var kept = _principals[token]; // nothing is ever removed from a generation
            return kept.IsKeyWithdrawn && _principals.TryUpdate(token, principal, kept) ? principal : kept;
        }
    }
}
