namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// Counts failed sign-ins per account and address: five in five minutes, then that address waits. Never locks an account,
/// which would let anyone keep its owner out.
/// </summary>
/// <remarks>Bounded by <see cref="LargestCount"/> pairs: past it the pair whose failures are oldest is forgotten.</remarks>
internal sealed class SignInThrottle(TimeProvider time)
{
    public const int AllowedFailures = 5;
    public const int LargestCount = 10_000;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Failures>> _byKey = [];
    private readonly LinkedList<Failures> _oldestFirst = [];

    /// <summary>How long this address must wait before it may try this account again; null when it may now.</summary>
    public TimeSpan? WaitBefore(string email, string address)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            ForgetExpiredNeedsLock(now);
            if (!_byKey.TryGetValue(Key.For(email, address), out var node) || node.Value.Count < AllowedFailures)
                return null;
            return Window - time.GetElapsedTime(node.Value.FirstAt, now);
        }
    }

    /// <summary>Records a failure. The window starts with the first one and does not move, so waiting always ends.</summary>
    public void RecordFailure(string email, string address)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            ForgetExpiredNeedsLock(now);
            var key = Key.For(email, address);
            if (_byKey.TryGetValue(key, out var known))
            {
                known.ValueRef.Count++;
                return;
            }

            if (_byKey.Count == LargestCount)
                ForgetOldestNeedsLock();
            _byKey.Add(key, _oldestFirst.AddLast(new Failures(key, now) { Count = 1 }));
        }
    }

    /// <summary>A success clears the pair.</summary>
    public void RecordSuccess(string email, string address)
    {
        lock (_lock)
        {
            if (_byKey.Remove(Key.For(email, address), out var node))
                _oldestFirst.Remove(node);
        }
    }

    private void ForgetExpiredNeedsLock(long now)
    {
        while (_oldestFirst.First is { } oldest && time.GetElapsedTime(oldest.Value.FirstAt, now) >= Window)
            ForgetOldestNeedsLock();
    }

    private void ForgetOldestNeedsLock()
    {
        _byKey.Remove(_oldestFirst.First!.Value.Key);
        _oldestFirst.RemoveFirst();
    }

    private readonly record struct Key(string Email, string Address)
    {
        public static Key For(string email, string address) => new(email.ToUpperInvariant(), address);
    }

    private record struct Failures(Key Key, long FirstAt)
    {
        public int Count { get; set; }
    }
}
