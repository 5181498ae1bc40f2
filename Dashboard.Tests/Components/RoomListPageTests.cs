using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

public sealed class RoomListPageTests : PageTest
{
    public RoomListPageTests()
    {
        var options = new DashboardOptions { Data = Directory.CreateTempSubdirectory("presence-keys-").FullName, Clients = { Key = "the-key", AllowUnverifiedLogin = true } };
        Services.AddSingleton(options);
        Services.AddSingleton(new ClientKey(options, new KeyFolder(options)));
        Services.AddSingleton<ClientCommands>();
    }

    [Fact]
    public void Rooms_WithViewers_ShowsTotalsAndOneRowARoom()
    {
        Beat("main", "ada");
        Beat("main", "grace", state: ViewerState.Hidden);
        Beat("side", "ada");

        var page = Render<RoomListPage>();

        Assert.Equal(["2", "2", "3"], page.FindAll(".totals dd").Select(total => total.TextContent));
        Assert.Equal(["main", "side"], page.FindAll(".room-name").Select(name => name.TextContent));
        Assert.Equal("rooms/main", page.Find(".room-name a").GetAttribute("href"));
        Assert.Equal(["2", "1"], page.FindAll("tbody .live-number").Select(count => count.TextContent));
    }

    [Fact]
    public void Rooms_WithNobody_OffersTheCommandAndTheDemo()
    {
        var page = Render<RoomListPage>();

        var text = page.Find(".first-viewer").TextContent;
        Assert.Contains("X-API-Key: the-key", text, StringComparison.Ordinal);
        Assert.Contains("http://localhost/api/v1/presence/rooms/first-room/heartbeat", text, StringComparison.Ordinal);
        Assert.Contains("-- --demo", text, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("button[data-copy]"));
    }

    [Fact]
    public async Task Rooms_WhenSomebodyComes_ShowsItWithoutReload()
    {
        var page = Render<RoomListPage>();

        Beat("main", "ada");

        await PassUntilAsync(() => page.FindAll(".room-name").Count == 1);
    }

    [Fact]
    public void Rooms_WithSearchAndSortInTheAddress_ShowsThem()
    {
        Beat("main", "ada");
        Beat("maintenance", "ada");
        Beat("maintenance", "grace");
        Beat("side", "ada");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms?search=MAIN&sort=name");

        var page = Render<RoomListPage>();

        Assert.Equal(["main", "maintenance"], page.FindAll(".room-name").Select(name => name.TextContent));
        Assert.Equal("ascending", page.FindAll("th")[0].GetAttribute("aria-sort"));
        Assert.Equal("MAIN", page.Find("input[type=search]").GetAttribute("value"));
    }

    [Fact]
    public void Search_WhileTyping_GoesIntoTheAddress()
    {
        Beat("main", "ada");
        Beat("side", "ada");
        var page = Render<RoomListPage>();

        page.Find("input[type=search]").Input("sid");

        Assert.EndsWith("?search=sid", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Equal(["side"], page.FindAll(".room-name").Select(name => name.TextContent));
    }

    [Fact]
    public void Search_ForNothingThereIs_SaysSoAndLeadsBack()
    {
        Beat("main", "ada");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms?search=zzz");

        var page = Render<RoomListPage>();

        Assert.Contains("zzz", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("http://localhost/rooms", page.Find(".empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task Freshness_WhenTheSweepStops_LooksStale()
    {
        Beat("main", "ada");
        Engine.Sweep();
        var page = Render<RoomListPage>();
        Assert.Contains("Live", page.Find(".freshness").TextContent, StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(8));

        await PassUntilAsync(() => page.Find(".freshness").ClassList.Contains("is-stale"));
    }

    [Fact]
    public void Rooms_ForSomebodyWithoutARole_ShowsNothing()
    {
        Beat("main", "ada");
        Moderator.SetRoles();

        var page = Render<RoomListPage>();

        Assert.DoesNotContain("main", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No access", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_ThenSomebodyComes_RendersNoMore()
    {
        var page = Render<RoomListPage>();
        await page.Instance.DisposeAsync();
        var renders = page.RenderCount;

        Beat("main", "ada");
        Time.Advance(TimeSpan.FromSeconds(3));
        await Task.Delay(20, Cancellation);

        Assert.Equal(renders, page.RenderCount);
    }
}
