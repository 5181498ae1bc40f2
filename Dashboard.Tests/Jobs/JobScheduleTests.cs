using System.Globalization;
using Hangfire;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using DashboardOptions = Presence.Dashboard.Hosting.DashboardOptions;

namespace Presence.Dashboard.Tests.Jobs;

/// <summary>The schedule over whole nights: Hangfire's own scheduler on the product's store, and a clock in Berlin.</summary>
public sealed class JobScheduleTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(5);

    // Maintenance is at half past the configured hour, so at 02:30 here: at 03:00 summer time when 02:30 is skipped, and not again when it comes again.
    [Theory]
    [InlineData("2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-06-01T12:00:00Z", "2026-06-02T00:30:00Z")]
    public async Task Maintenance_AtHalfPastTwo_RunsOnceInANightThatChangesTheClocks(string noon, string expected)
    {
        var time = new ManualTimeProvider { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        time.SetUtcNow(DateTimeOffset.Parse(noon, CultureInfo.InvariantCulture));
        await using var night = new Night(time);

        var runs = night.Pass(TimeSpan.FromDays(1));

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), Assert.Single(runs, run => run.Job == JobNames.Maintenance).At);
        Assert.Single(runs, run => run.Job == JobNames.Backup);
    }

    [Fact]
    public async Task Clock_ThatSkipsANight_MakesEachJobRunOnce()
    {
        var time = new ManualTimeProvider();
        await using var night = new Night(time);

        time.SetUtcNow(time.GetUtcNow().AddDays(1));
        var runs = night.Pass(TimeSpan.FromHours(1));
        time.SetUtcNow(time.GetUtcNow().AddDays(-1));
        var again = night.Pass(TimeSpan.FromDays(1));

        Assert.Equal(JobNames.All.Order(StringComparer.Ordinal), runs.Select(run => run.Job).Order(StringComparer.Ordinal));
        Assert.Empty(again);
    }

    [Fact]
    public async Task Progress_OfARun_IsReadFromTheStore()
    {
        var time = new ManualTimeProvider();
        await using var night = new Night(time);
        var run = night.Trigger(JobNames.Backup);
        var work = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);

        var done = JobProgress.WhileAsync(work.Task, () => 43, run, time);
        await Eventually.TrueAsync(() => time.Timers == 1, "it waits");
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => night.Read(JobNames.Backup).Latest!.Percent == 43, "it is told");
        work.SetResult(7);

        Assert.Equal(7, await done);
    }

    private sealed class Night : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly TemporaryFolder _folder = new();
        private readonly ManualTimeProvider _time;

        public Night(ManualTimeProvider time)
        {
            _time = time;
            var options = new DashboardOptions();
            options.Backup.Hour = 2;
            var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time).AddSingleton(options).AddSingleton(new PresenceDatabase(_folder.Path, time));
            JobHosting.AddSchedule(services);
            _services = services.BuildServiceProvider();
            _services.GetRequiredService<JobStore>().Open();
            _services.GetRequiredService<JobSchedule>().Register();
        }

        public JobViewModel Read(string job) => _services.GetRequiredService<JobSchedule>().Read().Single(one => one.Name == job);

        /// <summary>Asks for a run, and gives what the worker that takes it would.</summary>
        public PerformContext Trigger(string job)
        {
            _services.GetRequiredService<JobSchedule>().RunNow(job);
            var storage = _services.GetRequiredService<JobStorage>();
            var connection = storage.GetConnection();
            var id = connection.GetRecurringJobs([job]).Single().LastJobId;
            return new PerformContext(storage, connection, new BackgroundJob(id, connection.GetJobData(id).Job, default), new JobCancellationToken(canceled: false));
        }

        /// <summary>Lets the scheduler look at the clock every few minutes.</summary>
        /// <returns>The runs that became due.</returns>
        public List<(string Job, DateTimeOffset At)> Pass(TimeSpan span)
        {
            var storage = _services.GetRequiredService<JobStorage>();
            var scheduler = new RecurringJobScheduler(
                new BackgroundJobFactory(_services.GetRequiredService<IJobFilterProvider>()), TimeSpan.FromTicks(1), _services.GetRequiredService<ITimeZoneResolver>(), () => _time.GetUtcNow().UtcDateTime);
            var context = new BackgroundProcessContext("test", storage, new Dictionary<string, object>(StringComparer.Ordinal), Guid.Empty, default, default, default);
            var runs = new List<(string, DateTimeOffset)>();
            var before = Due();
            for (var until = _time.GetUtcNow() + span; _time.GetUtcNow() < until; _time.Advance(Look))
            {
                scheduler.Execute(context);
                var now = Due();
                runs.AddRange(now.Where(job => job.Value != before[job.Key]).Select(job => (job.Key, _time.GetUtcNow())));
                before = now;
            }
            return runs;

            Dictionary<string, string?> Due()
            {
                using var connection = storage.GetConnection();
                return connection.GetRecurringJobs().ToDictionary(job => job.Id, string? (job) => job.LastJobId, StringComparer.Ordinal);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            _folder.Dispose();
        }
    }
}
