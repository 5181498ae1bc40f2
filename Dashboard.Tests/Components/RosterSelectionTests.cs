using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Components;

/// <summary>Viewers of a room who are chosen in its list and banned together.</summary>
public sealed class RosterSelectionTests : PageTest
{
    private readonly IRenderedComponent<MudDialogProvider> _dialogs;

    /// <summary>Bans are stored on other threads.</summary>
    static RosterSelectionTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    public RosterSelectionTests()
    {
        Render<MudPopoverProvider>();
        _dialogs = Render<MudDialogProvider>();
    }

    [Fact]
    public async Task Selected_Removed_AreOneQuestionWithOneWayBack()
    {
        Beat("main", "ada", "Ada Lovelace");
        Beat("main", "alan", "Alan Turing");
        Beat("main", "grace", "Grace Hopper");
        var page = await OpenAsync("rooms/main");
        Assert.Equal("0 viewers selected", SelectedIn(page));
        Assert.True(RemoveIn(page).HasAttribute("disabled"));

        await ToggleAsync(page, "Ada Lovelace");
        await ToggleAsync(page, "Alan Turing");
        await ToggleAsync(page, "Grace Hopper");
        await ToggleAsync(page, "Alan Turing");
        Assert.Equal("2 viewers selected", SelectedIn(page));
        page.Act(_ => RemoveIn(page).Click()); // is done when the dialog is
        await PassUntilAsync(() => _dialogs.FindAll("#removal-reason").Count == 1);
        Assert.Contains("Remove 2 viewers", _dialogs.Markup, StringComparison.Ordinal);
        Assert.Equal("ada, grace", _dialogs.ByTestId("remove-who").TextContent);
        await _dialogs.ActAsync(shown => shown.Find("#removal-reason").InputAsync(new ChangeEventArgs { Value = "spam" }));
        await _dialogs.ActAsync(shown => shown.ByRole("button", "Remove for 5 min").ClickAsync(new()));

        await PassUntilAsync(() => LastNotice?.Text == "Users banned: 2.");
        Assert.Equal([("ada", "main", "spam"), ("grace", "main", "spam")], Engine.Removals().Select(ban => (ban.UserId, ban.RoomId, ban.Reason)).Order());
        Assert.Equal(1, Engine.Count("main").Viewers);
        await PassUntilAsync(() => page.AllByTestId("selection").Count == 0);
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);

        Assert.Equal("Restored: 2.", LastNotice!.Text);
        Assert.Empty(Engine.Removals());
    }

    [Fact]
    public async Task SelectAll_OfAFilter_TakesAllItFindsAndAnotherFilterNone()
    {
        for (var i = 0; i < 400; i++)
            Beat("main", $"user-{i:000}", i < 250 ? $"Troll {i}" : $"Viewer {i}");
        var page = await OpenAsync("rooms/main?search=troll");

        await page.ActAsync(shown => shown.ByRole("button", "Select all 250 shown by the filter").ClickAsync(new()));

        Assert.Equal("250 viewers selected", SelectedIn(page));
        Assert.All(Boxes(page), box => Assert.True(box.HasAttribute("checked")));
        await GoAsync("rooms/main?search=troll&sort=name");
        Assert.Equal("250 viewers selected", SelectedIn(page)); // the same ones in another order
        await GoAsync("rooms/main?search=viewer");
        Assert.Equal("0 viewers selected", SelectedIn(page));

        async Task GoAsync(string address)
        {
            Services.GetRequiredService<NavigationManager>().NavigateTo(address);
            var word = address.Contains("troll", StringComparison.Ordinal) ? "Troll" : "Viewer";
            page.Render(parameters => parameters.Add(shown => shown.RoomId, "main"));
            await PassUntilAsync(() => page.AllByTestId("viewer-name") is [{ TextContent: var name }, ..] && name.StartsWith(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task SelectAll_OfMoreThanAreBannedTogether_TakesTheFirst()
    {
        for (var i = 0; i < ViewerModeration.MostTogether + 5; i++)
            Beat("main", $"user-{i:0000}");
        var page = await OpenAsync("rooms/main?sort=joined");
        await ToggleAsync(page, "user-0000");

        await page.ActAsync(shown => shown.ByRole("button", "Select the first 1,000").ClickAsync(new()));

        Assert.Equal("1,000 viewers selected", SelectedIn(page));
        page.Act(_ => RemoveIn(page).Click());
        await PassUntilAsync(() => _dialogs.FindAll("#removal-reason").Count == 1);
        Assert.EndsWith("user-0007 and 992 more", _dialogs.ByTestId("remove-who").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_AboutSeveral_NamesOtherModeratorsAndIsNamedToThem()
    {
        Beat("main", "ada", "Ada Lovelace");
        Beat("main", "alan", "Alan Turing");
        using var elsewhere = Services.GetRequiredService<ModeratorBoard>().Enter("alan", "mia@example.com", () => { });
        var page = await OpenAsync("rooms/main");

        await page.ActAsync(shown => shown.ByRole("button", "Select all 2").ClickAsync(new()));
        page.Act(_ => RemoveIn(page).Click());
        await PassUntilAsync(() => _dialogs.AllByTestId("acting").Count == 1);

        Assert.Equal("mia@example.com is also acting on 2 viewers.", _dialogs.ByTestId("acting").TextContent.Trim());
        Assert.Equal(["mod@example.com"], elsewhere.Others);
        Assert.Equal("mod@example.com", Services.GetRequiredService<ModeratorBoard>().ActOn("ada", "mia@example.com")?.Moderator);
    }

    [Fact]
    public void Observer_SelectsNoViewers()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        Beat("main", "ada");

        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "main"));

        page.WaitForAssertion(() => Assert.Single(page.AllByTestId("viewer-name")));
        Assert.Empty(page.AllByTestId("select"));
    }

    private async Task<IRenderedComponent<RoomDetailPage>> OpenAsync(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var page = Render<RoomDetailPage>(parameters => parameters.Add(shown => shown.RoomId, "main"));
        page.WaitForAssertion(() => Assert.NotEmpty(page.AllByTestId("viewer-name")));
        await page.ActAsync(shown => shown.ByTestId("select").ClickAsync(new()));
        return page;
    }

    private static string SelectedIn(IRenderedComponent<RoomDetailPage> page) => page.ByTestId("selection").QuerySelector("strong")!.TextContent;

    private static IElement RemoveIn(IRenderedComponent<RoomDetailPage> page) =>
        page.ByTestId("selection").QuerySelectorAll("button").Single(button => button.TextContent.Trim() == RoomTexts.Remove);

    private static IReadOnlyList<IElement> Boxes(IRenderedComponent<RoomDetailPage> page) => [.. page.FindAll("[data-row] input[type=checkbox]")];

    private static Task ToggleAsync(IRenderedComponent<RoomDetailPage> page, string name) =>
        page.ActAsync(shown => shown.Find($"input[aria-label='Select {name}']").ChangeAsync(new ChangeEventArgs { Value = true }));
}
