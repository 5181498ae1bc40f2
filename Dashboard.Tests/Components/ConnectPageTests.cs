using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

public sealed class ConnectPageTests : PageTest
{
    public ConnectPageTests()
    {
        var options = new DashboardOptions();
        options.Clients.AllowUnverifiedLogin = true;
        options.Clients.Key = "a-client-key";
        Services.AddSingleton(options);
        Services.AddSingleton<KeyFolder>();
        Services.AddSingleton<ClientKey>();
        Services.AddSingleton<ClientCommands>();
    }

    [Fact]
    public async Task Light_UntilTheFirstHeartbeat_WaitsAndThenTurnsGreen()
    {
        var page = Render<ConnectPage>();
        await page.WaitForElementAsync("[data-testid=light]");
        var room = page.Instance.TestRoom!;
        Assert.StartsWith("try-", room, StringComparison.Ordinal);
        Assert.Null(page.ByTestId("light").GetAttribute("data-state"));
        Assert.Equal(0, Engine.CountNetwork().Rooms);

        Beat(room, "ada");

        await PassUntilAsync(() => page.ByTestId("light").GetAttribute("data-state") == "on");
        Assert.Contains("Connected", page.ByTestId("light").TextContent, StringComparison.Ordinal);

        Pass(TimeSpan.FromSeconds(62));
        await PassUntilAsync(() => page.ByTestId("light").TextContent.Contains("It works", StringComparison.Ordinal));
        Assert.Equal("on", page.ByTestId("light").GetAttribute("data-state"));
    }

    [Fact]
    public async Task Snippets_OfAVisit_AreAllForItsRoom()
    {
        var page = Render<ConnectPage>();
        await page.WaitForElementAsync("[data-testid=light]");

        var snippets = page.FindAll("pre").Select(snippet => snippet.TextContent).Take(3).ToList();

        Assert.All(snippets, snippet => Assert.Contains(page.Instance.TestRoom!, snippet, StringComparison.Ordinal));
        Assert.All(snippets, snippet => Assert.Contains("a-client-key", snippet, StringComparison.Ordinal));
        Assert.Contains("/client/v1/presence.js", snippets[1], StringComparison.Ordinal);
        Assert.Contains("using Presence.Client;", snippets[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WhileItIsReadAndWhenThatFails_SaysSoBesideItsSnippets()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);

        var page = Render<ConnectPage>();
        Assert.Equal("Loading…", page.ByTestId("loading").TextContent);
        Assert.NotEmpty(page.FindAll("pre"));
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.NotEmpty(page.FindAll("pre"));
        authentication.Mend();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Contains("Live", page.ByTestId("freshness").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.AllByTestId("light"));
    }

    [Fact]
    public async Task Light_WhenTheSweepIsLate_SaysOfWhenItIs()
    {
        var page = Render<ConnectPage>();
        await page.WaitForElementAsync("[data-testid=light]");

        await PassUntilAsync(() => page.FindAll("[data-testid=freshness][data-state=stale]").Count == 1); // nobody sweeps here
    }

    [Fact]
    public async Task Light_WhilePresenceIsOff_SaysWhereItIsSwitchedOn()
    {
        Engine.Apply(Engine.Settings with { Enabled = false });

        var page = Render<ConnectPage>();
        await page.WaitForElementAsync("[data-testid=light]");

        Assert.Equal("settings", page.Find("[data-testid=light] a").GetAttribute("href"));
    }
}
