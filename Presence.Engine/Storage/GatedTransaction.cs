using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Presence.Engine.Storage;

/// <summary>
/// A transaction that leaves the write gate when it ends, however it ends: EF Core tells interceptors of commits and
/// roll-backs, but not of a transaction that was only disposed.
/// </summary>
internal sealed class GatedTransaction(
    IRelationalConnection connection,
    DbTransaction transaction,
    Guid transactionId,
    IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger,
    bool transactionOwned,
    ISqlGenerationHelper sqlGenerationHelper)
    : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sqlGenerationHelper)
{
    private readonly ConnectionLeases _leases = ConnectionLeases.Of(connection.DbConnection);

    protected override void ClearTransaction()
    {
        _leases.EndTransaction();
        base.ClearTransaction();
    }

    protected override Task ClearTransactionAsync(CancellationToken cancellationToken = default)
    {
        _leases.EndTransaction();
        return base.ClearTransactionAsync(cancellationToken);
    }
}
