using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What a reload or a shared link of a room's page keeps; what is half typed is no part of it.</summary>
public sealed class RoomAddressTests : PageTest
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public async Task ChartsPlace_OncePicked_StandsInTheAddressAndStaysWithItsMinute()
    {
        Pass(TimeSpan.FromSeconds(10));
        await LongTimeoutAsync();
        Beat("main", "ada");
        Pass(TimeSpan.FromMinutes(3));
        Beat("main", "grace");
        var page = RenderRoom("main");

        page.Act(shown => shown.Find("input[type=range]").Input("1"));
        await PassUntilAsync(() => Navigation.Uri.Contains("?at=20", StringComparison.Ordinal));
        var read = page.ByTestId("chart-reading").TextContent;
        Assert.Equal("12:02 · 1 watching · 0 joined, 0 left", read);
        Assert.Equal("12:02 · 1 watching · 0 joined, 0 left", page.Find("[data-state=picked]").GetAttribute("data-label"));
        Pass(TimeSpan.FromMinutes(2));
        await PassUntilAsync(() => page.Find("input[type=range]").GetAttribute("max") == "5");

        Assert.Equal(read, page.ByTestId("chart-reading").TextContent);
        Assert.Equal(read, RenderRoom("main").ByTestId("chart-reading").TextContent);
    }

    [Fact]
    public async Task ChartsPlace_BackAtNow_LeavesTheAddress()
    {
        Beat("main", "ada");
        await LongTimeoutAsync();
        Beat("main", "ada");
        Pass(TimeSpan.FromMinutes(3));
        Navigation.NavigateTo("/rooms/main?at=20260101T120100Z&range=15m");
        var page = RenderRoom("main");

        Assert.Equal("http://localhost/rooms/main", page.FindAll("figure [role=group] a")[1].GetAttribute("href"));
        page.Act(shown => shown.Find("input[type=range]").Input(shown.Find("input[type=range]").GetAttribute("max")));
        await PassUntilAsync(() => Navigation.Uri.EndsWith("/rooms/main?range=15m", StringComparison.Ordinal));

        Assert.StartsWith("now", page.ByTestId("chart-reading").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-state=picked]"));
    }

    [Fact]
    public async Task ChartsPlace_PickedJustBeforeThePageIsLeft_IsNotWrittenIntoTheNext()
    {
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(59));
        Beat("main", "ada");
        Pass(TimeSpan.FromSeconds(59));
        var page = RenderRoom("main");

        page.Act(shown => shown.Find("input[type=range]").Input("0"));
        await DisposeComponentsAsync();
        Navigation.NavigateTo("/settings");
        Time.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(20, Cancellation);

        Assert.Equal("http://localhost/settings", Navigation.Uri);
    }

    [Fact]
    public async Task Edit_InTheAddress_OpensTheFormWithWhatIsStored()
    {
        await Services.GetRequiredService<RoomStore>().DefineAsync("main", new() { Title = "Grand final" }, "ops@example.com", null, Cancellation);
        Navigation.NavigateTo("/rooms/main?edit=1&search=ada");
        var page = RenderRoom("main");
        await PassUntilAsync(() => page.FindAll("form").Count == 1);

        Assert.Equal("Grand final", page.Find("#room-title").GetAttribute("value"));
        page.Act(shown => shown.Find("#room-title").Input("Half typ"));
        Assert.EndsWith("?edit=1&search=ada", Navigation.Uri, StringComparison.Ordinal);
        Assert.EndsWith("/rooms/main?search=ada", page.Find("form a").GetAttribute("href"), StringComparison.Ordinal);
        Navigation.NavigateTo("/rooms/main?search=ada");
        await PassUntilAsync(() => page.FindAll("form").Count == 0);
        Navigation.NavigateTo("/rooms/main?search=ada&edit=1");
        await PassUntilAsync(() => page.FindAll("form").Count == 1);

        Assert.Equal("Grand final", page.Find("#room-title").GetAttribute("value"));
    }

    [Fact]
    public async Task Edit_InTheAddressOfAnObserver_ShowsTheValuesAlone()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Navigation.NavigateTo("/rooms/main?edit=1");

        var page = RenderRoom("main");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);

        Assert.Empty(page.FindAll("form"));
    }

    [Fact]
    public async Task JustLeft_InFull_StandsInTheAddress()
    {
        for (var viewer = 0; viewer < 9; viewer++)
            Beat("main", $"viewer {viewer}");
        for (var viewer = 0; viewer < 9; viewer++)
            Engine.Leave("main", $"viewer {viewer}", "");
        var page = RenderRoom("main");
        Assert.Equal(6, page.FindAll("[aria-labelledby=just-left] li").Count);
        var link = page.FindAll("a[aria-expanded]").First(link => link.TextContent == "Show all");
        Assert.Equal("http://localhost/?left=all", link.GetAttribute("href"));

        Navigation.NavigateTo("/?left=all");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=just-left] li").Count == 9);

        Assert.Equal("Show fewer", page.FindAll("a[aria-expanded=true]").Single().TextContent);
    }

    private async Task LongTimeoutAsync() => await Store.ChangeAsync(
        new SettingsChange { Settings = new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(3_600), ListLimit = 200 }, By = "initial" }, Cancellation);

    private IRenderedComponent<RoomDetailPage> RenderRoom(string roomId) =>
        Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, roomId));
}
