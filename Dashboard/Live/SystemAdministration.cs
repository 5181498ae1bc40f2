using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>How the server is doing, for those who look after it; the role is checked here, whatever the page shows.</summary>
internal sealed class SystemAdministration(
    PresenceEngine engine,
    DatabaseMaintenance maintenance,
    LoopRegistry loops,
    CapRegistry caps,
    JobLog jobLog,
    JobSchedule schedule,
    ServerStart start,
    IConfiguration configuration,
    DashboardOptions options,
    ModeratorGuard guard,
    TimeProvider time,
    ILogger<SystemAdministration> log)
{
    /// <summary>Files are asked for their size and folders for what is in them: often enough for an eye.</summary>
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);

    private SystemReading? _latest;

    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async ValueTask<SystemReading> ReadAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Moderator);
        var now = time.GetUtcNow();
        if (_latest is { } latest && now >= latest.At && now - latest.At < ShortestAge)
            return latest;

        var jobs = new List<JobReading>();
        foreach (var job in JobNames.All)
            jobs.Add(new JobReading(job, jobLog.LatestOf(job), await schedule.NextOfAsync(job, cancellationToken)));

        var size = maintenance.Size();
        var folder = BackupJob.FolderOf(options, maintenance);
        return _latest = new SystemReading
        {
            Version = ServerStart.Version,
            StartedAt = start.At,
            At = now,
            DatabaseBytes = size.Database,
            LogBytes = size.Log,
            FreeBytes = maintenance.FreeSpace(),
            MemoryBytes = Environment.WorkingSet,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            MostHeapBytes = GC.GetGCMemoryInfo(GCKind.Any).TotalAvailableMemoryBytes,
            Unstored = engine.Journal.Unstored,
            WriterLag = engine.Journal.Lag,
            SweptAgo = now - engine.CountNetwork().At,
            Caps = caps.All,
            Loops = loops.All,
            Jobs = jobs,
            BackupFolder = folder,
            Backups = maintenance.Backups(folder),
            Configuration = ConfigurationInForce.Read(configuration, options),
            MayRun = await guard.HoldsAsync(ModeratorRole.Admin),
        };
    }

    public DirtyWatch Watch() => engine.WatchNetwork();

    /// <summary>Starts a job at once.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was started.</exception>
    public async Task RunNowAsync(string job, CancellationToken cancellationToken)
    {
        var admin = await guard.RequireAsync(ModeratorRole.Admin);
        await schedule.RunNowAsync(job, cancellationToken);
        log.LogInformation("{By} started {Job}.", admin.Email, job);
        _latest = null;
    }
}
