using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

/// <summary>Long writes, cut into pieces between which others write.</summary>
/// <remarks>
/// <b>Guarantee.</b> A piece begins nothing new after <see cref="Longest"/>, so with its commit it takes at most 50 ms. The
/// write-ahead log is emptied between pieces; if readers prevent that, work ends before the log is much larger than <see cref="MostLog"/>.
/// </remarks>
public static class WritePieces
{
    /// <summary>The size of the write-ahead log at which work is left to the next run.</summary>
    public const long MostLog = 64 * 1024 * 1024;

    /// <summary>How long a piece writes before others may: half of the 50 ms it may take with its commit.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    /// <summary>How many rows one piece has at most, for a clock that stands still.</summary>
    internal const int MostRows = 5_000;

    private const int RowsPerLook = 100;

    /// <summary>Deletes any number of rows of a table.</summary>
    /// <typeparam name="T">The entity of the table, which has a rowid.</typeparam>
    /// <param name="database">The open database.</param>
    /// <param name="where">Which rows, in SQL with gaps as parameters, for example <c>$"\"At\" &lt; {milliseconds}"</c>. An index must answer it: it is asked once for each 100 rows.</param>
    /// <param name="cancellationToken">Stops between two pieces, or in one, whose rows then stay.</param>
    /// <returns>How many rows were deleted. All, unless <see cref="MostLog"/> was reached.</returns>
    /// <exception cref="StorageBusyException">Others held the gate for too long. What was deleted before is deleted.</exception>
    public static async Task<long> DeleteInPiecesAsync<T>(this PresenceDatabase database, FormattableString where, CancellationToken cancellationToken)
        where T : class
    {
        await using var context = database.CreateDbContext();
        var table = context.Model.FindEntityType(typeof(T))!.GetTableName();
        // Not LIMIT on DELETE itself, which SQLite is built without, nor Take() in LINQ, which compares composite keys row by row.
        var statement = FormattableStringFactory.Create($"""DELETE FROM "{table}" WHERE rowid IN (SELECT rowid FROM "{table}" WHERE {where.Format} LIMIT {RowsPerLook})""", where.GetArguments());
        long deleted = 0;
        bool isMore;
        do
        {
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var began = database.Time.GetTimestamp();
            int rows = 0, last;
            do
            {
                last = await context.ExecuteAsync(statement, cancellationToken);
                rows += last;
                isMore = last == RowsPerLook;
            }
            while (isMore && rows < MostRows && database.Time.GetElapsedTime(began) < Longest);
            await transaction.CommitAsync(cancellationToken);
            deleted += rows;
        }
        while (isMore && await IsLogBoundedAsync(database, cancellationToken));
        return deleted;
    }

    private static async Task<bool> IsLogBoundedAsync(PresenceDatabase database, CancellationToken cancellationToken)
    {
        var checkpointer = new Checkpointer(database);
        return await checkpointer.CheckpointIfGrownAsync(cancellationToken) || checkpointer.LogSize() < MostLog;
    }
}
