using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Jobs;

/// <summary>The scheduled jobs, on Hangfire.</summary>
internal static class JobHosting
{
    /// <summary>Where Hangfire's own pages are.</summary>
    public const string PagesPath = "/jobs";

    /// <summary>After a minute, five and fifteen: what passes, passes meanwhile, and what does not is an Admin's.</summary>
    private static readonly int[] RetrySeconds = [60, 300, 900];

    public static void AddJobs(this WebApplicationBuilder builder)
    {
        AddSchedule(builder.Services);
        builder.Services.AddHostedService<JobServer>();
    }

    /// <summary>The schedule and its store. Nothing is opened and nothing runs before <see cref="JobServer"/> starts.</summary>
    internal static void AddSchedule(IServiceCollection services)
    {
        services.AddSingleton<DatabaseMaintenance>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<JobSchedule>();
        // Otherwise all four would be static, and the last server built in the process would own them.
        services.AddSingleton<JobStorage>(provider => provider.GetRequiredService<JobStore>());
        services.AddSingleton<JobActivator, AspNetCoreJobActivator>();
        services.AddSingleton<ITimeZoneResolver, OperatorTimeZone>();
        services.AddSingleton<IJobFilterProvider>(provider => new JobFilterCollection
        {
            new AutomaticRetryAttribute { Attempts = RetrySeconds.Length, DelaysInSeconds = RetrySeconds },
            new StatisticsHistoryAttribute(),
            ActivatorUtilities.CreateInstance<RunFilter>(provider),
        });
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            // Also static, and it repeats the errors of a full disk. RunFilter and JobServer log what matters.
            .UseLogProvider(new AspNetCoreLogProvider(NullLoggerFactory.Instance)));
    }

    /// <summary>Hangfire's own pages, for Admins.</summary>
    public static void MapJobs(this WebApplication app) => app.MapHangfireDashboardWithAuthorizationPolicy(ModeratorPolicy.Administer, PagesPath, new Hangfire.DashboardOptions
    {
        AppPath = app.Services.GetRequiredService<PublicAddress>().Base + "/system",
        DashboardTitle = SystemTexts.Jobs,
        DisplayStorageConnectionString = false,
    });

    /// <summary>The server's time zone (TZ), whatever the name of it that was stored: not each has one that can be looked up.</summary>
    private sealed class OperatorTimeZone(TimeProvider time) : ITimeZoneResolver
    {
        public TimeZoneInfo GetTimeZoneById(string timeZoneId) => time.LocalTimeZone;
    }
}
