using System.Globalization;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Jobs;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Diagnostics;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class SystemPageTests : PageTest
{
    private readonly DashboardOptions _options = new();

    public SystemPageTests()
    {
        _options.Server.Key = "a server key that nobody may see";
        Services.AddSingleton(Database);
        Services.AddSingleton(_options);
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Presence:Server:Key", _options.Server.Key)]).Build());
        Services.AddSingleton<Checkpointer>();
        Services.AddSingleton<LoopRegistry>();
        Services.AddSingleton<ServerStart>();
        Services.AddSingleton(PresenceStorageHosting.CapsOf(Engine));
        JobHosting.AddSchedule(Services);
        Services.AddTransient<SystemAdministration>();
    }

    [Fact]
    public async Task Page_OfAHealthyServer_ShowsItsParts()
    {
        Beat("main", "ada");

        var page = await RenderAsync();

        Assert.Contains("Healthy", page.ByTestId("health").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of 2,000,000", page.Find("[aria-labelledby=caps]").TextContent, StringComparison.Ordinal);
        Assert.Contains("not run yet", page.Find("[aria-labelledby=jobs]").TextContent, StringComparison.Ordinal);
        Assert.Contains("No backups yet", page.Find("[aria-labelledby=backups]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_WithASecret_KeepsItBack()
    {
        var page = await RenderAsync();

        while (!page.FindAll("[aria-labelledby=configuration] code").Any(key => key.TextContent == "Presence__Server__Key"))
            await page.ActAsync(shown => shown.ByRole("button", "Next page").ClickAsync());
        var row = page.FindAll("[aria-labelledby=configuration] tbody tr").Single(line => line.TextContent.Contains("Presence__Server__Key", StringComparison.Ordinal));
        Assert.Contains("Set (hidden)", row.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(_options.Server.Key!, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_EveryKey_HasAnOption()
    {
        var keys = ConfigurationInForce.Read(new ConfigurationBuilder().Build(), new DashboardOptions());

        Assert.Equal(DashboardConfiguration.Keys().Count, keys.Count);
        Assert.Equal(7, keys.Single(key => key.Key == "Presence__Backup__Keep").Value);
    }

    [Fact]
    public async Task Canary_OnceItMeasured_SaysHowSoonCountsShowWhatHappens()
    {
        Assert.Contains("Not measured yet", (await RenderAsync()).ByTestId("canary").TextContent, StringComparison.Ordinal);
        await CanaryPassesAsync();

        var canary = (await RenderAsync()).ByTestId("canary");

        Assert.Equal($"Counts reflect reality in{Durations.Taken(Engine.Canary.Read().Most!.Value)} (p95)", canary.TextContent);
        Assert.EndsWith("95 % of 2 measurements of the last 5 minutes.", canary.QuerySelector("dd")!.GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void HealthLine_WhileTheCanaryIsLateOrLost_SaysSo()
    {
        string Of(CanaryState state) => Render<HealthLine>(parameters => parameters.Add(line => line.Health, new HealthViewModel([], 2, 0, TimeSpan.Zero, new CanaryReading(state, TimeSpan.FromSeconds(3.1), TimeSpan.FromSeconds(1), 300)))).ByTestId("health") is var health
            ? $"{health.GetAttribute("data-state")}: {health.TextContent}" : "";

        Assert.Contains("only after 3.1 s (p95)", Of(CanaryState.Late), StringComparison.Ordinal);
        Assert.StartsWith("degraded: ", Of(CanaryState.Late), StringComparison.Ordinal);
        Assert.Contains("counts are out of date", Of(CanaryState.Lost), StringComparison.Ordinal);
        Assert.StartsWith("degraded: ", Of(CanaryState.Lost), StringComparison.Ordinal);
        Assert.DoesNotContain("reality", Of(CanaryState.Resting), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loop_ThatFails_IsSaidAtTheTopAndBesideItsName()
    {
        var loops = Services.GetRequiredService<LoopRegistry>();
        loops.Register("membership writer");
        loops.Failed("membership writer", "The disk is full.", Time.GetUtcNow());

        var page = await RenderAsync();

        Assert.Contains("Failing, retrying", page.ByTestId("health").TextContent, StringComparison.Ordinal);
        Assert.Contains("The disk is full.", page.Find("[aria-labelledby=loops] > dl").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loops_ThatWork_AreOneLineToUnfold()
    {
        var loops = Services.GetRequiredService<LoopRegistry>();
        loops.Register("sweep");
        loops.Register("membership writer");
        loops.Succeeded("sweep", Time.GetUtcNow());

        var page = await RenderAsync();

        var fold = page.Find("[aria-labelledby=loops] details");
        Assert.False(fold.HasAttribute("open"));
        Assert.Equal("1 of 2 running, 1 not run yet", fold.QuerySelector("summary")!.TextContent);
        Assert.Empty(page.FindAll("[aria-labelledby=loops] > dl"));
        Assert.Equal(["Membership writer", "Sweep"], fold.QuerySelectorAll("dt").Select(name => name.TextContent));
        Assert.Equal([SystemTexts.LoopWaiting, Sentence.With(SystemTexts.LoopSucceeded, Durations.Ago(TimeSpan.Zero))], fold.QuerySelectorAll("dd").Select(state => state.TextContent));
    }

    [Fact]
    public async Task Jobs_OfEveryNight_SayWhen()
    {
        var page = await RenderAsync();

        var schedules = page.FindAll("[aria-labelledby=jobs] tbody td:nth-child(2)").Select(job => job.TextContent.Trim());
        Assert.All(schedules.Zip([InUtc(_options.Backup.Hour, 0), InUtc(_options.Backup.Hour, 10), InUtc(_options.Backup.Hour, 20), InUtc(_options.Backup.Hour, 30)]), pair => Assert.StartsWith("every day at " + pair.Second, pair.First, StringComparison.Ordinal));

        static string InUtc(int hour, int minute) =>
            TimeZoneInfo.ConvertTimeToUtc(new DateTime(2026, 3, 2, hour, minute, 0, DateTimeKind.Unspecified), TimeZoneInfo.Local).ToString("t", CultureInfo.CurrentCulture);
    }

    [Fact]
    public async Task WriterLag_WhileNothingIsWritten_GrowsAndIsMarked()
    {
        var page = await RenderAsync();
        Assert.Equal("none", WriterLag().TextContent);

        Beat("main", "ada");
        await PassUntilAsync(() => WriterLag().TextContent.EndsWith("· 1 join or leave", StringComparison.Ordinal));
        Assert.Null(WriterLag().GetAttribute("data-state"));
        Beat("main", "bob");

        await PassUntilAsync(() => WriterLag().GetAttribute("data-state") == "caution");
        Assert.Matches("^[5-9] s · 2 joins and leaves$", WriterLag().TextContent);

        IElement WriterLag() => page.FindAll("[aria-labelledby=storage] dd")[^1];
    }

    [Fact]
    public async Task Page_WhileItIsReadAndWhenThatFails_SaysSo()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);

        var page = Render<SystemPage>();
        Assert.Equal("Loading…", page.ByTestId("loading").TextContent.Trim());
        Assert.Empty(page.AllByTestId("health"));
        authentication.Fail();
        await PassUntilAsync(() => page.FindAll("[role=alert]").Count == 1);
        Assert.Contains("Couldn’t load", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        authentication.Mend(ModeratorRole.Moderator);
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        Assert.Contains("Healthy", page.ByTestId("health").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WhenALaterReadFails_SaysSinceWhenItIsTrue()
    {
        var isBroken = false;
        Services.GetRequiredService<LimitUsageRegistry>().Add(LimitKind.Pages, () => isBroken ? throw new InvalidOperationException("broken") : 1, 10);
        var page = await RenderAsync();
        Assert.Contains("Live", page.ByTestId("freshness").TextContent, StringComparison.Ordinal);

        isBroken = true;

        await PassUntilAsync(() => page.FindAll("[data-testid=freshness][data-state=stale]").Count == 1);
        Assert.Contains("as of", page.ByTestId("freshness").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(page.FindAll("[aria-labelledby=server]"));
    }

    [Fact]
    public async Task Jobs_ForAModerator_AreShownAndCannotBeRun()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));

        var page = await RenderAsync();

        Assert.Equal(JobNames.All.Count, page.FindAll("[aria-labelledby=jobs] h3").Count);
        Assert.Empty(page.FindAll("[aria-labelledby=jobs] td button"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetRequiredService<SystemAdministration>().RunNowAsync(JobNames.Backup));
    }

    [Theory]
    [InlineData(JobRunState.Waiting, "Starting…", null)]
    [InlineData(JobRunState.Running, "Running, 43 % done", null)]
    [InlineData(JobRunState.Failed, "took 2 s", "Failed: The disk is full. Next attempt")]
    [InlineData(JobRunState.Cancelled, "", "Cancelled by an Admin")]
    [InlineData(JobRunState.Succeeded, "took 2 s", "copy.db, 5 KB")]
    public void Job_InEachState_SaysHowItsLatestRunGoes(JobRunState state, string lastRun, string? result)
    {
        var at = Time.GetUtcNow();
        var isOver = state is JobRunState.Failed or JobRunState.Succeeded;
        var run = new JobRun(at.AddSeconds(-2))
        {
            State = state,
            EndedAt = isOver ? at : null,
            Percent = 43,
            Error = state == JobRunState.Failed ? "The disk is full." : null,
            RetryAt = state == JobRunState.Failed ? at.AddMinutes(1) : null,
            Result = state == JobRunState.Succeeded ? new JobResult(5_000, "copy.db") : null,
        };

        var job = Render<SystemJobs>(shown => shown.Add(part => part.Jobs, [new JobViewModel(JobNames.Backup, run, null, null)]).Add(part => part.Now, at).Add(part => part.MayRun, true));

        Assert.Contains(lastRun, job.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.Equal(result is not null, job.AllByTestId("backup-result").Count == 1);
        if (result is not null)
            Assert.StartsWith(result, job.ByTestId("backup-result").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(state is JobRunState.Waiting or JobRunState.Running, job.Find("td button").HasAttribute("disabled"));
    }

    [Fact]
    public void Page_ForAnObserver_IsRefused()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        Assert.Contains("No access", Render<SystemPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_ThatIsThere_IsListedWithItsSize()
    {
        var maintenance = Services.GetRequiredService<DatabaseMaintenance>();
        maintenance.TakeBackup(maintenance.DefaultFolder, 7, Cancellation);

        var page = await RenderAsync();

        Assert.Contains("KB", page.Find("[aria-labelledby=backups] dd").TextContent, StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<SystemPage>> RenderAsync()
    {
        Services.GetRequiredService<JobStore>().Open();
        Services.GetRequiredService<JobSchedule>().Register();
        var page = Render<SystemPage>();
        await page.WaitForElementAsync("[aria-labelledby=server]");
        return page;
    }
}
