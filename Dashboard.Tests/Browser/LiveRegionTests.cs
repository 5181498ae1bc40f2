using System.Globalization;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a screen reader is made to say while viewers come and go: a count now and then, not every number that moves.</summary>
public sealed class LiveRegionTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    private const int Steps = 12;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("/", "[data-testid=network-viewers]", null)]
    [InlineData("/rooms?sort=name", "tr:has(a[href='rooms/main-stage']) [data-testid=room-viewers]", "main-stage")]
    [InlineData("/rooms/main-stage?explain=1", "[data-testid=viewer-count]", "main-stage")]
    [InlineData("/wall?rooms=main-stage", ".tile-count", "main-stage")]
    [InlineData("/settings", "[data-testid=impact] >> nth=0 >> tbody tr:nth-child(3) td:last-child", null)]
    public async Task Page_OverAMinuteOfComingAndGoing_SpeaksNoMoreThanTwice(string path, string number, string? room)
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        var page = visit.Page;
        await page.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().UtcDateTime); // a busy machine is no lost connection, of which a page may speak
        await visit.SignInAsync(path);
        await Expect(page.Locator(number)).ToContainTextAsync(Viewers(evening, room));
        await page.EvaluateAsync(
            """
            () => {
              window.spoken = [];
              const region = node => (node.nodeType === 1 ? node : node.parentElement)?.closest("[role=status], [role=alert], [role=log], output, [aria-live]");
              new MutationObserver(changes => window.spoken.push(...new Set(changes.map(change => region(change.target)).filter(Boolean).map(spoken => spoken.textContent))))
                .observe(document.body, { subtree: true, childList: true, characterData: true });
            }
            """);

        for (var step = 0; step < Steps; step++)
        {
            evening.Pass(Step);
            await Eventually.TrueAsync(
                async () =>
                {
                    evening.Clock.Advance(RenderThrottle.ShortestPause); // a page that just rendered waits for it
                    return (await page.Locator(number).TextContentAsync())!.Contains(Viewers(evening, room), StringComparison.Ordinal);
                },
                path + " shows how many there are");
        }

        // A machine that is too busy loses the connection, and of that a page may speak.
        var spoken = (await page.EvaluateAsync<string[]>("window.spoken")).Select(text => text.Trim()).Where(text => text.Length > 0 && !text.StartsWith("Live", StringComparison.Ordinal) && !text.StartsWith("Not live", StringComparison.Ordinal)).ToList();
        Assert.True(spoken.Count <= 2, string.Join("\n", spoken));
    }

    private static string Viewers(PopulatedHost evening, string? room) =>
        (room is null ? evening.Engine.CountNetwork().Viewers : evening.Engine.Count(room).Viewers).ToString(CultureInfo.InvariantCulture);
}
