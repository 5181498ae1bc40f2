using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Alerts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Pictures;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Components;

/// <summary>A page on the real engine and a real database, with a clock that stands still and a moderator signed in.</summary>
public abstract class PageTest : BunitContext, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presence-page-");

    protected PageTest()
    {
        Engine = new PresenceEngine(Time, PresenceSettings.Default, new PresenceLimits { MetronomeHeartbeats = 5 });
        Local = new LocalPresence(Engine);
        Canary = new Canary(Local, Engine.Canary, Time);
        Database = new PresenceDatabase(_folder.FullName, Time);
        Store = new SettingsStore(Database, Engine);
        PublicLinks = new PublicLinkStore(Database);
        ShareLinks = new ShareLinkStore(Database);

        Services.AddLogging();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton(Engine);
        Services.AddSingleton(Local);
        Services.AddSingleton(_ => new MembershipStore(Database, Engine));
        Services.AddSingleton(Store);
        Services.AddSingleton(PublicLinks);
        Services.AddScoped<CircuitClock>();
        Services.AddScoped<PageVisibility>();
        Services.AddScoped<LocalTime>();
        DashboardPages.AddComponents(Services);
        Services.AddScoped<NoticeBoard>();
        Services.AddScoped<ModeratorGuard>();
        Services.AddSingleton<StorageWatch>();
        Services.AddSingleton<PageFailures>();
        Services.AddSingleton<AccountValues>(PinStore);
        Services.AddSingleton<PinnedRooms>();
        Services.AddSingleton<RoomRanking>();
        Services.AddSingleton(Loops);
        Services.AddSingleton(Engine.Canary);
        Services.AddTransient<RoomRowQuery>();
        Services.AddTransient<OverviewQuery>();
        Services.AddTransient<OnlineUsersQuery>();
        Services.AddTransient<WallQuery>();
        Services.AddTransient<RoomListQuery>();
        Services.AddTransient<RoomDetailQuery>();
        Services.AddSingleton<SettingsAdoption>();
        Services.AddTransient<RosterQuery>();
        Services.AddTransient<RegularsQuery>();
        Services.AddTransient<ViewerDetailQuery>();
        Services.AddScoped<RoomAdministration>();
        Services.AddScoped<RoomPrefixAdministration>();
        Services.AddSingleton(services => new ScheduleStore(Database, Engine, Store, services.GetRequiredService<RoomStore>(), services.GetRequiredService<RoomPrefixStore>()));
        Services.AddScoped<ScheduleAdministration>();
        Services.AddScoped<ViewerModeration>();
        Services.AddScoped<StageModeration>();
        Services.AddScoped<DrawAdministration>();
        Services.AddScoped<ViewerBans>();
        Services.AddSingleton<ModeratorBoard>();
        Services.AddScoped<ModeratorTab>();
        Services.AddScoped<RoomDesk>();
        Services.AddSingleton(new HandoverStore(Database));
        Services.AddScoped<NoteModeration>();
        Services.AddScoped<ViewerNoteDialogs>();
        Services.AddSingleton<WatchedArrivals>();
        Services.AddTransient<BansQuery>();
        Services.AddSingleton(new QuickReasonStore(Database));
        Services.AddSingleton(new AccessTokenCache());
        Services.AddSingleton(new KeyFolder(new DashboardOptions { Data = _folder.FullName }));
        Services.AddSingleton<BannedDevices>();
        Services.AddSingleton(new UserStore(Database));
        Services.AddSingleton(new RoomStore(Database, Engine));
        Services.AddSingleton(new RoomPrefixStore(Database, Engine));
        Services.AddSingleton(new RemovalStore(Database, Engine));
        Services.AddSingleton(new StageStore(Database, Engine));
        Services.AddSingleton(new ViewerNoteStore(Database));
        Services.AddSingleton(new AlertStore(Database));
        Services.AddSingleton<AlertWatch>();
        Services.AddScoped<AlertAdministration>();
        Services.AddSingleton(services => new VapidKeys(new KeyFolder(new DashboardOptions { Data = _folder.FullName })));
        Services.AddSingleton<PushDevices>();
        Services.AddSingleton<AlertPush>();
        Services.AddSingleton(new DrawStore(Database, Engine));
        Services.AddScoped<SettingsAdministration>();
        Services.AddSingleton(new HistorySettingsStore(Database));
        Services.AddSingleton(services => PresenceStorageHosting.HistoryOf(Database, services.GetRequiredService<HistorySettingsStore>(), Engine));
        Services.AddScoped<HistoryAdministration>();
        Services.AddScoped<HistoryReads>();
        Services.AddScoped<AwayQuery>();
        Services.AddScoped<PersonAdministration>();
        Services.AddSingleton(services => new PersonData(
            Database, Engine, services.GetRequiredService<Presence.Engine.History.IHistory>(), new UserPresenceSettingStore(Database, Engine), new ChannelStore(Database, Engine), services.GetRequiredService<RemovalStore>(), services.GetRequiredService<StageStore>(), services.GetRequiredService<ViewerNoteStore>(), services.GetRequiredService<AlertWatch>()));
        Services.AddScoped<PublicLinkAdministration>();
        Services.AddSingleton(ShareLinks);
        Services.AddScoped<ShareLinkAdministration>();
        Services.AddSingleton<TestViewers>();
        Services.AddScoped<TestViewerAdministration>();
        Services.AddTransient<ConnectQuery>();
        Services.AddScoped<BrowserChoices>();
        Services.AddScoped<RoomTrail>();
        Services.AddScoped<RoomPins>();
        Services.AddTransient<NetworkSearchQuery>();
        Services.AddSingleton(new PublicAddress(new DashboardOptions()));
        Services.AddSingleton(new DashboardOptions());
        Services.AddSingleton(services => new OutboundGuard(services.GetRequiredService<DashboardOptions>(), Time));
        Services.AddSingleton<UserPictures>();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Moderator = AddAuthorization();
        Moderator.SetAuthorized("mod@example.com").SetRoles(nameof(ModeratorRole.Admin));
    }

    protected ManualTimeProvider Time { get; } = new();

    protected PresenceEngine Engine { get; }

    protected IPresence Local { get; }

    protected PresenceDatabase Database { get; }

    protected string DatabaseFile => Path.Combine(_folder.FullName, "presence.db");

    protected SettingsStore Store { get; }

    internal RememberedPins PinStore { get; } = new();

    internal Canary Canary { get; }

    internal LoopRegistry Loops { get; } = new();

    protected PublicLinkStore PublicLinks { get; }

    protected ShareLinkStore ShareLinks { get; }

    protected BunitAuthorizationContext Moderator { get; }

    /// <summary>What the moderator was told last.</summary>
    internal Notice? LastNotice => Services.GetRequiredService<NoticeBoard>().Shown is [.., var last] ? last : null;

    protected static CancellationToken Cancellation => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Database.OpenAsync(Cancellation);
        await Store.LoadAsync(PresenceSettings.Default, Cancellation);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await Canary.DisposeAsync();
        Store.Dispose();
        PublicLinks.Dispose();
        ShareLinks.Dispose();
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected void Beat(string roomId, string userId, string? name = null, ViewerState state = ViewerState.Visible, bool isGuest = false, SessionDevice device = default) =>
        Engine.Heartbeat(new Heartbeat
        {
            RoomId = roomId,
            UserId = userId,
            SessionId = "",
            State = state,
            IsGuest = isGuest,
            Device = device,
            Profile = name is null ? null : new UserProfile(name, null),
        });

    /// <summary>Lets time pass with a sweep each second, as the host does.</summary>
    protected void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Engine.Sweep();
        }
    }

    /// <summary>Writes what history keeps, as the host's loops do.</summary>
    protected async Task KeepHistoryAsync()
    {
        var memberships = Services.GetRequiredService<MembershipStore>();
        await memberships.RestoreAsync(Cancellation); // nothing, in a new database
        await memberships.FlushAsync(Cancellation);
        var minutes = new List<Presence.Engine.History.RoomMinute>();
        Engine.TakeMinutes(minutes);
        using var store = new MinuteStore(Database);
        await store.SaveAsync(minutes, Cancellation);
    }

    /// <summary>The canary comes and goes once.</summary>
    protected Task CanaryPassesAsync()
    {
        var pass = Canary.PassAsync(Cancellation);
        return PassUntilAsync(() => pass.IsCompleted);
    }

    /// <summary>Lets time pass until the page shows something; the gate's loop runs on other threads.</summary>
    protected async Task PassUntilAsync(Func<bool> shown)
    {
        for (var i = 0; i < 2_000 && !shown(); i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, Cancellation);
        }
        Assert.True(shown());
    }
}
