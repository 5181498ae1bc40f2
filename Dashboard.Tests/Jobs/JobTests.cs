using System.Net;
using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Jobs;

/// <summary>Jobs in a server: run, failed, renamed, and with a store that is damaged or cannot be opened.</summary>
public sealed partial class JobTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunNow_OfEachJob_RunsItAndIsRememberedAfterARestart()
    {
        await using var host = await DashboardHost.StartAsync();

        foreach (var job in JobNames.All)
        {
            Assert.Null((await ReadAsync(host, job)).Latest);
            var run = await RunAsync(host, job);

            Assert.Equal((JobRunState.Succeeded, null), (run.State, run.Error));
            Assert.NotEmpty(SystemWords.Of(run.Result!));
            await Eventually.TrueAsync(() => host.Services.GetRequiredService<LoopRegistry>()[job].LastSuccessAt == run.EndedAt, "health knows");
            Assert.NotEqual((job, ""), (SystemWords.OfJob(job).Name, SystemWords.OfJob(job).Explanation));
        }
        var before = await ReadAsync(host, JobNames.Backup);
        await host.RestartAsync();

        Assert.Equal(before, await ReadAsync(host, JobNames.Backup));
        foreach (var file in OperatingSystem.IsWindows() ? [] : Directory.GetFiles(host.DataFolder, JobStore.FileName + "*"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
    }

    [Fact]
    public void Words_OfMaintenanceThatGaveSpaceBack_SayHowMuch()
    {
        Assert.Equal("No damage found. Emptied a log of 5 KB. The database is 20.0 MB smaller.", SystemWords.Of(new JobResult(4_096, GivenBack: 20_000_000)));
        Assert.DoesNotContain("smaller", SystemWords.Of(new JobResult(4_096)), StringComparison.Ordinal);
    }

    [Fact]
    public void Words_OfHistoryJobs_SayWhatTheyDid()
    {
        Assert.Equal("Computed 1 broadcast.", SystemWords.Of(new JobResult(0, Computed: 1)));
        Assert.Equal("Nothing left to compute.", SystemWords.Of(new JobResult(0, Computed: 0)));
        Assert.Equal("Deleted 1,234 rows.", SystemWords.Of(new JobResult(0, Deleted: 1_234)));
        Assert.Equal("Nothing was old enough to delete.", SystemWords.Of(new JobResult(0, Deleted: 0)));
    }

    [Fact]
    public async Task RunNow_OfTheBackup_LeavesACopyInTheConfiguredFolder()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "copies");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Backup:Folder"] = target, ["Presence:Backup:Keep"] = "2" } });

        for (var i = 1; i <= 3; i++)
            await RunAsync(host, JobNames.Backup);

        Assert.Equal(2, Directory.GetFiles(target, "presence-*-nightly.db").Length);
    }

    [Fact]
    public async Task Run_ThatFails_IsTriedAgainAndDegradesHealthUntilOneSucceeds()
    {
        using var folder = new TemporaryFolder();
        var full = Path.Combine(folder.Path, "full");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Backup:Folder"] = full } });
        await File.WriteAllTextAsync(full, "a file where the folder should be", Cancel);
        var loops = host.Services.GetRequiredService<LoopRegistry>();

        var run = await RunAsync(host, JobNames.Backup);
        await Eventually.TrueAsync(() => loops.IsDegraded, "health knows");

        Assert.Equal(JobRunState.Failed, run.State);
        Assert.Contains(full, run.Error, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (run = (await ReadAsync(host, JobNames.Backup)).Latest!).RetryAt is not null, "it is tried again");
        Assert.Equal(60, (run.RetryAt!.Value - run.EndedAt!.Value).TotalSeconds, tolerance: 5);
        Assert.Single(host.Log.Faults);
        File.Delete(full);
        await host.RestartAsync();
        loops = host.Services.GetRequiredService<LoopRegistry>();
        await Eventually.TrueAsync(() => loops.IsDegraded, "health knows it after a restart");

        Assert.Equal(JobRunState.Succeeded, (await RunAsync(host, JobNames.Backup)).State);
        await Eventually.TrueAsync(() => !loops.IsDegraded, "health forgets");
    }

    [Fact]
    public async Task Runs_OfOneJob_FollowOneAnother()
    {
        await using var host = await DashboardHost.StartAsync();
        await ReadAsync(host, JobNames.Backup);
        var client = new BackgroundJobClient(host.Services.GetRequiredService<JobStorage>(), host.Services.GetRequiredService<IJobFilterProvider>());

        for (var i = 0; i < 2; i++)
            client.Enqueue<WaitingJob>(job => job.RunAsync(default));
        var runs = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => runs.ProcessingCount() == 2, "both were taken");
        // Nothing tells of one that waits for its turn: the other gets time to begin, if nothing held it.
        for (var look = 0; look < 50 && WaitingJob.Most < 2; look++)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        WaitingJob.End();
        await Eventually.TrueAsync(() => runs.SucceededListCount() == 2, "both are over");

        Assert.Equal(1, WaitingJob.Most);
    }

    [Fact]
    public async Task Start_WithJobsOfAnotherBuild_LeavesNothingOfThem()
    {
        await using var host = await DashboardHost.StartAsync();
        await RunAsync(host, JobNames.Backup);
        var recurring = new RecurringJobManager(host.Services.GetRequiredService<JobStorage>());
        recurring.AddOrUpdate("former", Job.FromExpression<WaitingJob>(job => job.RunAsync(default)), Cron.Minutely(), new RecurringJobOptions());
        var client = new BackgroundJobClient(host.Services.GetRequiredService<JobStorage>());
        var scheduled = client.Schedule<WaitingJob>(job => job.RunAsync(default), TimeSpan.FromHours(1));
        var queued = client.Schedule<WaitingJob>(job => job.RunAsync(default), TimeSpan.FromHours(1));
        await host.StopAsync();
        Change(host, "UPDATE Hash SET Value = replace(Value, 'WaitingJob', 'FormerJob')");
        Change(host, "UPDATE Job SET InvocationData = replace(InvocationData, 'WaitingJob', 'FormerJob')");
        Change(host, $"UPDATE Job SET StateName = 'Enqueued' WHERE Id = {queued}");
        Change(host, $"INSERT INTO JobQueue (JobId, Queue, FetchedAt) VALUES ({queued}, 'default', 0)");

        await host.StartAgainAsync();
        await RunAsync(host, JobNames.Backup);

        using var connection = host.Services.GetRequiredService<JobStorage>().GetConnection();
        Assert.Equal(JobNames.All.Order(StringComparer.Ordinal), connection.GetAllItemsFromSet("recurring-jobs").Order(StringComparer.Ordinal));
        Assert.Equal("Deleted", connection.GetStateData(scheduled).Name);
        Assert.Equal("Deleted", connection.GetStateData(queued).Name);
        Assert.Equal(0, host.Services.GetRequiredService<JobStorage>().GetMonitoringApi().FailedCount());
        Assert.DoesNotContain(host.Log.Lines, line => line.Level >= LogLevel.Warning && line.Category.Contains("Jobs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithADamagedStore_ServesAndBeginsANewOne()
    {
        await using var host = await DashboardHost.StartAsync();
        await RunAsync(host, JobNames.Backup);
        await host.StopAsync();
        var file = Path.Combine(host.DataFolder, JobStore.FileName);
        await using (var damaged = File.OpenWrite(file))
        {
            damaged.Position = 4096;
            damaged.Write(new byte[4096 * 8]);
        }

        await host.StartAgainAsync();

        Assert.Null((await ReadAsync(host, JobNames.Backup)).Latest);
        Assert.Equal(JobRunState.Succeeded, (await RunAsync(host, JobNames.Backup)).State);
        Assert.Contains(host.Log.Lines, line => line.Level == LogLevel.Warning && line.Message.Contains("was replaced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithAStoreThatCannotBeOpened_ServesDegradedUntilItCan()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.StopAsync();
        var file = Path.Combine(host.DataFolder, JobStore.FileName);
        File.Delete(file);
        Directory.CreateDirectory(file);

        await host.StartAgainAsync();
        var loops = host.Services.GetRequiredService<LoopRegistry>();
        await Eventually.TrueAsync(() => loops.IsDegraded, "health says so");
        using var answer = await host.Client.GetAsync("/health/ready", Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(file, loops["job schedule"].LastError, StringComparison.Ordinal);
        Directory.Delete(file);
        Assert.Equal(JobRunState.Succeeded, (await RunAsync(host, JobNames.Backup)).State);
    }

    [Theory]
    [InlineData("true", 4)]
    [InlineData("false", null)]
    public async Task Next_OfTheBackup_IsTheConfiguredHourOfTheServersZone(string nightly, int? hour)
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Time = new ManualTimeProvider { Zone = berlin },
            Configuration = new() { ["Presence:Backup:Nightly"] = nightly, ["Presence:Backup:Hour"] = "4" },
        });

        Assert.Equal(hour is null ? null : new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero), (await ReadAsync(host, JobNames.Backup)).NextAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 3, 30, 0, TimeSpan.Zero), (await ReadAsync(host, JobNames.Maintenance)).NextAt);
    }

    [Fact]
    public async Task Nights_ThatWereMissed_AreMadeUpForOnce()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        await ReadAsync(host, JobNames.Backup);
        await host.StopAsync();
        time.SetUtcNow(time.GetUtcNow().AddDays(3));

        await host.StartAgainAsync();
        foreach (var job in JobNames.All)
            await OverAsync(host, job, before: null);
        await host.RestartAsync();
        await ReadAsync(host, JobNames.Backup);

        Assert.Single(Directory.GetFiles(Path.Combine(host.DataFolder, "backups"), "presence-*-nightly.db"));
        Assert.Equal(JobNames.All.Count, host.Services.GetRequiredService<JobStorage>().GetMonitoringApi().SucceededListCount());
        Assert.Equal(time.GetUtcNow().Date.AddDays(1).AddHours(3), (await ReadAsync(host, JobNames.Backup)).NextAt!.Value.UtcDateTime);
    }

    [Fact]
    public async Task Pages_OfHangfire_LeadUnderThePublicPathAndTakeOnlyTheirOwnForms()
    {
        var configuration = ModeratorOfTests.Configuration;
        configuration["Presence:Http:PublicUrl"] = "https://example.com/presence";
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        await ReadAsync(host, JobNames.Backup);
        using var visitor = new FormVisitor(host, new Uri("https://example.com/presence/"));
        using var signedIn = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password, "sign-in");

        using var page = await visitor.GetAsync("jobs/recurring");
        var html = await page.Content.ReadAsStringAsync(Cancel);
        KeyValuePair<string, string>[] form = [new("jobs[]", JobNames.Backup)];
        using var forged = await visitor.PostAsync("jobs/recurring/trigger", form);
        using var sent = await visitor.PostAsync("jobs/recurring/trigger", [.. form, new("__RequestVerificationToken", Token().Match(html).Groups["it"].Value)]);
        using var sheet = await visitor.GetAsync(Sheet().Match(html).Groups["it"].Value);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal(HttpStatusCode.OK, sheet.StatusCode);
        Assert.Contains("href=\"/presence/system\"", html, StringComparison.Ordinal);
        Assert.All(Link().Matches(html).Select(match => match.Groups["it"].Value), link => Assert.StartsWith("/presence/", link, StringComparison.Ordinal));
        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        await OverAsync(host, JobNames.Backup, before: null);
    }

    private static async Task<JobViewModel> ReadAsync(DashboardHost host, string job)
    {
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<LoopRegistry>()["job schedule"].LastSuccessAt is not null, "the store is open");
        return host.Services.GetRequiredService<JobSchedule>().Read().Single(one => one.Name == job);
    }

    private static async Task<JobRun> RunAsync(DashboardHost host, string job)
    {
        var before = (await ReadAsync(host, job)).Latest;
        host.Services.GetRequiredService<JobSchedule>().RunNow(job);
        return await OverAsync(host, job, before);
    }

    private static async Task<JobRun> OverAsync(DashboardHost host, string job, JobRun? before)
    {
        JobRun? run = null;
        await Eventually.TrueAsync(async () => (run = (await ReadAsync(host, job)).Latest) is { EndedAt: { } at } && at != before?.EndedAt, $"{job} ran");
        return run!;
    }

    private static void Change(DashboardHost host, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(host.DataFolder, JobStore.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }

    [GeneratedRegex("""(href|src)="(?<it>/[^"]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("""href="(?<it>[^"]*/css[^"]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sheet();

    [GeneratedRegex("""csrf-token" content="(?<it>[^"]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    /// <summary>Runs until all are told to end.</summary>
    public sealed class WaitingJob
    {
        private static readonly TaskCompletionSource Told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private static int _running;

        private readonly Task _told = Told.Task;

        public static int Most { get; private set; }

        public static void End() => Told.SetResult();

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _running));
            await _told.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _running);
        }
    }
}
