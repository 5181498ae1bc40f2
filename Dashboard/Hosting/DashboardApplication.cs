using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Components;
using Presence.Engine;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Hosting;

/// <summary>Builds the whole product: the seam at which tests start it.</summary>
public static class DashboardApplication
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var app = Build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the application; nothing listens and no file is touched before it is started.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Dashboard" });
        builder.WebHost.UseStaticWebAssets(); // outside Development an unpublished app would answer every asset with an empty body
        configure?.Invoke(builder);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new PresenceEngine(services.GetRequiredService<TimeProvider>(), PresenceSettings.Default, new PresenceLimits()));
        builder.AddPresenceStorage();
        builder.AddClientAuthentication();
        builder.AddModeratorAccounts();
        builder.AddPresenceApi();
        builder.AddDashboardPages();

        var app = builder.Build();
        app.MapPresenceApi();
        app.MapModeratorAccounts();
        app.MapDashboardPages();
        return app;
    }
}
