using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class AuditPageTests : PageTest
{
    private static readonly Actor Mia = new("mia@example.com", ActorKind.Moderator, "0123456789abcdef");

    /// <summary>Readings come from the disk, on other threads.</summary>
    static AuditPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    public AuditPageTests()
    {
        Services.AddSingleton(Database);
        Services.AddSingleton<AuditLog>();
        Services.AddScoped<AuditAdministration>();
    }

    [Fact]
    public void Page_OfANewServer_SaysWhatWillBeHere() =>
        WaitFor(Render<AuditPage>(), page => Assert.Contains("from now on", page.ByTestId("empty").TextContent, StringComparison.Ordinal));

    [Fact]
    public async Task Acts_InWords_SayWhoDidWhatToWhom()
    {
        await Rooms.DefineAsync("lobby", new RoomDefinition { Title = "Lobby" }, "server key app", null, Cancellation);
        await Bans.RemoveAsync(new Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), "spam"), Mia, Cancellation);

        var page = Render<AuditPage>();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        var rows = page.FindAll("tbody tr");
        Assert.Contains("Banned", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Equal(["viewers/ann", "rooms/lobby"], rows[0].QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        Assert.Equal("spam", rows[0].QuerySelector("q")!.TextContent);
        Assert.Contains("01234567", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Changed a room", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("title Lobby", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("server key app", rows[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_InTheAddress_SelectActs()
    {
        await Rooms.DefineAsync("lobby", new RoomDefinition { Title = "Lobby" }, "server key app", null, Cancellation);
        await Bans.RemoveAsync(new Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), null), Mia, Cancellation);
        Pass(TimeSpan.FromSeconds(2));
        var navigation = Services.GetRequiredService<NavigationManager>();
        var page = Render<AuditPage>();

        navigation.NavigateTo("audit?kind=bans");
        page.WaitForAssertion(() => Assert.Equal(["Banned"], Shown()));
        navigation.NavigateTo("audit?search=app");
        page.WaitForAssertion(() => Assert.Equal(["Changed a room"], Shown()));
        navigation.NavigateTo("audit?search=nobody&days=7");
        page.WaitForAssertion(() => Assert.Equal(SharedTexts.FilterNothing, page.ByTestId("empty").TextContent));

        IEnumerable<string> Shown() => page.FindAll("tbody tr").Select(row => row.QuerySelectorAll("td")[1].FirstChild!.TextContent.Trim());
    }

    [Fact]
    public async Task Acts_MoreThanAPage_AreReachedByOlder()
    {
        for (var act = 0; act < AuditAdministration.PageSize + 3; act++)
            await Rooms.DefineAsync("lobby", new RoomDefinition { Title = $"Title {act}" }, Mia, null, Cancellation);
        var page = Render<AuditPage>();
        page.WaitForAssertion(() => Assert.Equal(AuditAdministration.PageSize, page.FindAll("tbody tr").Count));

        Services.GetRequiredService<NavigationManager>().NavigateTo(page.ByRole("link", AuditTexts.Older).GetAttribute("href")!);

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tbody tr").Count));
        Assert.NotNull(page.ByRole("link", AuditTexts.Latest));
    }

    [Fact]
    public async Task Verify_OfAnEditedRow_NamesIt()
    {
        await Bans.RemoveAsync(new Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), null), Mia, Cancellation);
        var page = Render<AuditPage>();
        page.WaitForElement("table");
        await page.ActAsync(shown => shown.ByRole("button", AuditTexts.Verify).ClickAsync());
        page.WaitForAssertion(() => Assert.StartsWith("All 1 rows verify.", page.ByTestId("verified").TextContent.Trim(), StringComparison.Ordinal));

        await using (var context = Database.CreateDbContext())
            await context.ExecuteAsync($"UPDATE \"Audit\" SET \"Actor\" = 'nobody'", Cancellation);
        await page.ActAsync(shown => shown.ByRole("button", AuditTexts.Verify).ClickAsync());

        page.WaitForAssertion(() => Assert.Contains("row 1", page.ByTestId("verified").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_WithoutTheRole_IsRefusedInTheServiceToo()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));

        WaitFor(Render<AuditPage>(), page => Assert.Contains("No access", page.Markup, StringComparison.Ordinal));
        var audit = Services.GetRequiredService<AuditAdministration>();
        await Assert.ThrowsAsync<AccessRefusedException>(() => audit.ReadAsync(AuditView.Of(null, null, null, null), Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => audit.VerifyAsync(Cancellation));
    }

    [Fact]
    public void Words_OfEveryAct_AreThere()
    {
        Assert.All(AuditActs.All, act => Assert.NotEqual(act, AuditWords.Of(act)));
        Assert.Equal(AuditActs.All.Order(), AuditKinds.All.SelectMany(kind => kind.Acts).Order());
        Assert.Equal("something.new", AuditWords.Of("something.new"));
    }

    private static void WaitFor(IRenderedComponent<AuditPage> page, Action<IRenderedComponent<AuditPage>> assert) => page.WaitForAssertion(() => assert(page));

    private RemovalStore Bans => Services.GetRequiredService<RemovalStore>();

    private RoomStore Rooms => Services.GetRequiredService<RoomStore>();
}
