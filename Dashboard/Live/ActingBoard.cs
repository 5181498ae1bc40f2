namespace Presence.Dashboard.Live;

/// <summary>Who is about to act on whom, so that two moderators see each other. In memory; an entry ends with its dialog, and so with the circuit.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> entries; one more is not announced. <b>Threads.</b> Any.</remarks>
internal sealed class ActingBoard
{
    public const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly List<Acting> _acting = [];

    /// <summary>Announces a moderator until the result is disposed.</summary>
    /// <param name="userId">The viewer.</param>
    /// <param name="moderator">The moderator's email.</param>
    /// <param name="changed">Told on any thread when others come or go.</param>
    public Acting Enter(string userId, string moderator, Action changed)
    {
        var acting = new Acting(this, userId, moderator, changed);
        lock (_lock)
        {
            if (_acting.Count < Most)
                _acting.Add(acting);
        }
        TellOthers(acting);
        return acting;
    }

    private void TellOthers(Acting acting)
    {
        foreach (var other in SameViewer(acting))
            other.Changed();
    }

    private Acting[] SameViewer(Acting acting)
    {
        lock (_lock)
            return [.. _acting.Where(other => other != acting && string.Equals(other.UserId, acting.UserId, StringComparison.Ordinal))];
    }

    /// <summary>One open question about a viewer.</summary>
    internal sealed class Acting(ActingBoard board, string userId, string moderator, Action changed) : IDisposable
    {
        public string UserId => userId;

        public Action Changed => changed;

        /// <summary>Other moderators who are about to act on the same viewer.</summary>
        public IReadOnlyList<string> Others =>
            [.. board.SameViewer(this).Select(other => other.Moderator).Where(name => !string.Equals(name, moderator, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

        private string Moderator => moderator;

        public void Dispose()
        {
            lock (board._lock)
                board._acting.Remove(this);
            board.TellOthers(this);
        }
    }
}
