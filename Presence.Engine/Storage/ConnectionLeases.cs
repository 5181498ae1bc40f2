using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Presence.Engine.Storage;

/// <summary>What one EF Core connection holds of the write gate: a lease for its transaction, one for its command.</summary>
/// <remarks>
/// Kept beside the connection because EF Core's interceptors and its transaction are separate objects that share
/// only that. Bounded: an entry goes with its connection.
/// </remarks>
internal sealed class ConnectionLeases
{
    private static readonly ConditionalWeakTable<DbConnection, ConnectionLeases> All = [];

    private WriteLease? _transaction;
    private WriteLease? _command;
    private DbCommand? _commandInside;

    public static ConnectionLeases Of(DbConnection connection) => All.GetOrCreateValue(connection);

    public void KeepForTransaction(WriteLease lease) => Interlocked.Exchange(ref _transaction, lease)?.Dispose();

    public void KeepForCommand(DbCommand command, WriteLease lease)
    {
        _commandInside = command;
        Interlocked.Exchange(ref _command, lease)?.Dispose();
    }

    public void EndTransaction() => Interlocked.Exchange(ref _transaction, null)?.Dispose();

    // Queries end here too, possibly while another command of the connection still writes: only its own end counts.
    public void EndCommand(DbCommand command)
    {
        if (!ReferenceEquals(_commandInside, command))
            return;
        _commandInside = null;
        Interlocked.Exchange(ref _command, null)?.Dispose();
    }

    public void EndAll()
    {
        _commandInside = null;
        Interlocked.Exchange(ref _command, null)?.Dispose();
        EndTransaction();
    }
}
