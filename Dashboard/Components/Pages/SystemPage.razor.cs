using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components.Pages;

/// <summary>How the server is doing, live, and its jobs with the way to run one now.</summary>
public sealed partial class SystemPage
{
    private string _said = "";

    [Inject]
    private SystemAdministration Administration { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    private bool IsHealthy => Reading!.Loops.All(loop => loop.IsHealthy) && !Reading.Canary.IsAlarm;

    private string? CanaryDetail => Reading!.Canary is { Heartbeat: { } heartbeat, Leave: { } leave } canary
        ? Sentence.With(SystemTexts.CanaryDetail, Durations.Taken(heartbeat), Durations.Taken(leave), Numbers.Count(canary.Measurements))
        : null;

    protected override ValueTask<SystemViewModel> ReadAsync() => Administration.ReadAsync();

    private async Task RunAsync(string job)
    {
        try
        {
            await Administration.RunNowAsync(job);
            _said = SystemTexts.Started;
        }
        catch (AccessRefusedException)
        {
            _said = SystemTexts.NoLonger;
        }
#pragma warning disable CA1031 // any failure: the page says so
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _said = Failures.Tell(failure, $"The job {job} couldn't be started.", SystemTexts.NotStarted);
        }
        await RefreshAsync();
    }

    private static string Of(LimitUsage cap) => Sentence.With(SystemTexts.CapOf, Numbers.Count(cap.Used), Numbers.Count(cap.Most));

    private string WriterLag
    {
        get
        {
            if (Reading!.Unstored == 0)
                return SystemTexts.WriterNothing;
            var changes = Numbers.Of(Reading.Unstored, SystemTexts.JoinOrLeave, SystemTexts.JoinsAndLeaves);
            return Reading.WriterLag < TimeSpan.FromSeconds(1)
                ? Sentence.With(SystemTexts.WriterLagFresh, changes)
                : Sentence.With(SystemTexts.WriterLag, Durations.Exact(TimeSpan.FromSeconds((int)Reading.WriterLag.TotalSeconds)), changes);
        }
    }

    // Anything above zero is visible.
    private static string Width(LimitUsage cap) =>
        string.Create(CultureInfo.InvariantCulture, $"width:{(cap.Used == 0 ? 0 : Math.Clamp(100d * cap.Used / cap.Most, 0.5, 100)):0.#}%");
}
