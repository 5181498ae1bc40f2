using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Engine;
using Presence.Engine.Audit;
using Presence.Engine.Diagnostics;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>How the server is doing, for those who look after it; the role is checked here, whatever the page shows.</summary>
internal sealed class SystemAdministration(
    IPresence presence,
    MembershipStore memberships,
    PresenceDatabase database,
    DatabaseMaintenance maintenance,
    LoopRegistry loops,
    LimitUsageRegistry caps,
    JobSchedule schedule,
    CanaryFigures canary,
    ServerStart start,
    IConfiguration configuration,
    DashboardOptions options,
    ModeratorGuard guard,
    TimeProvider time,
    ILogger<SystemAdministration> log)
{
    /// <summary>Files are asked for their size and folders for what is in them: often enough for an eye.</summary>
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);

    private SystemViewModel? _latest;

    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async ValueTask<SystemViewModel> ReadAsync()
    {
        await guard.RequireAsync(ModeratorRole.Moderator);
        var now = time.GetUtcNow();
        if (_latest is { } latest && now >= latest.At && now - latest.At < ShortestAge)
            return latest;

        var size = maintenance.Size();
        var network = await presence.ReadNetworkAsync();
        var folder = BackupJob.FolderOf(options, maintenance);
        return _latest = new SystemViewModel
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
            Unstored = memberships.Unstored,
            WriterLag = memberships.Lag,
            HeartbeatsPerSecond = network.Activity.HeartbeatsPerSecond,
            SweptAgo = now - network.Count.At,
            Caps = caps.All,
            Loops = loops.All,
            Canary = canary.Read(),
            Jobs = ReadJobs(),
            BackupFolder = folder,
            Backups = maintenance.Backups(folder),
            Configuration = ConfigurationInForce.Read(configuration, options),
            MayRun = await guard.HoldsAsync(ModeratorRole.Admin),
        };
    }

    /// <summary>Starts a job at once.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was started.</exception>
    public async Task RunNowAsync(string job)
    {
        var admin = await guard.RequireAsync(ModeratorRole.Admin);
        await using (var context = database.CreateDbContext())
            await context.RecordAloneAsync(new AuditEntry(AuditActs.JobStarted, admin.Actor) { Object = job }, time.GetUtcNow(), CancellationToken.None);
        schedule.RunNow(job);
        log.LogInformation("{By} started {Job}.", admin.Email, job);
        _latest = null;
    }

    private IReadOnlyList<JobViewModel> ReadJobs()
    {
        try
        {
            return schedule.Read();
        }
#pragma warning disable CA1031 // any failure: the store's loop reports it, and the rest of the page is still needed
        catch (Exception)
#pragma warning restore CA1031
        {
            return [.. JobNames.All.Select(job => new JobViewModel(job, null, null, null))];
        }
    }
}

/// <summary>How the server is doing, read at one moment.</summary>
public sealed record SystemViewModel
{
    public required string Version { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The moment all of it is true of.</summary>
    public required DateTimeOffset At { get; init; }

    public required long DatabaseBytes { get; init; }
    public required long LogBytes { get; init; }
    public required long FreeBytes { get; init; }

    /// <summary>What the process takes of the machine's memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What its objects take of that, those no longer used included, and what they may take.</summary>
    public required long HeapBytes { get; init; }
    public required long MostHeapBytes { get; init; }

    /// <summary>Joins and leaves that are not on the disk yet.</summary>
    public required long Unstored { get; init; }

    /// <summary>How long ago the oldest of them happened.</summary>
    public required TimeSpan WriterLag { get; init; }

    /// <summary>Of all clients, over the last minute.</summary>
    public required double HeartbeatsPerSecond { get; init; }

    /// <summary>How long ago the sweep last let go of viewers.</summary>
    public required TimeSpan SweptAgo { get; init; }

    public required IReadOnlyList<LimitUsage> Caps { get; init; }
    public required IReadOnlyList<LoopHealth> Loops { get; init; }

    /// <summary>How soon pages show what happens.</summary>
    public required CanaryReading Canary { get; init; }

    public required IReadOnlyList<JobViewModel> Jobs { get; init; }
    public required string BackupFolder { get; init; }

    /// <summary>The copies there are, the newest first.</summary>
    public required IReadOnlyList<BackupFile> Backups { get; init; }

    public required IReadOnlyList<ConfigurationEntry> Configuration { get; init; }

    /// <summary>Whether who looks may run jobs.</summary>
    public required bool MayRun { get; init; }
}

/// <summary>How the server itself is doing, in as much as fits a line.</summary>
/// <param name="Failing">Background loops that fail and are tried again.</param>
/// <param name="Loops">How many there are.</param>
/// <param name="Unstored">Joins and leaves not yet on the disk.</param>
/// <param name="WriterLag">How long ago the oldest of them happened.</param>
/// <param name="Canary">How soon pages show what happens.</param>
public sealed record HealthViewModel(IReadOnlyList<string> Failing, int Loops, long Unstored, TimeSpan WriterLag, CanaryReading Canary);
