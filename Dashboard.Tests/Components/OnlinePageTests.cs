using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Components;

public sealed class OnlinePageTests : PageTest
{
    [Fact]
    public void Online_WithPeople_ListsTheLatestHeartbeatFirst()
    {
        Be("ada", "Ada Lovelace");
        Be("grace", "Grace Hopper");

        var page = Render<OnlinePage>();

        Assert.Equal("2", page.ByTestId("online-count").TextContent);
        Assert.Equal(["Grace Hopper", "Ada Lovelace"], Names(page));
        Assert.Equal("descending", page.FindAll("th")[^1].GetAttribute("aria-sort"));
        Assert.Equal("2 people", page.ByTestId("showing").TextContent);
    }

    [Fact]
    public void Online_WithOrderAndSearchInTheAddress_ShowsThem()
    {
        Be("ada", "Ada Lovelace");
        Be("grace", "Grace Hopper");
        Be("adam", "Adam");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online?sort=oldest&search=AD");

        var page = Render<OnlinePage>();

        Assert.Equal(["Ada Lovelace", "Adam"], Names(page));
        Assert.Equal("ascending", page.FindAll("th")[^1].GetAttribute("aria-sort"));
        Assert.Equal("http://localhost/online?search=AD", page.Find("th[aria-sort] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Search_WhileTyping_GoesIntoTheAddressAndLeadsBackWhenNobodyMatches()
    {
        Be("ada", "Ada Lovelace");
        var page = Render<OnlinePage>();

        page.Act(shown => shown.Find("input[type=search]").Input("zzz"));
        await PassUntilAsync(() => page.FindAll("[data-testid=empty] a").Count == 1);

        Assert.EndsWith("?search=zzz", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Equal("http://localhost/", page.Find("[data-testid=empty] a").GetAttribute("href"));
    }

    [Fact]
    public void Online_WithSomebodyWhoOptedOut_CountsButDoesNotListThem()
    {
        Be("ada", "Ada Lovelace");
        Be("shy", null);
        Engine.SetOptOut("shy", isOut: true);

        var page = Render<OnlinePage>();

        Assert.Equal(["Ada Lovelace"], Names(page));
        Assert.Equal("2 people, 1 of them not listed by choice.", page.ByTestId("showing").TextContent);
    }

    [Fact]
    public void Online_Somebody_LeadsToTheirPage()
    {
        Be("ada", "Ada Lovelace");
        Be("a/b", null);

        Assert.Equal(["viewer?id=a%2Fb", "viewers/ada"], Render<OnlinePage>().AllByTestId("viewer-name").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Online_WithMoreThanAPage_SaysHowToFindTheOthers()
    {
        for (var user = 0; user < 230; user++)
            Engine.UserHeartbeat($"user {user}");

        Assert.Equal("Showing 200 of 230 people. Search to find others.", Render<OnlinePage>().ByTestId("showing").TextContent);
    }

    [Fact]
    public void Online_WithNobody_SaysWhatMakesPeopleAppear() =>
        Assert.Contains("when their app sends the network heartbeat", Render<OnlinePage>().ByTestId("empty").TextContent, StringComparison.Ordinal);

    [Fact]
    public async Task Online_WhenSomebodyComes_ShowsItWithoutReload()
    {
        var page = Render<OnlinePage>();

        Be("ada", "Ada Lovelace");

        await PassUntilAsync(() => page.AllByTestId("viewer-name").Count == 1);
    }

    [Fact]
    public async Task Online_WhileItIsReadAndWhenThatFails_SaysSo()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);

        var page = Render<OnlinePage>();
        Assert.Equal("Loading people…", page.ByTestId("loading").TextContent);
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Equal("0", page.ByTestId("online-count").TextContent);
    }

    private static IEnumerable<string> Names(IRenderedComponent<OnlinePage> page) => page.AllByTestId("viewer-name").Select(name => name.TextContent);

    private void Be(string userId, string? name)
    {
        Engine.UserHeartbeat(userId, name is null ? null : new UserProfile(name, null));
        Pass(TimeSpan.FromSeconds(1));
    }
}
