using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

/// <summary>What a moderator changes while another program holds the database: each place says why, in the same words, and the log says it once.</summary>
public sealed class PageStorageTests : PageTest
{
    private readonly LogCapture _log = new();

    public PageStorageTests() => Services.AddLogging(logging => logging.AddProvider(_log));

    [Fact]
    public async Task Changes_WhileAnotherProgramLocksTheDatabase_SayWhyInTheirPlacesAndOnceInTheLog()
    {
        Beat("main", "ada");
        await Services.GetRequiredService<RemovalStore>().RemoveAsync(new Removal("eve", "stage", Time.GetUtcNow().AddHours(1), null), "ops@example.com", Cancellation);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/rooms/main?edit=1");
        Render<MudBlazor.MudPopoverProvider>(); // without which the log says that one is missing
        var room = Render<RoomDetailPage>(parameters => parameters.Add(page => page.RoomId, "main"));
        var settings = Render<SettingsPage>();
        var viewer = Render<ViewerDetailPage>(parameters => parameters.Add(page => page.UserId, "eve"));
        var embed = Render<EmbedSection>(parameters => parameters.Add(section => section.RoomId, "lobby"));
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var asking = Presence.Dashboard.Components.Dialogs.RemoveViewerDialog.OpenAsync(Services.GetRequiredService<MudBlazor.IDialogService>(), new("ada", "ada", "main", new Presence.Dashboard.Live.RemovalDraft()));
        await PassUntilAsync(() =>
            room.FindAll("form").Count == 1 && settings.FindAll("form").Count == 1 && viewer.FindAll("[aria-labelledby=removals] li").Count == 1 &&
            embed.FindAll("button").Count == 1 && dialogs.FindAll("button").Any(button => button.TextContent == "Remove for 5 min"));
        room.Act(shown => shown.Find("#room-title").Input("Mine"));
        settings.Act(shown => shown.Find("#timeout").Input("90"));

        using (new LockedDatabase(DatabaseFile))
        {
            // At once: each waits for the database as long as it may.
            await Task.WhenAll(
                room.ActAsync(shown => shown.Find("form").SubmitAsync()),
                settings.ActAsync(shown => shown.Find("form").SubmitAsync()),
                viewer.ActAsync(shown => shown.Find("button[aria-label='Lift ban: stage']").ClickAsync(new())),
                embed.ActAsync(shown => shown.Find("button").ClickAsync(new())),
                dialogs.ActAsync(shown => shown.ByRole("button", "Remove for 5 min").ClickAsync()));

            string[] said =
            [
                room.Find("form [role=alert]").TextContent,
                settings.ByTestId("outcome").TextContent,
                LastNotice!.Text,
                embed.Find("[role=alert]").TextContent,
                dialogs.Find("[role=status]:not([id])").TextContent,
            ];
            Assert.All(said, text => Assert.Matches("^This can’t be stored or read right now: (another program has locked the database|other writes take too long)\\. Try again in 5 s\\.", text));
            Assert.Equal("Mine", room.Find("#room-title").GetAttribute("value"));
            Assert.Equal("90", settings.Find("#timeout").GetAttribute("value"));
        }

        var fault = Assert.Single(_log.Faults);
        Assert.Contains("another program has locked", fault.Message, StringComparison.Ordinal);
        Assert.Null(fault.Exception);
        await dialogs.ActAsync(shown => shown.ByRole("button", "Remove for 5 min").ClickAsync());
        Assert.NotNull(await asking);
    }
}
