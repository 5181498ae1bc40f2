using Microsoft.Extensions.DependencyInjection.Extensions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Components;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Live;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Pictures;
using Presence.Dashboard.Sharing;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>Builds the whole product: the seam at which tests start it.</summary>
public static class DashboardApplication
{
    /// <summary>Runs the program: the server, or one of the commands beside it.</summary>
    /// <returns>The exit code: 0 for a clean end.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
#pragma warning disable RS0030 // its user reads the console
        return await CommandLine.RunAsync(args, Console.Out, Console.Error);
#pragma warning restore RS0030
    }

    /// <summary>Builds the application; nothing listens and the database is not opened before it is started.</summary>
    /// <exception cref="ConfigurationRefusedException">The configuration is wrong; it lists everything at once.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var app = BuildServices(args, configure);
        app.UseRequestPipeline(app.Services.GetRequiredService<DashboardOptions>());
        app.MapPresenceApi();
        app.MapModeratorAccounts();
        app.MapDashboardPages();
        DownloadEndpoints.Map(app);
        app.MapSharedRoomPages();
        app.MapPictures();
        app.MapJobs();
        app.MapSwaggerUi();
        app.RefuseBaseAmongOwnPaths();
        return app;
    }

    /// <summary>Builds the application without routes, for commands that need its services. Touches no file.</summary>
    /// <exception cref="ConfigurationRefusedException">The configuration is wrong; it lists everything at once.</exception>
    internal static WebApplication BuildServices(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Options are read once, so their files aren't watched: Linux allows 128 watches per user, and without a free one the server wouldn't start.
        string[] all = ["--hostBuilder:reloadConfigOnChange=false", .. args];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = all, ApplicationName = "Dashboard" });
        builder.WebHost.UseStaticWebAssets(); // outside Development an unpublished app would answer every asset with an empty body
        builder.Environment.WebRootFileProvider = new FilesInMemory(builder.Environment.WebRootFileProvider);
        builder.AddServerDefaults();
        configure?.Invoke(builder);

        var options = builder.AddDashboardOptions();
        var fitted = MachineLimits.OfThisProcess().Fit(options.Limits);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<OutboundGuard>(services => new(options, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<UserPictures>();
        builder.AddPresence(LimitsOf(options.Limits, options.Unverified));
        builder.AddPresenceStorage();
        if (options.Canary)
        {
            builder.Services.AddSingleton<Canary>();
            builder.Services.AddLoop<Canary>("canary", Canary.Period, (canary, cancel) => canary.PassAsync(cancel), whenReady: true);
        }
        builder.AddClientAuthentication(options);
        builder.AddModeratorAccounts(options.SignIn);
        builder.AddPresenceApi();
        builder.AddTelemetry();
        builder.AddJobs();
        builder.AddDashboardPages();
        builder.AddDemoViewers(options);
        builder.AddRequestPipeline(options);

        var app = builder.Build();
        foreach (var sentence in fitted)
            app.Logger.LogInformation("{Limit}", sentence);
        return app;
    }

    private static PresenceLimits LimitsOf(DashboardOptions.LimitsOptions limits, DashboardOptions.UnverifiedOptions unverified) => new()
    {
        MetronomeHeartbeats = unverified.Heartbeats,
        MetronomeTolerance = TimeSpan.FromMilliseconds(unverified.ToleranceMilliseconds),
        CrowdedAddress = unverified.SessionsPerAddress,
        Rooms = limits.Rooms,
        Sessions = limits.Sessions,
        ServerReserve = limits.ServerReserve,
        RoomsPerAddress = limits.RoomsPerAddress,
        SessionsPerAddress = limits.SessionsPerAddress,
        RoomsPerServerKey = limits.RoomsPerServerKey,
        SessionsPerServerKey = limits.SessionsPerServerKey,
        SessionsPerUserAndRoom = limits.SessionsPerUserAndRoom,
        RoomsPerUser = limits.RoomsPerUser,
    };
}
