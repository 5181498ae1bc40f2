using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

public sealed class WallPageTests : PageTest
{
    [Fact]
    public async Task Wall_WithPins_ShowsThemInTheirOrder()
    {
        await PinAsync("side", "main", "later");
        Beat("main", "ada");
        Beat("main", "grace");
        Beat("side", "ada");

        var page = Render<WallPage>();

        Assert.Equal(["side", "main", "later"], page.AllByTestId("room-name").Select(name => name.TextContent));
        Assert.Equal(["1", "2", "0"], page.AllByTestId("room-viewers").Select(count => count.TextContent));
        Assert.Equal("wall?rooms=side&rooms=main&rooms=later", page.ByRole("link", WallTexts.Keep).GetAttribute("href"));
    }

    [Theory]
    [InlineData("?rooms=b,a", "b a")]
    [InlineData("?rooms=b&rooms=a%2Cc", "b a,c")]
    [InlineData("?rooms=a,,a,%00", "a")]
    [InlineData("?rooms=1,2,3,4,5,6,7,8,9,10,11,12,13,14", "1 2 3 4 5 6 7 8 9 10 11 12")]
    public async Task Wall_WithRoomsInTheAddress_ShowsThoseWhateverIsPinned(string query, string expected)
    {
        await PinAsync("pinned");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/wall" + query);

        var page = Render<WallPage>();

        Assert.Equal(expected.Split(' '), page.AllByTestId("room-name").Select(name => name.TextContent));
        Assert.Empty(page.AllByRole("link", WallTexts.Keep));
    }

    [Fact]
    public async Task Wall_WhileARoomIsPinnedOnAnotherScreen_FollowsIt()
    {
        await PinAsync("main");
        var page = Render<WallPage>();

        await Services.GetRequiredService<PinnedRooms>().SetAsync("mod@example.com", "side", isPinned: true);

        await PassUntilAsync(() => page.AllByTestId("room-name").Count == 2);
    }

    [Fact]
    public async Task Wall_WhenSomebodyComes_MovesItsNumber()
    {
        await PinAsync("main");
        var page = Render<WallPage>();

        Beat("main", "ada");

        await PassUntilAsync(() => page.ByTestId("room-viewers").TextContent == "1");
    }

    [Fact]
    public void Wall_WithNothingPinned_SaysHowToPin()
    {
        var page = Render<WallPage>();

        Assert.Contains("Pin up to 12 rooms", page.ByTestId("empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("rooms", page.Find("[data-testid=empty] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Wall_WhileItIsReadAndWhenThatFails_SaysSo()
    {
        await PinAsync("main");
        var held = new TaskCompletionSource();
        PinStore.Ready = held.Task;

        var page = Render<WallPage>();
        Assert.Equal("Loading rooms…", page.ByTestId("loading").TextContent);
        held.SetException(new InvalidOperationException("disk"));
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        PinStore.Ready = Task.CompletedTask;
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Equal("main", page.ByTestId("room-name").TextContent);
    }

    [Fact]
    public async Task Wall_WhenTheSweepStops_LooksFrozenAndSaysSinceWhen()
    {
        await PinAsync("main");
        Engine.Sweep();
        var swept = Services.GetRequiredService<LocalTime>().Second(Time.GetUtcNow());
        var page = Render<WallPage>();

        Time.Advance(TimeSpan.FromSeconds(20));

        await PassUntilAsync(() => page.ByTestId("freshness").GetAttribute("data-state") == "stale");
        Assert.Contains($"Not live · as of {swept}", page.ByTestId("freshness").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Wall_ForSomebodyWithoutARole_ShowsNothing()
    {
        Moderator.SetRoles();

        Assert.Contains("No access", Render<WallPage>().Markup, StringComparison.Ordinal);
    }

    private Task PinAsync(params string[] rooms) => PinStore.SaveAsync("mod@example.com", rooms);
}
