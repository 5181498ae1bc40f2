using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Making share links on a room's page, and the page that lists and revokes them.</summary>
public sealed class ShareLinkTests : PageTest
{
    [Fact]
    public async Task Section_OfARoom_MakesNoLinkBeforeItIsAskedTo()
    {
        var section = Render("stage");
        Assert.Empty(ShareLinks.List());

        await section.ActAsync(shown => shown.Find("[role=switch]").ChangeAsync(true));
        await section.ActAsync(shown => shown.ByRole("button", ShareTexts.MakePage).ClickAsync(new()));

        var link = Assert.Single(ShareLinks.List());
        Assert.Equal(("stage", ShareLinkKind.Page, true, "mod@example.com"), (link.RoomId, link.Kind, link.ShowsNames, link.CreatedBy));
        var address = section.Find("code").TextContent;
        Assert.Matches("^http://localhost/shared/room#[0-9A-Za-z]{32}$", address);
        Assert.Equal(link, ShareLinks.Find(address.Split('#')[1]));
    }

    [Fact]
    public async Task Section_ByDefault_MakesAnOverlayOfTheCountAlone()
    {
        var section = Render("stage");

        await section.ActAsync(shown => shown.ByRole("button", ShareTexts.MakeOverlay).ClickAsync(new()));

        var link = Assert.Single(ShareLinks.List());
        Assert.Equal((ShareLinkKind.Overlay, false), (link.Kind, link.ShowsNames));
        Assert.Matches("^http://localhost/shared/overlay#[0-9A-Za-z]{32}$", section.Find("code").TextContent);
    }

    [Fact]
    public async Task Section_OfARoomWithAllItsLinks_SaysTheLimitAndTheWayOut()
    {
        for (var i = 0; i < ShareLinkStore.MostOfRoom; i++)
            await ShareLinks.MakeAsync("stage", ShareLinkKind.Overlay, showsNames: false, "ada", Cancellation);
        var section = Render("stage");

        await section.ActAsync(shown => shown.ByRole("button", ShareTexts.MakeOverlay).ClickAsync(new()));

        Assert.Equal("Limit reached: this room has 10 share links. Revoke one first.", section.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("links?room=stage", section.ByRole("link", ShareTexts.Manage).GetAttribute("href"));
    }

    [Fact]
    public async Task Administration_ForAnObserver_RefusesEverything()
    {
        var (link, _) = await ShareLinks.MakeAsync("stage", ShareLinkKind.Overlay, showsNames: false, "ada", Cancellation);
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        var section = Render("stage");
        await section.ActAsync(shown => shown.ByRole("button", ShareTexts.MakeOverlay).ClickAsync(new()));
        Assert.Equal(ShareTexts.NoAccess, section.Find("[role=alert]").TextContent.Trim());
        var administration = Services.GetService<ShareLinkAdministration>();

        await Assert.ThrowsAsync<AccessRefusedException>(() => administration!.ReadAsync());
        await Assert.ThrowsAsync<AccessRefusedException>(() => administration!.RevokeAsync(link.Id, Cancellation));

        Assert.Equal([link], ShareLinks.List());
    }

    [Fact]
    public async Task Page_OfAllLinks_SaysWhoMadeThemAndRevokesOne()
    {
        await ShareLinks.MakeAsync("stage", ShareLinkKind.Overlay, showsNames: true, "ada@example.com", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));
        var (second, _) = await ShareLinks.MakeAsync("lobby", ShareLinkKind.Page, showsNames: false, "ben@example.com", Cancellation);
        ShareLinks.Touch(second.Id);
        Time.Advance(TimeSpan.FromMinutes(3));

        var dialogs = Render<MudDialogProvider>();
        var page = Render<ShareLinksPage>();

        Assert.Equal(
            ["lobby | Page: number | ben@example.com | 13:00 | 3 min ago | Revoke", "stage | OBS overlay: number and faces | ada@example.com | 12:00 | Never | Revoke"],
            page.FindAll("tbody tr").Select(row => string.Join(" | ", row.Children.Select(cell => cell.TextContent.Trim().Split('\n')[0]))));

        await RevokeFirstAsync(page, dialogs, "Cancel");
        Assert.True(ShareLinks.IsInForce(second.Id));
        await RevokeFirstAsync(page, dialogs, ShareTexts.Revoke);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.False(ShareLinks.IsInForce(second.Id));
        Assert.Equal([ShareTexts.Revoked], Services.GetService<NoticeBoard>()!.Shown.Select(notice => notice.Text));
        await RevokeFirstAsync(page, dialogs, ShareTexts.Revoke);
        page.WaitForAssertion(() => Assert.Equal(ShareTexts.Empty, page.ByTestId("empty").TextContent));
    }

    private static async Task RevokeFirstAsync(IRenderedComponent<ShareLinksPage> page, IRenderedComponent<MudDialogProvider> dialogs, string answer)
    {
        var revoking = page.InvokeAsync(() => page.FindAll("tbody button")[0].ClickAsync(new()));
        dialogs.WaitForAssertion(() => Assert.NotEmpty(dialogs.AllByRole("button", answer)));
        await dialogs.ActAsync(shown => shown.ByRole("button", answer).ClickAsync(new()));
        await revoking;
    }

    private IRenderedComponent<ShareLinkSection> Render(string room) => Render<ShareLinkSection>(parameters => parameters.Add(section => section.Question, new ShareQuestion { RoomId = room }));
}
