using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using MudBlazor;
using MudBlazor.Services;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Pages.Demo;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Sharing;
using Presence.Engine.Alerts;

namespace Presence.Dashboard.Components;

/// <summary>The Blazor pages.</summary>
internal static class DashboardPages
{
    /// <summary>A pasted list of users is the longest text of a form.</summary>
    private const int LargestMessage = 64 * 1024;

    /// <summary>Twice a browser's keep-alive of 5 s and a bit: a peer that vanished is noticed within it.</summary>
    private static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    public static void AddDashboardPages(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddHubOptions(hub =>
            {
                hub.MaximumReceiveMessageSize = LargestMessage;
                // wwwroot/reconnect.js has the same numbers.
                hub.KeepAliveInterval = KeepAlive;
                hub.ClientTimeoutInterval = PeerTimeout;
            });
        AddComponents(services);

        services.AddScoped<CircuitClock>();
        services.AddScoped<PageVisibility>();
        services.AddScoped<LocalTime>();
        services.AddScoped<NoticeBoard>();
        services.AddScoped<BrowserChoices>();
        services.AddScoped<RoomTrail>();
        services.AddScoped<RoomPins>();
        services.AddTransient<NetworkSearchQuery>();
        // One per page, not per circuit, because each keeps the state of its page.
        services.AddTransient<OverviewQuery>();
        services.AddTransient<OnlineUsersQuery>();
        services.AddTransient<WallQuery>();
        services.AddTransient<RoomListQuery>();
        services.AddTransient<RoomRowQuery>();
        services.AddTransient<RoomDetailQuery>();
        services.AddTransient<HistoryReads>();
        services.AddTransient<HistoryPageQuery>();
        services.AddTransient<BroadcastPageQuery>();
        services.AddSingleton<PageFailures>();
        services.AddSingleton<RoomRanking>();
        services.AddSingleton<PageReads>();
        services.AddTransient<RosterQuery>();
        services.AddTransient<RegularsQuery>();
        services.AddTransient<ViewerDetailQuery>();
        services.AddScoped<RoomAdministration>();
        services.AddScoped<RoomPrefixAdministration>();
        services.AddScoped<ScheduleAdministration>();
        services.AddScoped<ViewerModeration>();
        services.AddScoped<StageModeration>();
        services.AddScoped<DrawAdministration>();
        services.AddScoped<ViewerBans>();
        services.AddSingleton<ModeratorBoard>();
        services.AddScoped<ModeratorTab>();
        services.AddScoped<RoomDesk>();
        services.AddScoped<NoteModeration>();
        services.AddScoped<ViewerNoteDialogs>();
        services.AddTransient<BansQuery>();
        services.AddSingleton<RosterDownload>();
        services.AddSingleton<TableDownloads>();
        services.AddScoped<SettingsAdministration>();
        services.AddScoped<HistoryAdministration>();
        services.AddScoped<AwayQuery>();
        services.AddScoped<PersonAdministration>();
        services.AddScoped<PublicLinkAdministration>();
        services.AddScoped<ShareLinkAdministration>();
        services.AddSingleton<TestViewers>();
        services.AddLoop<TestViewers>("test viewers", TimeSpan.FromSeconds(1), (viewers, cancel) => viewers.PassAsync(cancel));
        services.AddScoped<TestViewerAdministration>();
        services.AddScoped<PeopleAdministration>();
        services.AddScoped<AuditAdministration>();
        services.AddScoped<WebhookAdministration>();
        services.AddScoped<AlertAdministration>();
        services.AddSingleton<VapidKeys>();
        services.AddSingleton<PushDevices>();
        services.AddSingleton<AlertPush>();
        services.AddLoop<AlertPush>("alert push", AlertWatch.Period, (push, cancel) => push.PassAsync(cancel), whenReady: true);
        services.AddTransient<ConnectQuery>();
        services.AddTransient<SystemAdministration>();
        services.AddSingleton<ClientCommands>();
        services.AddSingleton<SettingsAdoption>();
    }

    /// <summary>MudBlazor's services, its sentences ours: it doesn't ask for English ones unless told.</summary>
    internal static void AddComponents(IServiceCollection services)
    {
        services.AddMudServices();
        services.AddTransient<MudLocalizer, ComponentTexts>();
        services.AddLocalizationInterceptor(provider => new DefaultLocalizationInterceptor(
            provider.GetRequiredService<ILoggerFactory>(), provider.GetService<MudLocalizer>())
        { IgnoreDefaultEnglish = true });
    }

    public static void MapDashboardPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            // Every page already has a policy. The framework would add a second, narrower one.
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .Add(page =>
            {
                HideOutsideTheDemo(page, app.Services.GetRequiredService<DashboardOptions>());
                CloseToPasswords(page, app.Services.GetRequiredService<DashboardOptions>());
                SayMethods(page);
            });
    }

    /// <summary>The framework takes POST for every page, whether or not it reads a form, and does not know of <see cref="HeadMiddleware"/>.</summary>
    private static void SayMethods(EndpointBuilder page)
    {
        var component = page.Metadata.OfType<ComponentTypeMetadata>().LastOrDefault()?.Type;
        var readsForm = component?.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(property => property.IsDefined(typeof(SupplyParameterFromFormAttribute)));
        for (var i = 0; i < page.Metadata.Count && readsForm is not null; i++)
        {
            if (page.Metadata[i] is HttpMethodMetadata)
                page.Metadata[i] = new HttpMethodMetadata(readsForm is true ? [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post] : [HttpMethods.Get, HttpMethods.Head]);
        }
    }

    /// <summary>Without local accounts, the pages that make one, or sign in to one, lead to the provider's.</summary>
    private static void CloseToPasswords(EndpointBuilder page, DashboardOptions options)
    {
        if (options.SignIn.LocalAccounts || page is not RouteEndpointBuilder { RoutePattern.RawText: ModeratorAccounts.SetupPath or ModeratorAccounts.JoinPath or ModeratorAccounts.NewPasswordPath or ModeratorAccounts.CodePath })
            return;
        page.RequestDelegate = static http => Results.LocalRedirect($"~{ModeratorAccounts.SignInPath}?{ProviderSignIn.Problem}=NoPasswords").ExecuteAsync(http);
    }

    /// <summary>A page that answered 404 by itself would have to be drawn first, and its error page after it: one request draws one page.</summary>
    private static void HideOutsideTheDemo(EndpointBuilder page, DashboardOptions options)
    {
        if (options.Demo || page is not RouteEndpointBuilder { RoutePattern.RawText: DemoRoomPage.Route })
            return;
        page.RequestDelegate = static http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    }
}
