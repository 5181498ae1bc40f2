using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Jobs;

public sealed class JobTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(JobNames.Backup)]
    [InlineData(JobNames.Maintenance)]
    public async Task RunNow_OfEachJob_RunsItAndSaysHowItWent(string job)
    {
        await using var host = await DashboardHost.StartAsync();
        var log = host.Services.GetRequiredService<JobLog>();
        Assert.Null(log.LatestOf(job));

        await host.Services.GetRequiredService<JobSchedule>().RunNowAsync(job, Cancel);
        await Eventually.TrueAsync(() => log.LatestOf(job) is { IsRunning: false }, $"{job} ran");

        var run = log.LatestOf(job)!;
        Assert.False(run.IsFailed, run.Result!());
        Assert.NotEmpty(run.Result!());
        Assert.NotNull(host.Services.GetRequiredService<LoopRegistry>()[job].LastSuccessAt);
        Assert.NotEqual((job, ""), (SystemWords.OfJob(job).Name, SystemWords.OfJob(job).Explanation));
    }

    [Fact]
    public async Task RunNow_OfTheBackup_LeavesACopyInTheConfiguredFolder()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "copies");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Backup:Folder"] = target, ["Presence:Backup:Keep"] = "2" } });

        for (var i = 1; i <= 3; i++)
        {
            var before = host.Services.GetRequiredService<JobLog>().LatestOf(JobNames.Backup);
            await host.Services.GetRequiredService<JobSchedule>().RunNowAsync(JobNames.Backup, Cancel);
            await Eventually.TrueAsync(() => host.Services.GetRequiredService<JobLog>().LatestOf(JobNames.Backup) is { IsRunning: false } run && run != before, "the copy is there");
        }

        Assert.Equal(2, Directory.GetFiles(target, "presence-*-nightly.db").Length);
    }

    [Theory]
    [InlineData("true", 4)]
    [InlineData("false", null)]
    public async Task NextOf_TheBackup_IsTheConfiguredHour(string nightly, int? hour)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Backup:Nightly"] = nightly, ["Presence:Backup:Hour"] = "4" } });
        var schedule = host.Services.GetRequiredService<JobSchedule>();

        var backup = await schedule.NextOfAsync(JobNames.Backup, Cancel);
        var maintenance = (await schedule.NextOfAsync(JobNames.Maintenance, Cancel))!.Value.ToLocalTime();

        Assert.Equal(hour, backup?.ToLocalTime().Hour);
        Assert.Equal((4, 30), (maintenance.Hour, maintenance.Minute));
    }

    [Fact]
    public async Task Run_ThatFails_DegradesHealthUntilOneSucceeds()
    {
        using var folder = new TemporaryFolder();
        await using var database = new PresenceDatabase(folder.Path, TimeProvider.System);
        await database.OpenAsync(Cancel);
        var full = Path.Combine(folder.Path, "full");
        var maintenance = new DatabaseMaintenance(database, new Checkpointer(database), TimeProvider.System);
        var registry = new LoopRegistry();
        var log = new JobLog(registry, TimeProvider.System);
        var options = new DashboardOptions();
        options.Backup.Folder = full;
        await File.WriteAllTextAsync(full, "a file where the folder should be", Cancel);
        var job = new BackupJob(maintenance, options, log, TimeProvider.System, NullLogger<BackupJob>.Instance);

        await job.Execute(null!, Cancel);
        Assert.True(registry.IsDegraded);
        Assert.True(log.LatestOf(JobNames.Backup)!.IsFailed);

        File.Delete(full);
        await job.Execute(null!, Cancel);
        Assert.False(registry.IsDegraded);
        Assert.Single(maintenance.Backups(full));
    }
}
