using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Presence.Engine.Storage;

/// <summary>Enters the write gate before a transaction begins. <see cref="GatedTransaction"/> leaves it.</summary>
internal sealed class GateTransactionInterceptor(WriteGate gate) : DbTransactionInterceptor
{
    public override InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result) =>
        Begin(connection, eventData, gate.Enter(connection));

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
        Begin(connection, eventData, await gate.EnterAsync(connection, cancellationToken));

    // Begun here and not by EF Core, which tells nobody when BEGIN itself fails: the gate would stay shut.
    private static InterceptionResult<DbTransaction> Begin(DbConnection connection, TransactionStartingEventData eventData, WriteLease lease)
    {
        try
        {
            var transaction = connection.BeginTransaction(eventData.IsolationLevel);
            ConnectionLeases.Of(connection).KeepForTransaction(lease);
            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }
}
