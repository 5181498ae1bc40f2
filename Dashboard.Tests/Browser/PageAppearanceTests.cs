using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Every page of a busy evening, live and no longer live, and what other sites show of it.</summary>
public sealed class PageAppearanceTests(ChromiumBrowser chromium, PopulatedHost evening) : AppearanceTest, IClassFixture<PopulatedHost>
{
    /// <remarks>Of those online a few screens: their rows are alike, and 300 of them take a scan three seconds.</remarks>
    private static readonly (string Name, string Path)[] LivePages =
    [
        ("overview", "/"), ("overview-day", "/?range=day"), ("rooms", "/rooms"), ("rooms-none", "/rooms?search=zzz"), ("rooms-by-peak", "/rooms?sort=peak"), ("rooms-by-since", "/rooms?sort=since"), ("online", "/online?search=ar"),
        ("wall", "/wall?rooms=main-stage,dj-set-rooftop,backstage-interviews,café-español,q-and-a,workshop-lighting"), ("wall-of-two", "/wall?rooms=main-stage,q-and-a"), ("wall-empty", "/wall"),
        ("people", "/people"), ("alerts", "/alerts"), ("bans", "/bans?state=all"), ("watch-list", "/watch-list"), ("links", "/links"), ("webhooks", "/webhooks"), ("account", "/account"), ("system", "/system"),
        ("room", "/rooms/main-stage"), ("room-explained", "/rooms/main-stage?explain=1&range=15m&sort=name&edit=1&left=all"), ("room-left", "/rooms/main-stage?tab=left"), ("room-chart", "/rooms/main-stage?tab=chart"), ("viewer", "/viewers/{viewer}"), ("settings", "/settings"), ("settings-rooms", "/settings?tab=rooms"), ("settings-scheduled", "/settings?tab=scheduled"), ("settings-history", "/settings?tab=history"), ("connect", "/connect"), ("not-found", "/not-found"),
    ];

    /// <summary>Pages that differ from one above in a few words or an order: the long proofs look at them too.</summary>
    private static readonly string[] Alike = ["overview-day", "rooms-by-peak", "rooms-by-since", "wall-of-two", "wall-empty", "room-left", "settings-rooms", "settings-history", "not-found"];

    /// <summary>How many whole rows a list has on the screen of a desk, at least.</summary>
    private static readonly Dictionary<string, int> RowsAtADesk = new(StringComparer.Ordinal) { ["rooms"] = 8, ["room"] = 15, ["online"] = 15 };

    [Fact]
    public async Task Pages_WithABusyEvening_AreAccessibleAndFit()
    {
        await evening.Host.Services.GetRequiredService<PublicLinkStore>().SetAsync("main-stage", showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        await evening.Host.Services.GetRequiredService<ShareLinkStore>().MakeAsync("main-stage", ShareLinkKind.Overlay, showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        var viewer = evening.Engine.Viewers("main-stage", new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers.First(viewer => !viewer.IsGuest).UserId;
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.Page.GotoAsync("/");
        await CheckAsync(visit, "sign-in");
        await visit.SignInAsync();
        foreach (var (name, path) in LivePages.Where(page => ProofLength.IsFull || !Alike.Contains(page.Name)))
        {
            await visit.OpenAsync(path.Replace("{viewer}", viewer, StringComparison.Ordinal));
            var measures = await CheckAsync(visit, name, between: RowsAtADesk.ContainsKey(name));
            if (RowsAtADesk.TryGetValue(name, out var rows))
                Assert.True(measures[Wide].RowsInView >= rows, $"{name}: {measures[Wide].RowsInView} rows on a screen of {Wide} px, not {rows}");
        }
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task Pages_NoLongerLive_AreAccessibleAndFit()
    {
        await using var wire = NetworkProxy.To(evening.Host.BaseAddress);
        await using var visit = await chromium.VisitAsync(wire.Address, Wide, 900);
        await visit.Page.Clock.InstallAsync();
        await visit.SignInAsync();
        foreach (var (name, path) in ((string Name, string Path)[])[("overview-lost", "/"), ("room-lost", "/rooms/main-stage"), ("wall-lost", "/wall?rooms=main-stage,q-and-a")])
        {
            await visit.OpenAsync(path);
            await visit.FallSilentAsync(wire);
            await visit.Page.Locator("html[data-connection=lost]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await CheckAsync(visit, name);
            wire.SpeakAgain();
        }

        AssertNothingFound();
    }

    [Fact]
    public async Task Widgets_OnAnotherSite_AreAccessibleAndFit()
    {
        var link = await evening.Host.Services.GetRequiredService<PublicLinkStore>().SetAsync("main-stage", showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        await using var site = await ForeignSite.StartAsync(evening.Host.BaseAddress, link.Code);
        await using var visit = await chromium.VisitAsync(site.BaseAddress, Wide, 900);
        await visit.Page.GotoAsync("/");
        await visit.Page.Locator("whos-watching [part=face]").First.WaitForAsync();
        await CheckAsync(visit, "widgets");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }

    [Fact]
    public async Task SharedRoom_WithoutAnAccount_IsAccessibleAndFits()
    {
        var issued = await evening.Host.Services.GetRequiredService<ShareLinkStore>().MakeAsync("main-stage", ShareLinkKind.Page, showsNames: true, ModeratorOfTests.Email, TestContext.Current.CancellationToken);
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress, Wide, 900);
        await visit.Page.Clock.SetFixedTimeAsync(evening.Clock.GetUtcNow().UtcDateTime); // the server's stands still too
        await visit.Page.GotoAsync("/" + SharedRoomPages.PathOf(issued));
        await visit.Page.GetByRole(AriaRole.Img, new() { Name = "Viewers over the last hour" }).WaitForAsync();
        await CheckAsync(visit, "shared-room");
        Assert.Empty(visit.Errors);

        AssertNothingFound();
    }
}
