using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Whose role is narrowed or taken loses it where they are, not with their next page.</summary>
public sealed class RoleTests(ChromiumBrowser chromium)
{
    private const string Ada = "ada@example.com";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Role_TakenInOneBrowser_IsGoneFromTheOpenPagesOfAnother()
    {
        await using var host = await StartAsync();
        using var troll = await OutsideViewer.LogInAsync(host, "troll", "Terry Pest");
        await troll.HeartbeatAsync("stage");
        await using var live = await chromium.VisitAsync(host.BaseAddress);
        await live.SignInAsync("/rooms/stage", Ada);
        await Expect(RemoveTroll(live.Page)).ToBeVisibleAsync();
        await using var admin = await OpenRoleDialogAsync(host);

        var since = Stopwatch.StartNew();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await live.Page.WaitForFunctionAsync("() => !document.querySelector('td > button')", null, new() { PollingInterval = 10, Timeout = (float)Bound.TotalMilliseconds });
        var took = since.Elapsed;

        TestContext.Current.TestOutputHelper!.WriteLine($"From Save in one browser until the other page lost its controls: {took.TotalMilliseconds:0} ms.");
        await Expect(live.Page.GetByRole(AriaRole.Cell, new() { Name = "Terry Pest" })).ToBeVisibleAsync();
        Assert.EndsWith("/rooms/stage", live.Page.Url, StringComparison.Ordinal);

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(RemoveTroll(live.Page)).ToBeVisibleAsync(new() { Timeout = (float)Bound.TotalMilliseconds });
    }

    [Fact]
    public async Task Role_NarrowedToOtherRooms_IsGoneFromTheRoomThatIsOpen()
    {
        await using var host = await StartAsync();
        using var troll = await OutsideViewer.LogInAsync(host, "troll", "Terry Pest");
        await troll.HeartbeatAsync("stage");
        await troll.HeartbeatAsync("class-7a");
        await using var live = await chromium.VisitAsync(host.BaseAddress);
        await live.SignInAsync("/rooms/stage", Ada);
        await RemoveTroll(live.Page).ClickAsync();
        await Expect(live.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await using var admin = await OpenRoleDialogAsync(host, "Moderator");
        var dialog = admin.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Radio, new() { Name = "Some rooms" }).CheckAsync();
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Rooms" }).FillAsync("class-*\nlounge");

        var since = Stopwatch.StartNew();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await live.Page.WaitForFunctionAsync("() => document.querySelector('[data-testid=no-access]')", null, new() { PollingInterval = 10, Timeout = (float)Bound.TotalMilliseconds });
        var took = since.Elapsed;

        TestContext.Current.TestOutputHelper!.WriteLine($"From Save in one browser until the room was gone from the other: {took.TotalMilliseconds:0} ms.");
        await Expect(live.Page.GetByText("Your account is for class-*, lounge. Ask an Admin for more.")).ToBeVisibleAsync();
        await Expect(live.Page.GetByText("Terry Pest")).ToHaveCountAsync(0); // the dialog is gone too
        await Expect(admin.Page.GetByRole(AriaRole.Cell, new() { Name = "Moderator in class-*, lounge" })).ToBeVisibleAsync();
        await live.Page.GetByRole(AriaRole.Link, new() { Name = "Rooms" }).First.ClickAsync();
        await live.Page.GetByRole(AriaRole.Link, new() { Name = "class-7a" }).ClickAsync();
        await Expect(RemoveTroll(live.Page)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Role_TakenWhileAPageHearsNothing_MakesTheServiceRefuseWhatThatPageDoes()
    {
        await using var host = await StartAsync();
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        using var troll = await OutsideViewer.LogInAsync(host, "troll", "Terry Pest");
        await troll.HeartbeatAsync("stage");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var line = await FrozenRow.OpenAsync(visit.Page);
        await visit.SignInAsync("/rooms/stage", Ada);
        await RemoveTroll(visit.Page).ClickAsync();
        var remove = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove for 5 min" });
        await Expect(remove).ToBeVisibleAsync();
        await using var admin = await OpenRoleDialogAsync(host);

        line.Hold();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Eventually.TrueAsync(() => line.Holds("table"), "the page is told, and does not hear it");
        await remove.ClickAsync();
        await visit.Page.ReloadAsync(); // behind the click on the same connection

        Assert.Null(engine.RemovalOf("troll", "stage"));
        Assert.Equal(1, engine.Count("stage").Viewers);
        await troll.HeartbeatAsync("stage");
    }

    private static ILocator RemoveTroll(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Remove Terry Pest" });

    private async Task<BrowserVisit> OpenRoleDialogAsync(DashboardHost host, string role = "Observer")
    {
        var admin = await chromium.VisitAsync(host.BaseAddress);
        await admin.SignInAsync("/people");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Change " + Ada }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Radio, new() { Name = role, Exact = true }).CheckAsync();
        return admin;
    }

    private static async Task<DashboardHost> StartAsync()
    {
        var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
        });
        await ModeratorOfTests.MakeAsync(host, Ada, ModeratorRole.Moderator);
        return host;
    }
}
