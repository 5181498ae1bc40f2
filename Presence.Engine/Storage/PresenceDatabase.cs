using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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

    /// <summary>How long a command may wait for SQLite, in seconds. With the gate, it only waits for other programs.</summary>
    private const int CommandTimeoutSeconds = 2;

    private const string UseLog = "PRAGMA journal_mode = WAL";

    private readonly string _connectionString;
    private readonly ILogger _logger;
    private readonly DatabaseBackups _backups;
    private readonly DatabaseRefusals _refusals;
    private readonly ConnectionSettings _connections;
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
        Time = time;
        Steady = new SteadyClock(time);
        _logger = logger ?? NullLogger<PresenceDatabase>.Instance;
        Marker = new DatabaseMarker(Folder);
        _backups = new DatabaseBackups(Path.Combine(Folder, DatabaseBackups.FolderName), time);
        _refusals = new DatabaseRefusals(FilePath, _backups, Marker);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = FilePath,
            ForeignKeys = true,
            DefaultTimeout = CommandTimeoutSeconds,
        }.ToString();

        _connections = new ConnectionSettings(this);
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

    /// <summary>What says beside the keys how far the database has come.</summary>
    internal DatabaseMarker Marker { get; }

    internal TimeProvider Time { get; }

    /// <summary>Names the operating system's present run; tests restart the machine here.</summary>
    internal string? BootId { get; init; } = AliveStamp.ReadBootId();

    /// <summary>Decides what may be forgotten for good; goes on with the restore of <see cref="MembershipStore"/>.</summary>
    internal SteadyClock Steady { get; }

    /// <summary>A day ago, by a wall clock that stood for a day of running: what ended before may be deleted for good, without a step of
    /// the clock deleting what has not ended. <see cref="DateTimeOffset.MinValue"/> in the first day of all.</summary>
    public DateTimeOffset LongAgo() => Steady.LongAgo();

    /// <summary>Now in whole milliseconds, as stored: what is answered equals what is read after a restart.</summary>
    internal DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(Time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The size of the write-ahead log at which <see cref="WritePieces"/> leave their work to the next run.</summary>
    internal long MostLog { get; init; } = 64 * 1024 * 1024;

    /// <summary>Tests answer here for a disk that is full.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Tests listen here to what each connection really does.</summary>
    internal Action<SqliteConnection>? ConnectionPrepared { get; set; }

    /// <summary>Locks the folder, checks the file, and brings it to this build's shape.</summary>
    /// <exception cref="StartupException">
    /// The folder is in use or cannot be written; the file is damaged, is missing or lost something though the folder was in use,
    /// is another program's, or was written by a newer build. Nothing was changed.
    /// </exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_keeper is not null)
            throw new InvalidOperationException("The database is open already.");

        _lock = FolderLock.Take(Folder);
        try
        {
            if (OwnerFiles.TightenAll(Folder) is { Count: > 0 } others)
                _logger.LogWarning("{Files} in the data folder belong to another user and might be readable by others, for example {First}. Run: chown -R USER {Folder}", others.Count, others[0], Folder);
            try
            {
                RefuseAnEmptiedFile();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw CannotOpen(exception);
            }
            await using (var context = CreateDbContext())
            {
                _keeper = Check(context.Database.GetMigrations());
                await MigrateAsync(context, cancellationToken);
            }
            RewriteIfOld(cancellationToken);
            Marker.Begin(DatabaseGuards.ProgressOf(_keeper) with { BootId = BootId });
            NoteLog();
            Gate.Leaving = NoteLog;
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

    /// <summary>Points a context at this file, with the pragmas and the command timeout of all others.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="migrationsHistoryTable">Where the context keeps which of its migrations were applied; its own for each context.</param>
    public void Configure(DbContextOptionsBuilder builder, string migrationsHistoryTable) =>
        builder
            .UseSqlite(_connectionString, sqlite => sqlite.MigrationsHistoryTable(migrationsHistoryTable).CommandTimeout(CommandTimeoutSeconds))
            .AddInterceptors(_connections);

    /// <summary>Applies a context's pending migrations, after a backup when the file already holds something.</summary>
    /// <exception cref="StartupException">A newer build migrated the file, or the backup or a migration failed, on a full disk say.</exception>
    public async Task MigrateAsync(DbContext context, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            using var lease = await Gate.EnterAsync(cancellationToken);
            if (DatabaseGuards.ClearStaleMigrationLock(connection))
                _logger.LogWarning("An earlier start was interrupted during a migration. Its lock was removed.");

            var known = context.Database.GetMigrations().ToArray();
            var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToArray();
            if (applied.Except(known, StringComparer.Ordinal).LastOrDefault() is { } newer)
                throw new StartupException($"The database {FilePath} was written by a newer version of this product (migration {newer}). Start that version or a later one, or restore a backup from {Path.Combine(Folder, DatabaseBackups.FolderName)}.");
            if (applied.Length == known.Length)
                return;

            if (!_isNew)
                _logger.LogInformation("Backed up the database to {Backup} before migrating it.", _backups.Take(connection, applied.LastOrDefault() ?? "none"));
            await context.Database.MigrateAsync(cancellationToken);
            // Written to the file itself, so that the file is recognised even if its log is lost.
            Execute(connection, $"PRAGMA application_id = {DatabaseGuards.ApplicationId}");
            Checkpointer.Empty(connection);
            _logger.LogInformation("Migrated {Context} to {Migration}.", context.GetType().Name, known[^1]);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The database {FilePath} couldn't be upgraded: {exception.Message} The newest backup is {_backups.Newest() ?? "none"}.", exception);
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    /// <summary>A new context for one operation; the caller disposes it.</summary>
    public PresenceContext CreateDbContext() => new(_options, this);

    /// <summary>Closes everything and lets go of the folder. What is still in the write-ahead log is safe there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _keeper, null) is { } keeper)
        {
            ClosePooled();
            await keeper.DisposeAsync();
        }
        Interlocked.Exchange(ref _lock, null)?.Dispose();
    }

    private void ClosePooled()
    {
        using var pooled = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pooled);
    }

    /// <summary>After the migration, which left a backup: a file of an older version becomes one that can give space back.</summary>
    private void RewriteIfOld(CancellationToken cancellationToken)
    {
        var rewrite = new DatabaseRewrite(FilePath, Time, _logger);
        rewrite.DeleteDraft();
        if (DatabaseRewrite.IsDone(_keeper!))
            return;
        ClosePooled();
        var isWritten = rewrite.TryWrite(_keeper!, FreeBytes(Folder), cancellationToken);
        _keeper!.Dispose();
        if (isWritten)
            rewrite.Apply();
        _keeper = ConnectUnchecked();
        Execute(_keeper, UseLog);
    }

    private void ThrowIfNotOpen()
    {
        if (_keeper is null)
            throw new InvalidOperationException("The database is not open.");
    }

    /// <summary>A separate connection, outside the pool and EF Core. Enter the gate before you write with it.</summary>
    internal SqliteConnection Connect()
    {
        ThrowIfNotOpen();
        return ConnectUnchecked();
    }

    /// <summary>Per connection, not per file: SQLite forgets these when a connection closes.</summary>
    private void Prepare(SqliteConnection connection)
    {
        // Only the checkpointer makes checkpoints: not a commit, and not the last connection that closes.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        // The gate serialises writers of this process, so a connection waits only for other programs. SQLite's own wait ends as soon as they do.
        Execute(connection, $"PRAGMA busy_timeout = {CommandTimeoutSeconds * 1000}; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
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

    private static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    /// <summary>Before SQLite sees the files: beside an empty database it deletes the log, and a damaged log it cuts short.</summary>
    private void RefuseAnEmptiedFile()
    {
        var file = new FileInfo(FilePath);
        var log = new FileInfo(FilePath + "-wal");
        if (file is not { Exists: true, Length: > 0 })
        {
            var state = file.Exists ? "is empty" : "is missing";
            if (log is { Exists: true, Length: > 0 })
                throw _refusals.Emptied(state, $"its write-ahead log {log.FullName} is not");
            if (EvidenceOfUse() is { } evidence)
                throw _refusals.Emptied(state, evidence);
            OwnerFiles.Open(FilePath, FileMode.OpenOrCreate).Dispose(); // SQLite gives its log the same rights as the file
        }
        else
        {
            RefuseADamagedLog(WriteAheadLog.Read(log.FullName));
        }
    }

    private void RefuseADamagedLog(LogContents log)
    {
        if (log.Damage is { } damage)
            throw _refusals.DamagedLog(damage);
        var known = Marker.Read();
        if (IsOfThisBoot(known) && log.Salts == known.Salts && log.Frames < known.Frames)
            throw _refusals.ShortLog(known.Frames - log.Frames);
        if (log.TornAt is { } byteAt)
            _logger.LogWarning("The last change in the write-ahead log is incomplete (from byte {Byte} on) and is dropped. A kill or a power cut in the middle of a write leaves this.", byteAt);
    }

    private bool IsOfThisBoot(DatabaseProgress known) => known.BootId is not null && known.BootId == BootId;

    /// <summary>Notes how much of the log is stored, before anyone is told so: a damaged end of it is then no torn write.</summary>
    private void NoteLog()
    {
        if (_keeper is not { } keeper)
            return;
        try
        {
            using var command = keeper.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(NOOP)";
            using var reader = command.ExecuteReader();
            if (reader.Read() && reader.GetInt64(1) is > 0 and var frames)
                Marker.NoteLog(WriteAheadLog.SaltsOf(FilePath + "-wal"), frames);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The marker then lags behind, which is safe.
        }
    }

    private StartupException CannotOpen(Exception exception) => new(
        $"The database {FilePath} cannot be opened for writing: {exception.Message} Check the owner of the file and its folder, and that no other program has it open.", exception);

    /// <summary>What in the folder shows that there was a database; keys are only made once there is one.</summary>
    private string? EvidenceOfUse()
    {
        if (Marker.Exists)
            return $"{Marker.FilePath} shows that it was in use";
        if (_backups.Newest() is { } backup)
            return $"there is a backup of it, {backup}";
        var keys = Path.GetDirectoryName(Marker.FilePath)!;
        return Directory.Exists(keys) && Directory.EnumerateFiles(keys).FirstOrDefault() is { } key ? $"there are keys of its users, {key}" : null;
    }

    private void RefuseALostOne(SqliteConnection connection, IEnumerable<string> migrations)
    {
        _isNew = DatabaseGuards.IsEmpty(connection);
        if (_isNew && EvidenceOfUse() is { } evidence)
            throw _refusals.Emptied("holds nothing", evidence);
        if (!_isNew && DatabaseGuards.IsForeign(connection, migrations))
            throw _refusals.Foreign();

        var (found, known) = (DatabaseGuards.ProgressOf(connection), Marker.Read());
        if (found.Settings < known.Settings)
            throw _refusals.Older($"it has version {found.Settings} of the settings, and version {known.Settings} was in effect");
        if (found.Beat + (IsOfThisBoot(known) ? 0 : DatabaseMarker.BeatsForgiven) < known.Beat)
            throw _refusals.Older($"its last {known.Beat - found.Beat} uptime records are missing");
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The connection is the caller's, or disposed here.")]
    private SqliteConnection Check(IEnumerable<string> migrations)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = ConnectUnchecked();
            if (DatabaseGuards.DamageAtStart(connection) is { } damage)
                throw _refusals.Damaged(damage);
            RefuseALostOne(connection, migrations);
            if (_isNew)
                Execute(connection, DatabaseRewrite.Incremental);
            Execute(connection, UseLog);
            return connection;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            connection?.Dispose();
            throw _refusals.Damaged(exception.Message, exception);
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw CannotOpen(exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Gives every connection EF Core opens the database's settings.</summary>
    private sealed class ConnectionSettings(PresenceDatabase database) : DbConnectionInterceptor
    {
        public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
        {
            database.ThrowIfNotOpen();
            return result;
        }

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(ConnectionOpening(connection, eventData, result));

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => database.Prepare((SqliteConnection)connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
