using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace Presence.Engine.Storage;

/// <summary>The queue of those who write to the database file: one at a time, first come, first served. Reads do not enter.</summary>
/// <remarks>SQLite admits one writer. Another writer would sleep on a pool thread and be overtaken; here it waits without a thread and in order.</remarks>
/// <param name="longestWait">How long to wait for the gate; <see cref="LongestWait"/> when null.</param>
public sealed class WriteGate(TimeSpan? longestWait = null) : IDisposable
{
    /// <summary>
    /// The longest wait for the gate; far over any write here, all of which are cut into pieces. With the wait for a store's turn
    /// and for other programs it stays under the 5 s within which trouble with the disk is answered. Code that enters twice gets an error then.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly TimeSpan _longestWait = longestWait ?? LongestWait;

    /// <summary>Whether somebody writes.</summary>
    public bool IsHeld => _entrance.CurrentCount == 0;

    /// <summary>Called when a writer leaves, before the next one enters.</summary>
    internal Action? Leaving { get; set; }

    /// <summary>Whether who is inside wrote something that webhooks tell.</summary>
    internal bool HasEvents { get; set; }

    /// <summary>Called after a writer left who wrote something that webhooks tell. Returns at once.</summary>
    internal Action? EventsWritten { get; set; }

    /// <summary>Waits until no one else writes. Dispose the result to leave; twice is harmless.</summary>
    /// <exception cref="StorageBusyException">Others held the gate for <see cref="LongestWait"/>. Nothing is held, nor after a cancellation.</exception>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellationToken) =>
        await _entrance.WaitAsync(_longestWait, cancellationToken)
            ? new Lease(this)
            : throw new StorageBusyException($"The database's write gate was held by others for {_longestWait.TotalSeconds:0.#} s.");

    /// <inheritdoc/>
    public void Dispose() => _entrance.Dispose();

    private sealed class Lease(WriteGate gate) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, true))
                return;
            var hasEvents = gate.HasEvents;
            gate.HasEvents = false;
            try
            {
                gate.Leaving?.Invoke();
            }
            finally
            {
                gate._entrance.Release();
            }
            if (hasEvents)
                gate.EventsWritten?.Invoke();
        }
    }
}

/// <summary>A transaction that holds the gate until it is committed or disposed; rolled back when it is disposed without a commit.</summary>
public sealed class WriteTransaction(IDbContextTransaction transaction, IDisposable lease) : IAsyncDisposable
{
    /// <summary>Commits and leaves the gate.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await transaction.CommitAsync(cancellationToken);
        lease.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (lease)
            await transaction.DisposeAsync();
    }
}

/// <summary>A context of the database file, which saves through <see cref="GatedWrites.WriteAsync"/>.</summary>
public interface IGatedContext
{
    /// <summary>The gate of the file.</summary>
    WriteGate Gate { get; }

    /// <summary>EF Core's own, by which a context's transaction is known.</summary>
    DatabaseFacade Database { get; }
}

/// <summary>How contexts write: the only place that may call EF Core for it, so that nothing passes by the gate (see BannedSymbols.txt).</summary>
public static class GatedWrites
{
#pragma warning disable RS0030 // each holds the gate here

    /// <summary>Begins a transaction; what its context writes until the end is part of it.</summary>
    public static async Task<WriteTransaction> BeginWriteAsync(this IGatedContext context, CancellationToken cancellationToken)
    {
        var lease = await context.Gate.EnterAsync(cancellationToken);
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

    /// <summary>Runs one write inside the gate, which the context's transaction already holds if there is one.</summary>
    public static async Task<int> WriteAsync(this IGatedContext context, Func<Task<int>> write, CancellationToken cancellationToken)
    {
        using var lease = context.Database.CurrentTransaction is null ? await context.Gate.EnterAsync(cancellationToken) : null;
        return await write();
    }

    /// <summary>Deletes rows without reading them, and returns how many. For many, see <see cref="WritePieces"/>.</summary>
    public static Task<int> DeleteAsync<T>(this IGatedContext context, IQueryable<T> rows, CancellationToken cancellationToken) =>
        context.WriteAsync(() => rows.ExecuteDeleteAsync(cancellationToken), cancellationToken);

    /// <summary>Changes rows without reading them, and returns how many.</summary>
    public static Task<int> UpdateAsync<T>(this IGatedContext context, IQueryable<T> rows, Action<UpdateSettersBuilder<T>> set, CancellationToken cancellationToken) =>
        context.WriteAsync(() => rows.ExecuteUpdateAsync(set, cancellationToken), cancellationToken);

    /// <summary>Runs a statement, in which gaps become parameters, and returns how many rows it changed.</summary>
    public static Task<int> ExecuteAsync(this IGatedContext context, FormattableString statement, CancellationToken cancellationToken) =>
        context.WriteAsync(() => context.Database.ExecuteSqlAsync(statement, cancellationToken), cancellationToken);
}

/// <summary>Others write, and for too long: nothing was stored.</summary>
public sealed class StorageBusyException(string message) : TimeoutException(message);

/// <summary>Tells trouble with the disk, which passes or an operator ends, from a fault in the product.</summary>
public static class StorageTrouble
{
    /// <summary>The longest wait for a store's turn.</summary>
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    private const string Locked = "another program has locked the database";
    private const string Unusable = "the disk with the data folder can't be read or written";

    /// <summary>What is wrong with the storage, as the middle of a sentence; null when the exception says nothing of the kind.</summary>
    /// <param name="exception">As thrown by a store.</param>
    public static string? Of(Exception? exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "the disk with the data folder is full",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Locked,
            raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM => Unusable,
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the database is damaged",
            _ => null,
        },
        StorageBusyException => "other writes take too long",
        // EF Core wraps a command's exception, and Identity's stores wrap EF Core's.
        DbUpdateException or InvalidOperationException or AggregateException => Of(exception.InnerException),
        _ => null,
    };

    /// <summary>Waits for a store's turn, but not for long: the holder may be waiting for the disk.</summary>
    /// <param name="turn">Held during a change.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StorageBusyException">It did not come. Nothing was changed.</exception>
    public static async Task TakeTurnAsync(this SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        if (!await turn.WaitAsync(LongestTurn, cancellationToken))
            throw new StorageBusyException("Changes before this one take too long.");
    }
}

/// <summary>A cap is reached (rule 14). Nothing was stored.</summary>
/// <param name="most">The cap.</param>
/// <param name="message">A sentence with it and the way out, as the API says it.</param>
public sealed class StoreFullException(int most, string message) : Exception(message)
{
    /// <summary>The limit, for other wordings of the message.</summary>
    public int Most => most;
}
