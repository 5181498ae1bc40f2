namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Failures by who or what failed. The window starts with the first and does not move, so that waiting always ends.</summary>
/// <remarks><b>Threads.</b> Whoever calls holds a lock.</remarks>
internal sealed class FailureCounts<TKey>(TimeProvider time, TimeSpan window, int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, FailureCount Count)>> _byKey = [];
    private readonly LinkedList<(TKey Key, FailureCount Count)> _oldestFirst = [];

    public FailureCount? Find(TKey key)
    {
        ForgetExpired();
        return _byKey.TryGetValue(key, out var node) ? node.Value.Count : null;
    }

    /// <summary>Counts one more that is not known to be right or wrong.</summary>
    public FailureCount Begin(TKey key)
    {
        var count = Find(key);
        if (count is null)
        {
            if (_byKey.Count == most)
                ForgetOldest();
            count = new FailureCount { BeganAt = time.GetTimestamp() };
            _byKey.Add(key, _oldestFirst.AddLast((key, count)));
        }
        count.Pending++;
        return count;
    }

    /// <summary>How long its window still lasts.</summary>
    public TimeSpan Rest(FailureCount count) => window - time.GetElapsedTime(count.BeganAt);

    private void ForgetExpired()
    {
        while (_oldestFirst.First is { } oldest && time.GetElapsedTime(oldest.Value.Count.BeganAt) >= window)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        _byKey.Remove(_oldestFirst.First!.Value.Key);
        _oldestFirst.RemoveFirst();
    }
}
