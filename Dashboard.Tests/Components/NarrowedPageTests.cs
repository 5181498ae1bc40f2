using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Layout;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What pages show, and services do, for a Moderator of class-* alone.</summary>
public sealed class NarrowedPageTests : PageTest
{
    /// <summary>Some readings come from the disk, on other threads.</summary>
    static NarrowedPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    public NarrowedPageTests()
    {
        JSInterop.SetupModule("./page.js").Mode = JSRuntimeMode.Loose;
        Narrow(ModeratorRole.Moderator);
        Beat("class-7a", "ada", "Ada Lovelace");
        Beat("stage", "ada");
        Beat("stage", "adam", "Adam");
        Beat("stage", "eve", "Eve");
    }

    private RemovalStore Bans => Services.GetRequiredService<RemovalStore>();

    private ViewerModeration Moderation => Services.GetRequiredService<ViewerModeration>();

    [Fact]
    public void Overview_OfSomeRooms_ShowsThemAndNoNumberOfTheNetwork()
    {
        var page = Render<OverviewPage>();
        page.WaitForElement("[data-testid=own-rooms]");

        Assert.Equal("1 of your rooms is live Your account is for class-*.", page.ByTestId("own-rooms").TextContent);
        Assert.Equal(["class-7a"], page.FindAll("ol li a[href]").Select(link => link.GetAttribute("href")!.Split('/')[^1]).Distinct());
        Assert.Empty(page.AllByTestId("network-viewers"));
        Assert.Empty(page.AllByTestId("health"));
        Assert.DoesNotContain("stage", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Rooms_OfSomeRooms_AreThoseAlone()
    {
        var page = Render<RoomListPage>();

        page.WaitForAssertion(() => Assert.Equal("1 room", page.ByTestId("showing").TextContent));
        Assert.DoesNotContain("stage", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_InARoomOfOthersToo_IsShownWhereTheModeratorIs()
    {
        await BanAsync("ada", "rooftop", "elsewhere");

        var page = Render<ViewerDetailPage>(parameters => parameters.Add(shown => shown.UserId, "ada"));
        page.WaitForElement("article");

        Assert.Equal(["class-7a"], page.FindAll("article header a").Select(room => room.TextContent)); // and not stage, where ada is as well
        Assert.DoesNotContain("elsewhere", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.AllByRole("button", Sentence.With(ViewerTexts.RemoveFrom, ViewerTexts.Network)));
        Assert.Single(page.AllByRole("button", Sentence.With(ViewerTexts.RemoveFrom, "class-7a")));
        Assert.Empty(page.FindAll("[aria-labelledby=privacy]"));
    }

    /// <summary>It keeps the viewer out of class-7a too, and is not this moderator's to lift.</summary>
    [Fact]
    public async Task Viewer_BannedFromTheNetwork_IsShownSoWithoutTheWayBack()
    {
        await BanAsync("ada", "class-7a", "here");
        await BanAsync("ada", null, "everywhere");

        var page = Render<ViewerDetailPage>(parameters => parameters.Add(shown => shown.UserId, "ada"));

        page.WaitForAssertion(() => Assert.Contains("everywhere", page.Find("[aria-labelledby=removals]").TextContent, StringComparison.Ordinal));
        Assert.Equal([Sentence.With(ViewerTexts.LiftOf, "class-7a")], page.FindAll("[aria-labelledby=removals] button").Select(lift => lift.GetAttribute("aria-label")));
    }

    [Fact]
    public void Viewer_InRoomsOfOthersAlone_IsAsUnknown()
    {
        var page = Render<ViewerDetailPage>(parameters => parameters.Add(shown => shown.UserId, "eve"));
        page.WaitForAssertion(() => Assert.Contains(ViewerTexts.Unknown, page.Markup, StringComparison.Ordinal));

        Assert.DoesNotContain("Eve", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("stage", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ByName_FindsWhoIsInTheseRooms()
    {
        var search = Render<SearchPalette>();

        await search.ActAsync(shown => shown.Find("input").InputAsync(new ChangeEventArgs { Value = "ada" }));
        search.WaitForAssertion(() => Assert.Contains("Ada Lovelace", Text(), StringComparison.Ordinal));
        Assert.DoesNotContain("Adam", Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("stage", Text(), StringComparison.Ordinal);

        await search.ActAsync(shown => shown.Find("input").InputAsync(new ChangeEventArgs { Value = "set" }));
        search.WaitForAssertion(() => Assert.DoesNotContain("Ada Lovelace", Text(), StringComparison.Ordinal));
        Assert.Empty(search.FindAll("a[href=settings]"));
        Assert.Empty(search.FindAll("a[href=system]"));

        string Text() => string.Concat(search.Nodes.Select(node => node.TextContent)); // what was looked for is marked within names
    }

    [Fact]
    public async Task Bans_OfAllPlaces_AreListedWhereTheModeratorIs()
    {
        await BanAsync("ada", "class-7a", null);
        await BanAsync("eve", "stage", null);
        await BanAsync("ben", null, null);

        var page = Render<BansPage>();

        page.WaitForAssertion(() => Assert.Equal("In force in your rooms: 1", page.ByTestId("in-force-count").TextContent));
        Assert.Single(page.FindAll("tbody tr"));
        Assert.DoesNotContain(BanTexts.ScopeNetwork, page.FindAll("nav").Select(nav => nav.TextContent));
    }

    [Fact]
    public async Task Dialog_ThatBans_OffersTheRoomAlone()
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var asked = Services.GetRequiredService<ViewerBans>().AskAsync("ada", "Ada", "class-7a");
        dialogs.WaitForElement("[role=dialog]");

        Assert.Empty(dialogs.AllByRole("radio", ViewerTexts.WhereNetwork));
        Assert.Empty(dialogs.AllByRole("button", BanTexts.EditReasons));
        await dialogs.InvokeAsync(() => dialogs.ByRole("button", ViewerTexts.Cancel).ClickAsync());
        Assert.False(await asked);
    }

    [Fact]
    public async Task Acts_OutsideTheRooms_AreRefusedInTheServices()
    {
        var until = Time.GetUtcNow().AddHours(1);
        await BanAsync("eve", "stage", null);
        await BanAsync("eve", null, null);
        var (inRoom, inNetwork) = ((await Bans.FindAsync("eve", "stage", Cancellation))!, (await Bans.FindAsync("eve", null, Cancellation))!);
        var (link, _) = await ShareLinks.MakeAsync("stage", ShareLinkKind.Page, showsNames: false, "ops", Cancellation);
        var rooms = Services.GetRequiredService<RoomAdministration>();
        var links = Services.GetRequiredService<ShareLinkAdministration>();
        var history = Services.GetRequiredService<HistoryAdministration>();

        await RefusedAsync(() => Moderation.RemoveAsync(new Removal("ada", "stage", until, null), withDevices: false, known: null, Cancellation));
        await RefusedAsync(() => Moderation.RemoveAsync(new Removal("ada", null, until, null), withDevices: false, known: null, Cancellation));
        await RefusedAsync(() => Moderation.RemoveManyAsync([new Removal("ada", "class-7a", until, null), new Removal("ada", "stage", until, null)], null, Cancellation));
        await RefusedAsync(() => Moderation.LiftManyAsync([inRoom], null, Cancellation));
        await RefusedAsync(() => Moderation.LiftManyAsync([inNetwork], null, Cancellation));
        await RefusedAsync(() => Moderation.UndoAsync([new BanChange(null, inRoom)], Cancellation));
        await RefusedAsync(() => Moderation.LiftAsync("eve", "stage", Cancellation));
        await RefusedAsync(() => Moderation.LiftAsync("eve", null, Cancellation));
        await RefusedAsync(() => Moderation.InForceAsync("eve", "stage", Cancellation));
        await RefusedAsync(() => Moderation.SetQuickReasonsAsync(["mine"], Cancellation));
        await RefusedAsync(() => rooms.ReadAsync("stage", Cancellation));
        await RefusedAsync(() => rooms.SaveAsync(new DefinedRoom("stage", RoomDefinition.Unknown, RoomVersion.None, null), RoomDefinition.Unknown with { Title = "Mine" }, Cancellation));
        await RefusedAsync(() => links.MakeAsync("stage", ShareLinkKind.Page, showsNames: true, Cancellation));
        await RefusedAsync(() => links.RevokeAsync(link.Id, Cancellation));
        await RefusedAsync(() => Services.GetRequiredService<PublicLinkAdministration>().MakeAsync("stage", showsNames: true, Cancellation));
        await RefusedAsync(() => Services.GetRequiredService<SettingsAdministration>().SaveAsync(PresenceSettings.Default, null, Cancellation));
        await RefusedAsync(() => history.RehearseAsync("stage", PresenceSettings.Default, Cancellation));
        await RefusedAsync(() => history.ReadVolumeAsync(Cancellation));
        await RefusedAsync(() => Services.GetRequiredService<RoomPins>().ToggleAsync("stage"));
        await RefusedAsync(() => Services.GetRequiredService<TestViewerAdministration>().SendAsync("stage"));
        await RefusedAsync(() => Services.GetRequiredService<HistoryReads>().ReadAsync("stage", past => Task.FromResult(1)));
        await RefusedAsync(() => Services.GetRequiredService<HistoryReads>().ReadAsync(null, past => Task.FromResult(1)));
        await RefusedAsync(async () => await Services.GetRequiredService<OnlineUsersQuery>().ReadAsync(new OnlineView("", LatestFirst: true)));

        Assert.Null(Engine.RemovalOf("ada", "class-7a")); // of many, none was done
        await Moderation.RemoveAsync(new Removal("ada", "class-7a", until, null), withDevices: false, known: null, Cancellation);
        Assert.NotNull(Engine.RemovalOf("ada", "class-7a"));
        Assert.Empty(await links.ReadAsync());
    }

    [Fact]
    public async Task Observer_OfSomeRooms_SeesThemAndDoesNothing()
    {
        Narrow(ModeratorRole.Observer);

        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "class-7a"));
        page.WaitForElement("h1");
        page.WaitForAssertion(() => Assert.Contains("1", page.Markup, StringComparison.Ordinal));

        Assert.Empty(page.AllByTestId("no-access"));
        await RefusedAsync(() => Moderation.RemoveAsync(new Removal("ada", "class-7a", Time.GetUtcNow().AddHours(1), null), withDevices: false, known: null, Cancellation));
        await RefusedAsync(() => Services.GetRequiredService<ShareLinkAdministration>().ReadAsync());
    }

    [Fact]
    public void Room_NarrowedAwayWhileItIsOpen_SaysSo()
    {
        Moderator.SetClaims();
        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "stage"));
        page.WaitForAssertion(() => Assert.DoesNotContain("no-access", page.Markup, StringComparison.Ordinal));

        Narrow(ModeratorRole.Moderator);
        page.Render();

        page.WaitForElement("[data-testid=no-access]");
        Assert.DoesNotContain("Adam", page.Markup, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(Func<Task> act) => await Assert.ThrowsAsync<AccessRefusedException>(act);

    private void Narrow(ModeratorRole role) =>
        Moderator.SetRoles(role.ToString()).SetClaims([.. ModeratorAccess.Of(role, RoomSet.Of("class-*"), observesElsewhere: false).ToClaims(ClaimTypes.Role).Where(claim => claim.Type != ClaimTypes.Role)]);

    private async Task BanAsync(string userId, string? roomId, string? reason) => await Bans.RemoveAsync(new Removal(userId, roomId, Time.GetUtcNow().AddHours(1), reason), "ops@example.com", Cancellation);
}
