using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;

namespace Presence.Engine.Storage;

/// <summary>The queue of those who write to the database file: one at a time, first come, first served.</summary>
/// <remarks>
/// SQLite admits one writer. Another writer would sleep on a pool thread and be overtaken. Here
/// writers wait without a thread and in order. Reads do not enter.
/// <para><b>Threads.</b> Any. A holder may enter again while it is inside; it is never used by two threads at once, so
/// counting its entries needs no lock.</para>
/// <para><b>Guarantee.</b> Waits end after <see cref="LongestWait"/>: code that writes through a second context while its
/// first one holds the gate gets an error instead of hanging for ever.</para>
/// </remarks>
/// <param name="longestWait">How long to wait for the gate; <see cref="LongestWait"/> when null.</param>
public sealed class WriteGate(TimeSpan? longestWait = null) : IDisposable
{
    /// <summary>
    /// The longest wait for the gate; far over any write here, all of which are cut into batches. Together with the wait for a
    /// store's turn and for other programs it stays under the 5 s within which trouble with the disk is answered.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly TimeSpan _longestWait = longestWait ?? LongestWait;
    private volatile object? _holder;
    private int _entries;

    /// <summary>Whether the gate is held.</summary>
    public bool IsHeld => _holder is not null;

    /// <summary>Called when a holder leaves, before the next one enters.</summary>
    internal Action? Leaving { get; set; }

    /// <summary>Waits until no one else writes.</summary>
    /// <param name="holder">Who enters: the context or the connection that is about to write.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing is held then.</param>
    /// <returns>Dispose it to leave.</returns>
    /// <exception cref="StorageBusyException">Others held the gate for <see cref="LongestWait"/>. Nothing is held.</exception>
    public async ValueTask<WriteLease> EnterAsync(object holder, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(_holder, holder))
        {
            if (!await _entrance.WaitAsync(_longestWait, cancellationToken))
                throw new StorageBusyException($"The database's write gate was held by others for {_longestWait.TotalSeconds:0.#} s.");
            _holder = holder;
        }
        _entries++;
        return new WriteLease(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _entrance.Dispose();

    internal void Leave()
    {
        if (--_entries > 0)
            return;
        try
        {
            Leaving?.Invoke();
        }
        finally
        {
            _holder = null;
            _entrance.Release();
        }
    }
}

/// <summary>One entry into the <see cref="WriteGate"/>. Disposing it twice is harmless.</summary>
public sealed class WriteLease : IDisposable
{
    private WriteGate? _gate;

    internal WriteLease(WriteGate gate) => _gate = gate;

    /// <summary>Leaves the gate. The next writer enters when the holder's last lease is disposed.</summary>
    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
}

/// <summary>A transaction that holds the gate; rolled back when it is disposed without a commit.</summary>
public sealed class WriteTransaction : IAsyncDisposable
{
    private readonly IDbContextTransaction _transaction;
    private readonly WriteLease _lease;

    internal WriteTransaction(IDbContextTransaction transaction, WriteLease lease) => (_transaction, _lease) = (transaction, lease);

    /// <summary>Commits and leaves the gate.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await _transaction.CommitAsync(cancellationToken);
        _lease.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (_lease)
            await _transaction.DisposeAsync();
    }
}

/// <summary>A context of the database file. Its <c>SaveChangesAsync</c> enters the gate; everything else that writes is in <see cref="GatedWrites"/>.</summary>
public interface IGatedContext
{
    /// <summary>The gate of the file.</summary>
    WriteGate Gate { get; }
}

/// <summary>What writes without <c>SaveChangesAsync</c>: the only place that may, so that nothing passes by the gate (see BannedSymbols.txt).</summary>
public static class GatedWrites
{
#pragma warning disable RS0030 // each holds the gate here

    /// <summary>Begins a transaction that holds the gate until it is committed or disposed.</summary>
    public static async Task<WriteTransaction> BeginWriteAsync<TContext>(this TContext context, CancellationToken cancellationToken)
        where TContext : DbContext, IGatedContext
    {
        var lease = await context.Gate.EnterAsync(context, cancellationToken);
        try
        {
            return new WriteTransaction(await context.Database.BeginTransactionAsync(cancellationToken), lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Deletes rows without reading them, and returns how many.</summary>
    public static Task<int> DeleteAsync<T>(this IGatedContext context, IQueryable<T> rows, CancellationToken cancellationToken) =>
        context.HoldingGateAsync(() => rows.ExecuteDeleteAsync(cancellationToken), cancellationToken);

    /// <summary>Changes rows without reading them, and returns how many.</summary>
    public static Task<int> UpdateAsync<T>(this IGatedContext context, IQueryable<T> rows, Action<UpdateSettersBuilder<T>> set, CancellationToken cancellationToken) =>
        context.HoldingGateAsync(() => rows.ExecuteUpdateAsync(set, cancellationToken), cancellationToken);

    /// <summary>Runs a statement, in which gaps become parameters, and returns how many rows it changed.</summary>
    public static Task<int> ExecuteAsync<TContext>(this TContext context, FormattableString statement, CancellationToken cancellationToken)
        where TContext : DbContext, IGatedContext =>
        context.HoldingGateAsync(() => context.Database.ExecuteSqlAsync(statement, cancellationToken), cancellationToken);
#pragma warning restore RS0030

    /// <summary>What the synchronous <c>SaveChanges</c> of a gated context throws: it would wait on a thread of the pool.</summary>
    public static InvalidOperationException Synchronous() => new("This context is saved with SaveChangesAsync alone: writers wait their turn without a thread.");

    private static async Task<int> HoldingGateAsync(this IGatedContext context, Func<Task<int>> write, CancellationToken cancellationToken)
    {
        using var lease = await context.Gate.EnterAsync(context, cancellationToken);
        return await write();
    }
}
