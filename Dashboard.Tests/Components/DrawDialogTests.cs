using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>The room page's fair draws.</summary>
public sealed class DrawDialogTests : PageTest
{
    private readonly IRenderedComponent<MudDialogProvider> _dialogs;

    static DrawDialogTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    public DrawDialogTests()
    {
        Render<MudPopoverProvider>();
        _dialogs = Render<MudDialogProvider>();
    }

    private DrawStore Draws => Services.GetRequiredService<DrawStore>();

    [Fact]
    public async Task Draw_FromTheRoom_ShowsTheHashThenWinnersAndWhatProvesThem()
    {
        Beat("main", "ada", "Ada Lovelace");
        Beat("main", "alan", "Alan Turing");
        Time.Advance(TimeSpan.FromSeconds(30));
        Beat("main", "grace", "Grace Hopper");
        Engine.Heartbeat(new Heartbeat { RoomId = "main", UserId = "ada", SessionId = "", HandRaised = true });
        await OpenAsync("rooms/main?search=a");
        Assert.Equal("3 viewers take part if you draw now.", Matching());

        await CheckAsync("Only with a raised hand", true);
        await PassUntilAsync(() => Matching() == "1 viewer takes part if you draw now.");
        await CheckAsync("Only with a raised hand", false);
        await CheckAsync("Only viewers that match the list’s filters: “a”", false);
        await EnterAsync("#draw-winners", "2");
        await ClickAsync(DrawTexts.Prepare);
        await PassUntilAsync(() => _dialogs.AllByRole("button", "Draw 2 winners").Count == 1);
        var prepared = Assert.Single(await Draws.ListAsync("main", Cancellation));
        Assert.Contains(prepared.SeedHash, _dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal((2, new DrawFilter()), (prepared.Winners, prepared.Filter));
        Assert.Empty(_dialogs.AllByTestId("winner"));

        await ClickAsync("Draw 2 winners");
        await PassUntilAsync(() => _dialogs.AllByTestId("winner").Count == 2);
        var drawn = (await Draws.FindAsync("main", prepared.Id, Cancellation))!;
        Assert.Equal(drawn.Drawn.Select(id => $"viewers/{id}"), _dialogs.FindAll("[data-testid=winner] a").Select(link => link.GetAttribute("href")));
        Assert.All(["Ada Lovelace", "Alan Turing", "Grace Hopper"], name => Assert.Equal(drawn.Drawn.Contains(name[..name.IndexOf(' ', StringComparison.Ordinal)].ToLowerInvariant()), _dialogs.FindAll("[data-testid=winner] a").Any(link => link.TextContent == name)));
        Assert.Contains(drawn.Seed!, _dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal($"downloads/rooms/main/draw.json?draw={drawn.Id}", _dialogs.Find("a[download]").GetAttribute("href"));
        await _dialogs.ActAsync(shown => shown.Find("[data-testid=winner] button").ClickAsync(new()));
        Assert.Equal(drawn.Drawn[0], Assert.Single(Engine.InvitationsIn("main")).UserId);
        Assert.Single(_dialogs.FindAll("[data-testid=winner] button")); // who is invited has none

        await ClickAsync(DrawTexts.Back);
        await PassUntilAsync(() => _dialogs.AllByTestId("past-draw").Count == 1);
        Assert.Contains("2 of 3 · All viewers", _dialogs.ByTestId("past-draw").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_OutOfRange_CannotBePrepared()
    {
        await OpenAsync("rooms/main?longer=10");
        Assert.Equal("10", _dialogs.Find("#draw-minutes").GetAttribute("value"));

        await EnterAsync("#draw-winners", "101");
        Assert.True(_dialogs.ByRole("button", DrawTexts.Prepare).HasAttribute("disabled"));
        await EnterAsync("#draw-winners", "100");
        Assert.False(_dialogs.ByRole("button", DrawTexts.Prepare).HasAttribute("disabled"));
        await EnterAsync("#draw-minutes", "10081");
        Assert.True(_dialogs.ByRole("button", DrawTexts.Prepare).HasAttribute("disabled"));
    }

    [Fact]
    public async Task Observer_SeesDrawsAndCannotDraw()
    {
        Beat("main", "ada", "Ada Lovelace");
        await Draws.PrepareAsync("main", 1, new DrawFilter(), "mia", Cancellation);
        await Draws.DrawAsync("main", (await Draws.PrepareAsync("main", 1, new DrawFilter(), "mia", Cancellation)).Id, "mia", Cancellation);
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        await OpenAsync("rooms/main");

        Assert.Equal(["drawn", "prepared"], _dialogs.AllByTestId("past-draw").Select(draw => draw.GetAttribute("data-state")));
        Assert.Empty(_dialogs.AllByRole("button", DrawTexts.Prepare));
        await _dialogs.ActAsync(shown => shown.Find("[data-state=prepared] button").ClickAsync(new()));
        await PassUntilAsync(() => _dialogs.Markup.Contains(DrawTexts.HashFirst, StringComparison.Ordinal));
        Assert.Empty(_dialogs.AllByRole("button", DrawTexts.DrawOne));
        await ClickAsync(DrawTexts.Back);
        await PassUntilAsync(() => _dialogs.AllByTestId("past-draw").Count == 2);
        await _dialogs.ActAsync(shown => shown.Find("[data-state=drawn] button").ClickAsync(new()));
        await PassUntilAsync(() => _dialogs.AllByTestId("winner").Count == 1);
        Assert.Empty(_dialogs.FindAll("[data-testid=winner] button"));
        var administration = Services.GetRequiredService<Presence.Dashboard.Live.DrawAdministration>();
        await Assert.ThrowsAsync<AccessRefusedException>(() => administration.PrepareAsync("main", 1, new DrawFilter(), Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => administration.DrawAsync("main", "1", Cancellation));
    }

    private async Task OpenAsync(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "main"));
        page.Act(shown => shown.ByTestId("draw").Click()); // is done when the dialog is
        await PassUntilAsync(() => _dialogs.FindAll("#past-draws").Count == 1 && (_dialogs.AllByTestId("matching").Count == 0 || Matching().Length > 0));
    }

    private string Matching() => _dialogs.ByTestId("matching").TextContent;

    private Task EnterAsync(string field, string value) => _dialogs.ActAsync(shown => shown.Find(field).InputAsync(new ChangeEventArgs { Value = value }));

    private Task CheckAsync(string label, bool isChecked) => _dialogs.ActAsync(shown => shown.FindAll("label").Single(known => known.TextContent.Trim() == label).QuerySelector("input")!.ChangeAsync(new ChangeEventArgs { Value = isChecked }));

    private Task ClickAsync(string name) => _dialogs.ActAsync(shown => shown.ByRole("button", name).ClickAsync(new()));
}
