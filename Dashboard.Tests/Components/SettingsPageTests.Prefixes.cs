using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <content>Settings of rooms by prefix.</content>
public sealed partial class SettingsPageTests
{
    [Fact]
    public async Task Prefix_AddedEditedAndDeleted_IsInForceAndCanBeTakenBack()
    {
        Beat("class-1", "ada");
        Beat("lobby", "ada");
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudDialogProvider>();
        await GoToAsync(page, "settings?tab=rooms");

        var adding = page.ActAsync(shown => shown.ByRole("button", SettingsTexts.PrefixAdd).ClickAsync());
        dialogs.WaitForElement("#prefix");
        await dialogs.ActAsync(shown => shown.Find("#prefix").InputAsync("class-*"));
        Assert.Contains("1 live room begins with it", dialogs.Markup, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.Find("#prefix-interval").InputAsync("100"));
        await dialogs.ActAsync(shown => shown.Find("#prefix-timeout").InputAsync("90"));
        Assert.Contains("at least 5 s longer", dialogs.ByTestId("problem").TextContent, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.Find("#prefix-interval").InputAsync("20"));
        await dialogs.ActAsync(shown => shown.Find("#prefix-form").SubmitAsync());
        await adding;

        Assert.Equal(("mod@example.com", new SettingsOrigin(SettingsSource.Prefix, "class-")), (Prefixes.Find("class-").UpdatedBy!, Engine.Effective("class-1").HeartbeatIntervalFrom));
        await PassUntilAsync(() => page.FindAll("[aria-labelledby=prefixes] tbody tr").Count == 1);
        Assert.Contains("Heartbeat interval 20 s · Presence timeout 1 min 30 s", page.Find("[aria-labelledby=prefixes] tbody tr").TextContent, StringComparison.Ordinal);

        var editing = page.ActAsync(shown => shown.ByRole("button", Sentence.With(SettingsTexts.PrefixEditOf, VisibleText.Isolated("class-*"))).ClickAsync());
        dialogs.WaitForElement("#prefix-interval");
        await dialogs.ActAsync(shown => shown.ByRole("button", SettingsTexts.PrefixDelete).ClickAsync());
        await editing;
        Assert.Equal((0, SettingsSource.Network), (Prefixes.All.Count, Engine.Effective("class-1").HeartbeatIntervalFrom.Source));

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal(TimeSpan.FromSeconds(20), Engine.Effective("class-1").Values.HeartbeatInterval);
    }

    [Fact]
    public async Task Prefix_ThatIsThereAlready_IsNotOverwritten()
    {
        await Prefixes.DefineAsync("class-", new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(15) }, "eve@example.com", null, Cancellation);
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudDialogProvider>();
        await GoToAsync(page, "settings?tab=rooms");

        _ = page.ActAsync(shown => shown.ByRole("button", SettingsTexts.PrefixAdd).ClickAsync());
        dialogs.WaitForElement("#prefix");
        await dialogs.ActAsync(shown => shown.Find("#prefix").InputAsync("class-"));
        await dialogs.ActAsync(shown => shown.Find("#prefix-interval").InputAsync("20"));
        await dialogs.ActAsync(shown => shown.Find("#prefix-form").SubmitAsync());

        Assert.Contains("has settings already", dialogs.Find("#prefix-form [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("eve@example.com", Prefixes.Find("class-").UpdatedBy);
    }

    [Fact]
    public async Task Prefixes_ForAnObserver_AreShownAndCannotBeSaved()
    {
        await Prefixes.DefineAsync("class-", new RoomOverrides { Enabled = false }, "eve@example.com", null, Cancellation);
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        var page = await RenderSettingsAsync();
        await GoToAsync(page, "settings?tab=rooms");

        Assert.Contains("Presence off", Assert.Single(page.FindAll("[aria-labelledby=prefixes] tbody tr")).TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains(SettingsTexts.PrefixAdd, StringComparison.Ordinal));
        await Assert.ThrowsAsync<AccessRefusedException>(() =>
            Services.GetRequiredService<RoomPrefixAdministration>().SaveAsync(Prefixes.Find("class-"), RoomOverrides.None, Cancellation));
    }

    private RoomPrefixStore Prefixes => Services.GetRequiredService<RoomPrefixStore>();
}
