using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>A room's settings while somebody else saves them, here or through the API.</summary>
public sealed class RoomSettingsPanelTests : PageTest
{
    [Fact]
    public async Task Values_SavedBySomebodyElse_AreShown()
    {
        var page = RenderRoom("/rooms/main");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);
        Assert.Contains("none", page.Find("[aria-labelledby=room-settings] dl").TextContent, StringComparison.Ordinal);

        await NameElsewhereAsync("Owls, live");

        await PassUntilAsync(() => page.Find("[aria-labelledby=room-settings] dl").TextContent.Contains("Owls, live", StringComparison.Ordinal));
        Assert.Contains("eve@example.com", page.Find("[aria-labelledby=room-settings]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_OfAPrefix_SayWhereTheyComeFromAndWhatAnEmptyFieldFollows()
    {
        await Services.GetRequiredService<RoomPrefixStore>().DefineAsync("ma", new() { HeartbeatInterval = TimeSpan.FromSeconds(15) }, "eve@example.com", null, Cancellation);
        var page = RenderRoom("/rooms/main");
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=room-settings] dl").Count == 1);

        Assert.Equal(["network", VisibleText.Isolated("ma*"), "network"], page.AllByTestId("setting-source").Select(source => source.TextContent));

        var edited = RenderRoom("/rooms/main?edit=1");
        await PassUntilAsync(() => edited.FindAll("form").Count == 1);
        Assert.Contains("the value of " + VisibleText.Isolated("ma*") + " (15 s)", edited.Find("#room-interval-hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_NobodyTypedInto_TakesWhatSomebodyElseSaved()
    {
        var page = RenderRoom("/rooms/main?edit=1");
        await PassUntilAsync(() => page.FindAll("form").Count == 1);

        await NameElsewhereAsync("Owls, live");

        await PassUntilAsync(() => page.Find("#room-title").GetAttribute("value") == "Owls, live");
        Assert.Empty(page.Find("form [role=alert]").TextContent);
    }

    [Fact]
    public async Task Form_TypedIntoWhileSomebodyElseSaves_KeepsItAndSaysSo()
    {
        var page = RenderRoom("/rooms/main?edit=1");
        await PassUntilAsync(() => page.FindAll("form").Count == 1);
        page.Act(shown => shown.Find("#room-title").Input("Mine"));

        await NameElsewhereAsync("Owls, live");

        await PassUntilAsync(() => page.Find("form [role=alert]").TextContent.Length > 0);
        Assert.Contains("eve@example.com saved changes in the meantime", page.Find("form [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", page.Find("#room-title").GetAttribute("value"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());
        Assert.Equal("Mine", Engine.Definition("main").Title);
    }

    [Fact]
    public async Task Form_TypedIntoOneFieldWhileSomebodyElseSaves_TakesTheirsOfTheOthers()
    {
        var page = RenderRoom("/rooms/main?edit=1");
        await PassUntilAsync(() => page.FindAll("form").Count == 1);
        page.Act(shown => shown.Find("#room-timeout").Input("120"));

        await NameElsewhereAsync("Owls, live");
        await PassUntilAsync(() => page.Find("#room-title").GetAttribute("value") == "Owls, live");
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        Assert.Equal(("Owls, live", TimeSpan.FromSeconds(120)), (Engine.Definition("main").Title, Engine.Definition("main").Overrides.PresenceTimeout));
    }

    private Task<DefinedRoom> NameElsewhereAsync(string title) =>
        Services.GetRequiredService<RoomStore>().DefineAsync("main", new() { Title = title }, "eve@example.com", null, Cancellation);

    private IRenderedComponent<RoomDetailPage> RenderRoom(string address)
    {
        Beat("main", "ada");
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));
    }
}
