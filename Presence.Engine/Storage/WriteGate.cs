namespace Presence.Engine.Storage;

/// <summary>
/// One writer at a time: every write transaction and every checkpoint of the database file holds this gate.
/// </summary>
/// <remarks>
/// SQLite 3.50 can lose committed pages when two connections write or checkpoint at the same moment while the
/// write-ahead log starts over. Inside one process, which the lock on the data folder guarantees, a gate rules that out.
/// <para><b>Threads.</b> Any. A holder (a connection) may enter again while it is inside; a connection is never used by two
/// threads at once, so counting its entries needs no lock.</para>
/// <para><b>Guarantee.</b> Waits end after <see cref="LongestWait"/>: code that writes through a second connection while its
/// first one holds the gate gets an error instead of hanging for ever.</para>
/// </remarks>
public sealed class WriteGate : IDisposable
{
    /// <summary>
    /// The longest wait for the gate; far over any write here, all of which are cut into batches. Together with the wait for a
    /// store's turn and for other programs it stays under the 5 s within which trouble with the disk is answered.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly TimeSpan _longestWait;
    private volatile object? _holder;
    private int _entries;

    public WriteGate()
        : this(LongestWait)
    {
    }

    internal WriteGate(TimeSpan longestWait) => _longestWait = longestWait;

    /// <summary>Whether somebody is inside.</summary>
    public bool IsHeld => _holder is not null;

    /// <summary>Waits until nobody else writes.</summary>
    /// <param name="holder">Who enters: the connection that is about to write.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing is held then.</param>
    /// <returns>Dispose it to leave.</returns>
    /// <exception cref="StorageBusyException">Others held the gate for <see cref="LongestWait"/>. Nothing is held.</exception>
    public async ValueTask<WriteLease> EnterAsync(object holder, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(_holder, holder))
            return EnterAgain();
        if (!await _entrance.WaitAsync(_longestWait, cancellationToken))
            throw Waited();
        return Take(holder);
    }

    /// <inheritdoc cref="EnterAsync"/>
    /// <remarks>Blocks the thread; for the synchronous half of EF Core's interceptors only.</remarks>
    public WriteLease Enter(object holder)
    {
        if (ReferenceEquals(_holder, holder))
            return EnterAgain();
        if (!_entrance.Wait(_longestWait))
            throw Waited();
        return Take(holder);
    }

    /// <inheritdoc/>
    public void Dispose() => _entrance.Dispose();

    internal void Leave()
    {
        if (--_entries > 0)
            return;
        _holder = null;
        _entrance.Release();
    }

    private WriteLease Take(object holder)
    {
        _entries = 1;
        _holder = holder;
        return new WriteLease(this);
    }

    private WriteLease EnterAgain()
    {
        _entries++;
        return new WriteLease(this);
    }

    private StorageBusyException Waited() =>
        new($"The database's write gate was held by others for {_longestWait.TotalSeconds:0.#} s.");
}
