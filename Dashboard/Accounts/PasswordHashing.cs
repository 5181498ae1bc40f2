namespace Presence.Dashboard.Accounts;

/// <summary>
/// Runs the hashing of passwords on threads of its own, and leaves one core to everything else: a hash takes a tenth of a
/// second on purpose, and without a bound any number of strangers could have the server do nothing else.
/// </summary>
/// <remarks>Bounded: <see cref="MostAtOnce"/> at a time, <see cref="MostWaiting"/> behind them; the next is refused.</remarks>
internal sealed class PasswordHashing : IDisposable
{
    public const int MostWaiting = 16;

    private readonly SemaphoreSlim _turns;
    private int _inside;
    private int _forms;

    public PasswordHashing()
        : this(Environment.ProcessorCount)
    {
    }

    internal PasswordHashing(int cores)
    {
        MostAtOnce = Math.Max(1, cores - 1);
        _turns = new SemaphoreSlim(MostAtOnce, MostAtOnce);
    }

    public int MostAtOnce { get; }

    /// <summary>A hash of an unknown password, for accounts that don't exist. Created on first use.</summary>
    public string? OfNobody { get; set; }

    /// <summary>Whether one more would be refused.</summary>
    public bool IsFull => Volatile.Read(ref _inside) >= Most || Volatile.Read(ref _forms) >= Most;

    private int Most => MostAtOnce + MostWaiting;

    /// <summary>Takes a place for a form that will have a password hashed, before any work is done for it: as many have one as may wait and run.</summary>
    /// <returns>Left when it is answered, or waits for something else; null when none is free.</returns>
    public FormPlace? TryAdmit()
    {
        var place = new FormPlace(() => Interlocked.Decrement(ref _forms));
        if (Interlocked.Increment(ref _forms) <= Most && Volatile.Read(ref _inside) < Most)
            return place;
        place.Dispose();
        return null;
    }

    /// <summary>Waits for its turn and runs.</summary>
    /// <exception cref="HashingBusyException">As many wait as may. Nothing ran.</exception>
    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > Most)
                throw new HashingBusyException();
            await _turns.WaitAsync(cancellationToken);
            try
            {
                // Not on the thread pool: heartbeats need its few threads, and a hash occupies one for long.
                return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _turns.Dispose();
}

/// <summary>A form's place among those in work.</summary>
/// <param name="leave">Makes room for another; called once.</param>
internal sealed class FormPlace(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

/// <summary>As many passwords wait to be hashed as may. This one was not looked at; in a moment it may be.</summary>
internal sealed class HashingBusyException() : Exception("Too many passwords are being checked.")
{
    /// <summary>About how long those who wait take.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
}

/// <summary>Marks a page or form whose post has a password hashed: who posts too many is refused before anything is done for it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HashesPasswordsAttribute : Attribute;
