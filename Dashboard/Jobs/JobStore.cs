using Hangfire;
using Hangfire.Server;
using Hangfire.Storage;
using Hangfire.Storage.SQLite;
using Presence.Engine.Storage;
using SQLite;

namespace Presence.Dashboard.Jobs;

/// <summary>
/// Hangfire's file beside the database: schedule, runs and their results. Named when the routes are mapped, opened once this
/// process has the data folder. Without it the product serves all the same, and no job runs.
/// </summary>
internal sealed class JobStore(PresenceDatabase database, ILogger<JobStore> logger) : JobStorage, IDisposable
{
    public const string FileName = "jobs.db";

    private readonly string _path = Path.Combine(database.Folder, FileName);
    private SQLiteStorage? _open;

    /// <summary>Opens the file, which this process alone uses. Nothing is lost with a damaged one but what ran when: it makes way for a new one.</summary>
    /// <exception cref="IOException">It cannot be opened, also as <see cref="UnauthorizedAccessException"/>.</exception>
    public void Open()
    {
        if (_open is not null)
            return;
        JobExpirationTimeout = TimeSpan.FromDays(30);
        try
        {
            _open = OpenSound();
        }
        catch (SQLiteException damage) when (damage.Result is SQLite3.Result.Corrupt or SQLite3.Result.NonDBFile)
        {
            logger.LogWarning("{File} is damaged ({Damage}) and was replaced. When jobs ran before is forgotten. They run again on schedule.", _path, damage.Message);
            foreach (var suffix in (string[])["-wal", "-shm", ""])
                File.Delete(_path + suffix);
            _open = OpenSound();
        }
    }

    public override IStorageConnection GetConnection() => Opened.GetConnection();

    public override IMonitoringApi GetMonitoringApi() => Opened.GetMonitoringApi();

    public override IEnumerable<IBackgroundProcess> GetStorageWideProcesses() => Opened.GetStorageWideProcesses();

    public override bool HasFeature(string featureId) => Opened.HasFeature(featureId);

    public void Dispose() => _open?.Dispose();

    private SQLiteStorage Opened => _open ?? throw new IOException($"{_path} isn't open, and no job runs. Health and the server log say why.");

    private SQLiteStorage OpenSound()
    {
        OwnerFiles.Open(_path, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose(); // SQLite gives its log the rights of the file
        var storage = new SQLiteStorage(_path, new SQLiteStorageOptions
        {
            QueuePollInterval = TimeSpan.FromSeconds(2), // polling only reads
            InvisibilityTimeout = TimeSpan.FromDays(365), // a running job is never treated as lost (see below)
            PoolSize = 4,
        });
        try
        {
            using var connection = storage.CreateAndOpenConnection();
            if (connection.Database.ExecuteScalar<string>("PRAGMA quick_check(1)") is not "ok" and var finding)
                throw SQLiteException.New(SQLite3.Result.Corrupt, finding);
            // Left by a killed process. Its jobs run again at once, without waiting for its locks.
            connection.Database.Execute("UPDATE JobQueue SET FetchedAt = 0");
            connection.Database.Execute("DELETE FROM DistributedLock");
            connection.Database.Execute("DELETE FROM Server");
            return storage;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }
}
