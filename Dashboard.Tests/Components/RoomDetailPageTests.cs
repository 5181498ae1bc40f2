using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components.Pages;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

public sealed class RoomDetailPageTests : PageTest
{
    [Fact]
    public void Room_WithViewers_ListsTheNewestArrivalFirst()
    {
        Beat("main", "ada", "Ada Lovelace");
        Time.Advance(TimeSpan.FromSeconds(3));
        Beat("main", "grace", "Grace Hopper", ViewerState.Hidden);
        Time.Advance(TimeSpan.FromSeconds(3));
        Beat("main", "ada", "Ada Lovelace"); // beats again: stays where it is

        var page = RenderRoom("main");

        Assert.Equal("2", page.Find("[data-testid=viewer-count]").TextContent);
        Assert.Equal(["Grace Hopper", "Ada Lovelace"], page.FindAll(".viewer-name").Select(name => name.TextContent));
        Assert.Equal(["grace", "ada"], page.FindAll(".viewer-id").Select(id => id.TextContent));
        Assert.Equal(["Hidden", "Watching"], page.FindAll(".status").Select(status => status.TextContent));
        Assert.Equal(["GH", "AL"], page.FindAll(".avatar").Select(avatar => avatar.TextContent));
    }

    [Fact]
    public void Room_NobodyIsIn_SaysSo()
    {
        var page = RenderRoom("never seen");

        Assert.Equal("0", page.Find("[data-testid=viewer-count]").TextContent);
        Assert.Contains("Nobody is in this room now", page.Markup, StringComparison.Ordinal);
        Assert.Equal(0, Engine.CountNetwork().Rooms);
    }

    [Fact]
    public async Task Room_AtAViewersDeadline_LetsItGo()
    {
        Beat("main", "ada");
        var page = RenderRoom("main");

        Pass(TimeSpan.FromSeconds(40));
        await PassUntilAsync(() => page.FindAll(".status-fading").Count == 1);
        Pass(TimeSpan.FromSeconds(21));

        await PassUntilAsync(() => page.Find("[data-testid=viewer-count]").TextContent == "0");
    }

    [Fact]
    public void Room_WithMoreViewersThanAPage_SaysHowToFindTheOthers()
    {
        for (var i = 0; i < 1_240; i++)
            Beat("main", $"user-{i:0000}");

        var page = RenderRoom("main");

        Assert.Equal(200, page.FindAll("tbody tr").Count);
        Assert.Equal("1,240", page.Find("[data-testid=viewer-count]").TextContent);
        Assert.Contains("Showing 200 of 1,240 viewers. Search to find the others.", page.Find(".showing").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_ByPartOfTheNameOrId_FindsTheViewer()
    {
        for (var i = 0; i < 300; i++)
            Beat("main", $"user-{i:0000}", $"Viewer {i}");
        Beat("main", "needle", "Ada Lovelace");
        for (var i = 300; i < 600; i++)
            Beat("main", $"user-{i:0000}", $"Viewer {i}");
        var page = RenderRoom("main");

        page.Find("input[type=search]").Input("lovel");
        Assert.Equal(["needle"], page.FindAll(".viewer-id").Select(id => id.TextContent));
        page.Find("input[type=search]").Input("NEED");

        Assert.Equal(["needle"], page.FindAll(".viewer-id").Select(id => id.TextContent));
        Assert.Equal("601", page.Find("[data-testid=viewer-count]").TextContent);
    }

    [Fact]
    public void Sort_InTheAddress_IsTheOrderOfTheRows()
    {
        Beat("main", "ada");
        Time.Advance(TimeSpan.FromSeconds(1));
        Beat("main", "grace");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/main?sort=joined");

        var page = RenderRoom("main");

        Assert.Equal(["ada", "grace"], page.FindAll(".viewer-name").Select(name => name.TextContent));
    }

    [Fact]
    public async Task Room_WhenPresenceIsSwitchedOff_SaysSo()
    {
        Beat("main", "ada");
        var page = RenderRoom("main");

        Engine.Apply(Engine.Settings with { Enabled = false, Version = 2 });
        Engine.Sweep();

        await PassUntilAsync(() => page.Find(".freshness").TextContent.Contains("Presence is off", StringComparison.Ordinal));
        Assert.Equal("0", page.Find("[data-testid=viewer-count]").TextContent);
    }

    [Fact]
    public async Task Storm_OfJoins_ShowsTheCountAtFullPaceAndTheRowsLessOften()
    {
        var page = RenderRoom("main");
        for (var i = 0; i < 200; i++)
            Beat("main", $"first-{i:000}");
        await PassUntilAsync(() => page.FindAll("tbody tr").Count == 200);
        var newest = page.Find(".viewer-name").TextContent;

        Beat("main", "latest");
        await PassUntilAsync(() => page.Find("[data-testid=viewer-count]").TextContent == "201");
        Assert.Equal(newest, page.Find(".viewer-name").TextContent);

        await PassUntilAsync(() => page.Find(".viewer-name").TextContent == "latest");
    }

    private IRenderedComponent<RoomDetailPage> RenderRoom(string roomId) =>
        Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, roomId));
}
