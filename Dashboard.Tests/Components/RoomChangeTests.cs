using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What pages say of how a room moves: the minute leads, the five minutes stand beside it, and no page contradicts another.</summary>
public sealed class RoomChangeTests : PageTest
{
    [Fact]
    public void Room_ThatRoseForMinutesAndFallsNow_IsSaidToFallEverywhere()
    {
        LongTimeout();
        Fill("falls", 104);
        Fill("grows", 10);
        Pass(TimeSpan.FromMinutes(2));
        Fill("falls", 189);
        Pass(TimeSpan.FromMinutes(2));
        Fill("grows", 12);
        Empty("falls", 89);
        Pass(TimeSpan.FromSeconds(20));

        string[] fallen = [CountChanges.Text(-100, 89), CountChanges.Text(-15, 89)];
        var room = Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "falls"));
        Assert.Equal([fallen[0] + " in 1 min", fallen[1] + " in 5 min"], Changes(room, "[data-testid=count-caption]"));

        var overview = Render<OverviewPage>();
        Assert.Equal(["falls", "grows"], overview.FindAll("[aria-labelledby=moving] [data-testid=room-name]").Select(name => name.TextContent));
        foreach (var list in new[] { "moving", "largest" })
            Assert.Equal([InARow(-100, 89)], Changes(overview, $"[aria-labelledby={list}] li:first-child"));

        var falling = RenderRooms("?show=falling");
        Assert.Equal(["falls"], falling.AllByTestId("room-name").Select(name => name.TextContent));
        Assert.Equal([InARow(-100, 89), InARow(-15, 89)], Changes(falling, "tbody"));
        Assert.Equal(["grows"], RenderRooms("?show=growing").AllByTestId("room-name").Select(name => name.TextContent));
        Assert.Equal("falls", RenderRooms("?sort=-change").AllByTestId("room-name")[0].TextContent);
    }

    [Fact]
    public void Rooms_ThatMovedBeforeTheMinute_AreNotMovingAnyMore()
    {
        LongTimeout();
        Fill("main", 10);
        Pass(TimeSpan.FromSeconds(30));
        Fill("main", 30);
        Pass(TimeSpan.FromSeconds(80));

        Assert.Empty(Render<OverviewPage>().FindAll("[aria-labelledby=moving] [data-testid=room-name]"));
        Assert.Empty(Engine.RankRooms(new RoomQuery { Filter = RoomFilter.Growing }));
        var trend = Engine.Trend("main");
        Assert.Equal((0, 20), (trend.MinuteChange, trend.RecentChange));
    }

    [Fact]
    public void Change_AsTimePasses_IsTheSameOnEveryPageInEverySecond()
    {
        LongTimeout();
        var random = new Random(23);
        for (var second = 0; second < 90; second++)
        {
            Fill("main", random.Next(40));
            Empty("main", random.Next(30));
            Fill("other", 1 + (second / 9));
            Pass(TimeSpan.FromSeconds(1));
            if (second % 10 != 0)
                continue;

            var onRoom = Changes(Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main")), "[data-testid=count-caption]");
            var row = Render<OverviewPage>().FindAll("[aria-labelledby=largest] li").FirstOrDefault(item => item.TextContent.Contains("main", StringComparison.Ordinal));
            if (row is null)
                continue; // nobody is in it
            var onOverview = row.QuerySelectorAll("[data-testid^=change]").Select(change => change.TextContent).ToArray();
            var trend = Engine.Trend("main");
            Assert.Equal(onRoom[0], CountChanges.Text(trend.MinuteChange, trend.Recent[^1]) + " in 1 min");
            Assert.Equal(InARow(trend.MinuteChange, trend.Recent[^1]), Assert.Single(onOverview));
        }
    }

    /// <summary>Nobody has to send a second heartbeat.</summary>
    private void LongTimeout() => Engine.Apply(Engine.Settings with { PresenceTimeout = TimeSpan.FromMinutes(60) });

    private IRenderedComponent<RoomListPage> RenderRooms(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms" + query);
        return Render<RoomListPage>();
    }

    private static string[] Changes<TPage>(IRenderedComponent<TPage> page, string within)
        where TPage : IComponent =>
        [.. page.FindAll($"{within} [data-testid^=change]").Select(change => change.TextContent)];

    private static string InARow(int change, int now) => $"{Numbers.Change(change)} {CountChanges.Share(change, now)}".TrimEnd();

    private void Fill(string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            Beat(room, $"viewer {viewer}");
    }

    private void Empty(string room, int leave)
    {
        for (var viewer = Engine.Count(room).Viewers - 1; viewer >= leave; viewer--)
            Engine.Leave(room, $"viewer {viewer}", "");
    }
}
