using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Tests.Support;
using Presence.Dashboard.Webhooks;
using Presence.Engine.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Tests.Components;

public sealed class WebhooksPageTests : PageTest
{
    /// <summary>Readings come from the disk, on other threads.</summary>
    static WebhooksPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    public WebhooksPageTests()
    {
        Services.AddSingleton(Database);
        Services.AddSingleton(_ => new OutboundGuard(new DashboardOptions(), Time));
        Services.AddSingleton<WebhookStore>();
        Services.AddSingleton(services => new WebhookSender(
            services.GetRequiredService<WebhookStore>(), services.GetRequiredService<OutboundGuard>(), new PresenceReadiness(), new LoopRegistry(), Time, NullLogger<WebhookSender>.Instance));
        Services.AddScoped<WebhookAdministration>();
    }

    private WebhookStore Webhooks => Services.GetRequiredService<WebhookStore>();

    [Fact]
    public async Task List_ShowsEachWithItsState()
    {
        var page = Render<WebhooksPage>();
        page.WaitForAssertion(() => Assert.Equal(WebhookTexts.Empty, page.ByTestId("empty").TextContent));
        var made = await MakeAsync("https://a.example.com/");
        await Webhooks.StopAsync((await MakeAsync("https://b.example.com/", WebhookEvents.RoomLive)).Id, WebhookState.Paused, "Nothing was delivered for a day.", Cancellation);

        page = Render<WebhooksPage>();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        Assert.Equal($"webhooks?webhook={made.Id}", page.FindAll("tbody a")[0].GetAttribute("href"));
        Assert.Contains(WebhookTexts.EventsAll, page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains(WebhookTexts.StatePaused, page.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_ShowsItsProblemAndLogAndIsPausedResumedAndRotated()
    {
        var made = await MakeAsync("https://10.0.0.1/"); // is refused before anything is sent
        using var bans = new RemovalStore(Database, Services.GetRequiredService<Presence.Engine.PresenceEngine>());
        await bans.RemoveAsync(new Presence.Engine.Moderation.Removal("ann", "lobby", Time.GetUtcNow().AddHours(1), null), "mia", Cancellation);
        Services.GetRequiredService<NavigationManager>().NavigateTo($"webhooks?webhook={made.Id}");
        var page = Render<WebhooksPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Contains("ban.created", page.Find("tbody tr").TextContent, StringComparison.Ordinal);

        await page.ActAsync(shown => shown.ByRole("button", WebhookTexts.Test).ClickAsync());
        page.WaitForAssertion(() => Assert.Contains("isn't", page.ByTestId("tested").TextContent.Replace("is not", "isn't", StringComparison.Ordinal), StringComparison.Ordinal));
        await page.ActAsync(shown => shown.ByRole("button", WebhookTexts.Pause).ClickAsync());
        page.WaitForAssertion(() => Assert.Equal(WebhookState.Paused, Webhooks.Find(made.Id)!.State));
        page.WaitForAssertion(() => Assert.NotNull(page.ByRole("button", WebhookTexts.Resume)));

        Services.GetRequiredService<NavigationManager>().NavigateTo($"webhooks?webhook={made.Id}&type=room.live");
        page.WaitForAssertion(() => Assert.Equal(SharedTexts.FilterNothing, page.ByTestId("empty").TextContent));
    }

    [Fact]
    public async Task Draft_ThatBreaksARule_IsSaidAndNothingIsMade()
    {
        var webhooks = Services.GetRequiredService<WebhookAdministration>();

        Assert.Contains("https", (await webhooks.SaveAsync(null, new WebhookDraft("http://a.example.com/", [], [], []), Cancellation)).Problem, StringComparison.Ordinal);
        Assert.Contains("thresholds", (await webhooks.SaveAsync(null, new WebhookDraft("https://a.example.com/", [], [], [0]), Cancellation)).Problem, StringComparison.Ordinal);
        Assert.Empty(Webhooks.List());
        var (saved, _) = await webhooks.SaveAsync(null, new WebhookDraft("https://a.example.com/", [], ["show-*"], [10]), Cancellation);
        Assert.Equal(saved, Assert.Single(Webhooks.List()));
    }

    [Fact]
    public async Task Page_WithoutTheRole_IsRefusedInTheServiceToo()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));
        var page = Render<WebhooksPage>();

        page.WaitForAssertion(() => Assert.Contains("No access", page.Markup, StringComparison.Ordinal));
        var webhooks = Services.GetRequiredService<WebhookAdministration>();
        await Assert.ThrowsAsync<AccessRefusedException>(() => webhooks.SaveAsync(null, new WebhookDraft("https://a.example.com/", [], [], []), Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => webhooks.TestAsync("none", Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => webhooks.DeleteAsync("none", Cancellation));
    }

    private Task<WebhookEndpoint> MakeAsync(string url, params string[] events) => Webhooks.CreateAsync(url, new WebhookFilter(events, [], []), "mia", Cancellation);
}
