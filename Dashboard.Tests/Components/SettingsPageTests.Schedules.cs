using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <content>Settings for a time.</content>
public sealed partial class SettingsPageTests
{
    private ScheduleStore Schedules => Services.GetRequiredService<ScheduleStore>();

    [Fact]
    public async Task Schedule_OfTheNetworkFromNow_IsInForceShownAndCancelled()
    {
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudDialogProvider>();
        await GoToAsync(page, "settings?tab=scheduled");
        var adding = page.ActAsync(shown => shown.ByRole("button", SettingsTexts.ScheduleAdd).ClickAsync());
        dialogs.WaitForElement("#schedule-interval");

        await dialogs.ActAsync(shown => shown.Find("#schedule-interval").InputAsync("58"));
        await dialogs.ActAsync(shown => shown.ByRole("button", Sentence.With(SettingsTexts.ScheduleForHours, "2")).ClickAsync());
        Assert.Contains("at least 5 s longer", dialogs.ByTestId("problem").TextContent, StringComparison.Ordinal);
        await dialogs.ActAsync(shown => shown.Find("#schedule-timeout").InputAsync("120"));
        await dialogs.ActAsync(shown => shown.Find("#schedule-form").SubmitAsync());
        await adding;

        Assert.Equal((58, "schedule of mod@example.com"), (Engine.Settings.HeartbeatInterval.TotalSeconds, Engine.Settings.UpdatedBy));
        await PassUntilAsync(() => page.FindAll("tbody tr").Any(row => row.TextContent.Contains(SettingsTexts.ScheduleActive, StringComparison.Ordinal)));
        await GoToAsync(page, "settings");
        await PassUntilAsync(() => page.AllByTestId("schedule").Count == 1);
        Assert.Contains("Then back to Heartbeat interval 30 s · Presence timeout 1 min. Scheduled by mod@example.com", page.ByTestId("schedule").TextContent, StringComparison.Ordinal);

        await page.ActAsync(shown => shown.ByTestId("schedule").QuerySelector("button")!.ClickAsync());
        Assert.Equal(30, Engine.Settings.HeartbeatInterval.TotalSeconds);
        await PassUntilAsync(() => page.AllByTestId("schedule").Count == 0 && page.Find("#interval").GetAttribute("value") == "30");
    }

    [Fact]
    public async Task Schedule_ThatOverlapsAnother_SaysWhoseAndKeepsWhatWasTyped()
    {
        var now = Time.GetUtcNow();
        await Schedules.ScheduleAsync(new ScheduledChange { Prefix = "class-", Values = new() { HeartbeatInterval = TimeSpan.FromSeconds(20) }, From = now, Until = now.AddHours(1) }, "eve@example.com", Cancellation);
        var page = await RenderSettingsAsync();
        var dialogs = Render<MudDialogProvider>();
        await GoToAsync(page, "settings?tab=scheduled");
        _ = page.ActAsync(shown => shown.ByRole("button", SettingsTexts.ScheduleAdd).ClickAsync());
        dialogs.WaitForElement("#schedule-where");

        await dialogs.ActAsync(shown => shown.Find("#schedule-where").InputAsync("class-*"));
        await dialogs.ActAsync(shown => shown.Find("#schedule-timeout").InputAsync("90"));
        await dialogs.ActAsync(shown => shown.Find("#schedule-until").InputAsync(now.AddHours(3).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
        await dialogs.ActAsync(shown => shown.Find("#schedule-form").SubmitAsync());

        Assert.Contains("eve@example.com scheduled the same settings", dialogs.Find("#schedule-form [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("90", dialogs.Find("#schedule-timeout").GetAttribute("value"));
        Assert.Single(Schedules.All);
    }

    [Fact]
    public async Task Schedules_ForAnObserver_AreShownAndCannotBeCancelled()
    {
        var now = Time.GetUtcNow();
        var change = await Schedules.ScheduleAsync(new ScheduledChange { RoomId = "main", Values = new() { Enabled = false }, From = now.AddHours(1), Until = now.AddHours(2) }, "eve@example.com", Cancellation);
        Moderator.SetRoles(nameof(ModeratorRole.Observer));
        var page = await RenderSettingsAsync();
        await GoToAsync(page, "settings?tab=scheduled");

        Assert.Contains("Presence off", Assert.Single(page.FindAll("tbody tr")).TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-labelledby=schedules] button[aria-label^='Cancel']"));
        await Services.GetRequiredService<ScheduleAdministration>().CancelAsync(change.Id);
        Assert.Equal(ScheduleState.Waiting, Schedules.All[0].State);
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<ScheduleAdministration>().ScheduleAsync(change, Cancellation));
    }
}
