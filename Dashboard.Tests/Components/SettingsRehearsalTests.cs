using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

/// <summary>The last day replayed beside a form, on heartbeats that the engine counted.</summary>
public sealed class SettingsRehearsalTests : PageTest
{
    private static readonly SessionDevice Pixel = new("Pixel", "4.2.1");

    [Fact]
    public async Task Timeout_TypedShorter_ShowsWhoItWouldHaveDroppedAndOnWhat()
    {
        await WatchAsync("main");
        var page = Render<SettingsPage>();
        await PassUntilAsync(() => page.AllByTestId("rehearsal-span").Count == 1);
        Assert.Equal(["0.8", "0.8"], ValuesOf(page, SettingsTexts.RehearsalViewers));
        Assert.Equal(["0", "0"], ValuesOf(page, SettingsTexts.RehearsalDropped));
        Assert.Contains("3 min of recorded heartbeats", page.ByTestId("rehearsal-span").TextContent, StringComparison.Ordinal);

        page.Act(shown => shown.Find("#timeout").Input("40"));

        await PassUntilAsync(() => ValuesOf(page, SettingsTexts.RehearsalDropped)[1] == "2");
        Assert.Equal(["0", "2"], ValuesOf(page, "on Pixel · 4.2.1"));
    }

    [Fact]
    public async Task Page_BeforeAnythingIsRecorded_SaysSo()
    {
        var page = Render<SettingsPage>();

        await PassUntilAsync(() => page.ByTestId("rehearsal").TextContent.Contains("Nothing recorded yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RoomForm_WithItsOwnTimeout_ReplaysThatRoomAlone()
    {
        await WatchAsync("main");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/other?edit=1");
        var other = Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "other"));
        await PassUntilAsync(() => other.AllByTestId("rehearsal").Count == 1 && other.ByTestId("rehearsal").TextContent.Contains("Nothing recorded yet", StringComparison.Ordinal));

        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/main?edit=1");
        var room = Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));
        await PassUntilAsync(() => room.AllByTestId("rehearsal-span").Count == 1);
        room.Act(shown => shown.Find("#room-timeout").Input("40"));

        await PassUntilAsync(() => ValuesOf(room, SettingsTexts.RehearsalDropped)[1] == "2");
    }

    /// <summary>One viewer, twice 15 s late, and three minutes that are recorded.</summary>
    private async Task WatchAsync(string room)
    {
        Time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 20, 0, 0, TimeSpan.Zero));
        for (var beats = 0; beats < 3; beats++)
        {
            Beat(room, "ada", device: Pixel);
            Pass(TimeSpan.FromSeconds(45));
        }
        Pass(TimeSpan.FromSeconds(75));
        await KeepHistoryAsync();
    }

    private static string[] ValuesOf<T>(IRenderedComponent<T> page, string name)
        where T : IComponent =>
        [.. page.ByTestId("rehearsal").QuerySelectorAll("tr").Single(row => row.QuerySelector("th")!.TextContent == name).QuerySelectorAll("td").Select(cell => cell.TextContent)];
}
