using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace Presence.Engine.Storage;

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
