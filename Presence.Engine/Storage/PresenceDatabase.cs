using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Presence.Engine.Storage;

/// <summary>The product's one SQLite file: locks its folder, checks, backs up and migrates it, and hands out connections.</summary>
/// <remarks>
/// Two EF Core contexts live in the file (presence here, moderators' accounts in the dashboard), each with its own migrations
/// history, and the membership writer's prepared commands. All of them write through <see cref="Gate"/>.
/// </remarks>
public sealed class PresenceDatabase : IDbContextFactory<PresenceContext>, IAsyncDisposable
{
    public const string FileName = "presence.db";

    /// <summary>How long a command may wait for SQLite, in seconds. With the gate it has nobody to wait for.</summary>
    private const int CommandTimeoutSeconds = 3;

    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DatabaseBackups _backups;
    private readonly IInterceptor[] _interceptors;
    private readonly DbContextOptions<PresenceContext> _options;
    private FolderLock? _lock;
    private SqliteConnection? _keeper;
    private bool _isNew;

    /// <summary>Names the file; nothing is touched before <see cref="OpenAsync"/>.</summary>
    /// <param name="folder">The data folder; made when missing, readable by the owner only.</param>
    /// <param name="time">Dates backups.</param>
    /// <param name="logger">Told of backups, migrations and stale locks.</param>
    public PresenceDatabase(string folder, TimeProvider time, ILogger<PresenceDatabase>? logger = null)
    {
        Folder = Path.GetFullPath(folder);
        FilePath = Path.Combine(Folder, FileName);
        _time = time;
        _logger = logger ?? NullLogger<PresenceDatabase>.Instance;
        _backups = new DatabaseBackups(Path.Combine(Folder, DatabaseBackups.FolderName), time);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = FilePath,
            ForeignKeys = true,
            DefaultTimeout = CommandTimeoutSeconds,
        }.ToString();

        _interceptors = [new GateConnectionInterceptor(this), new GateTransactionInterceptor(Gate), new GateCommandInterceptor(Gate)];
        var builder = new DbContextOptionsBuilder<PresenceContext>();
        Configure(builder, PresenceContext.MigrationsHistoryTable);
        _options = builder.Options;
    }

    /// <summary>The data folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>The database file, as a full path.</summary>
    public string FilePath { get; }

    /// <summary>What every write transaction and every checkpoint of this file holds.</summary>
    public WriteGate Gate { get; } = new();

    /// <summary>Now in whole milliseconds, as stored: what is answered equals what is read after a restart.</summary>
    internal DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Tests listen here to what each connection really does.</summary>
    internal Action<SqliteConnection>? ConnectionPrepared { get; set; }

    /// <summary>Locks the folder, checks the file, and brings it to this build's shape.</summary>
    /// <exception cref="StartRefusedException">
    /// The folder is in use or cannot be written; the file is damaged, or was written by a newer build. Nothing was changed.
    /// </exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_keeper is not null)
            throw new InvalidOperationException("The database is open already.");

        _lock = FolderLock.Take(Folder);
        try
        {
            _keeper = Check();
            await using var context = CreateDbContext();
            await MigrateAsync(context, cancellationToken);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the file for a short work beside the process that has the folder: nothing is locked, checked or migrated.</summary>
    /// <remarks>Writes wait for that process as for any other (see <see cref="DatabaseFile.RequireCurrent"/> for what to make sure of first).</remarks>
    public void OpenBeside()
    {
        if (_keeper is not null)
            throw new InvalidOperationException("The database is open already.");
        _keeper = ConnectUnchecked();
    }

    /// <summary>Points a context at this file, with the gate, the pragmas and the command timeout of all others.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="migrationsHistoryTable">Where the context keeps which of its migrations were applied; its own for each context.</param>
    public void Configure(DbContextOptionsBuilder builder, string migrationsHistoryTable) =>
        builder
            .UseSqlite(_connectionString, sqlite => sqlite.MigrationsHistoryTable(migrationsHistoryTable).CommandTimeout(CommandTimeoutSeconds))
            .AddInterceptors(_interceptors)
            .ReplaceService<IRelationalTransactionFactory, GatedTransactionFactory>();

    /// <summary>Applies a context's pending migrations, after a backup when the file already holds something.</summary>
    /// <exception cref="StartRefusedException">A newer build migrated the file, or the backup or a migration failed, on a full disk say.</exception>
    public async Task MigrateAsync(DbContext context, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            using var lease = await Gate.EnterAsync(connection, cancellationToken);
            if (DatabaseGuards.ClearStaleMigrationLock(connection))
                _logger.LogWarning("An earlier start was cut off while migrating; its lock was removed.");

            var known = context.Database.GetMigrations().ToArray();
            var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToArray();
            if (applied.Except(known, StringComparer.Ordinal).LastOrDefault() is { } newer)
                throw new StartRefusedException($"The database {FilePath} was written by a newer version of this product (migration {newer}). Start that version or a later one, or restore a backup from {Path.Combine(Folder, DatabaseBackups.FolderName)}.");
            if (applied.Length == known.Length)
                return;

            if (!_isNew)
                _logger.LogInformation("Backed up the database to {Backup} before migrating it.", _backups.Take(connection, applied.LastOrDefault() ?? "none"));
            await context.Database.MigrateAsync(cancellationToken);
            _logger.LogInformation("Migrated {Context} to {Migration}.", context.GetType().Name, known[^1]);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The database {FilePath} could not be brought to this version: {exception.Message} The newest backup is {_backups.Newest() ?? "none"}.", exception);
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    /// <summary>A new context for one operation; the caller disposes it.</summary>
    public PresenceContext CreateDbContext() => new(_options);

    /// <summary>Closes everything and lets go of the folder. What is still in the write-ahead log is safe there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _keeper, null) is { } keeper)
        {
            using var pooled = new SqliteConnection(_connectionString);
            SqliteConnection.ClearPool(pooled);
            await keeper.DisposeAsync();
        }
        Interlocked.Exchange(ref _lock, null)?.Dispose();
    }

    internal void ThrowIfNotOpen()
    {
        if (_keeper is null)
            throw new InvalidOperationException("The database is not open.");
    }

    /// <summary>A connection of its own, outside the pool and outside EF Core: whoever writes with it enters the gate first.</summary>
    internal SqliteConnection Connect()
    {
        ThrowIfNotOpen();
        return ConnectUnchecked();
    }

    /// <summary>Per connection, not per file: SQLite forgets these when a connection closes.</summary>
    internal void Prepare(SqliteConnection connection)
    {
        // Checkpoints are the checkpointer's alone: neither by the way after a commit, nor when the last connection closes.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        raw.sqlite3_exec(connection.Handle, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
        ConnectionPrepared?.Invoke(connection);
    }

    private SqliteConnection ConnectUnchecked()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(_connectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The connection is the caller's, or disposed here.")]
    private SqliteConnection Check()
    {
        SqliteConnection? connection = null;
        try
        {
            connection = ConnectUnchecked();
            if (DatabaseGuards.DamageOf(connection) is { } damage)
                throw DatabaseGuards.Refuse(FilePath, damage, _backups.Newest());
            _isNew = DatabaseGuards.IsEmpty(connection);

            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            connection?.Dispose();
            throw DatabaseGuards.Refuse(FilePath, exception.Message, _backups.Newest(), exception);
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new StartRefusedException($"The database {FilePath} cannot be opened for writing: {exception.Message} Check who owns it and its folder, and that no other program has it open.", exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }
}
