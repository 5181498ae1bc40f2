using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>
/// How pages look, in both themes and both widths: accessible by axe's rules (in the dark theme by those of colours, since the
/// others judge the same markup), nothing wider than the screen, no error in the console. With SCREENSHOTS set to a folder the pictures are kept there.
/// </summary>
public abstract class AppearanceTest
{
    protected const int Wide = 1440;
    protected const int Narrow = 390;

    /// <summary>By how much the page is wider than the screen, and the innermost parts that reach beyond it; null when it fits.</summary>
    private const string Overflow =
        """
        () => {
          const { scrollWidth, clientWidth } = document.documentElement;
          if (scrollWidth <= clientWidth) return null;
          // By the part's own edge, or by text that runs over it.
          const reach = part => part.getBoundingClientRect().left + Math.max(part.getBoundingClientRect().width, part.scrollWidth);
          const beyond = [...document.body.querySelectorAll("*")].filter(part => reach(part) > clientWidth + 0.5);
          const innermost = beyond.filter(part => ![...part.children].some(child => beyond.includes(child)));
          return `${scrollWidth - clientWidth} px: ` + innermost.slice(0, 4).map(part => part.outerHTML.slice(0, 160)).join(" ");
        }
        """;

    /// <summary>
    /// Until the page is laid out for a width it was just given: the browser does so with the next frame it draws, and a scan before
    /// that sees parts of both. Seen from its top, where nothing that floats hides a part of something, and with every change of
    /// colour come to its end.
    /// </summary>
    private const string LaidOut =
        """
        async () => {
          document.scrollingElement.scrollTop = 0; // scrollTo is the page's own (page.js)
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          await Promise.allSettled(document.getAnimations().filter(change => Number.isFinite(change.effect?.getComputedTiming().endTime)).map(change => change.finished));
        }
        """;

    private readonly List<string> _problems = [];

    /// <summary>What was found so far, of all pages at once.</summary>
    protected void AssertNothingFound() => Assert.True(_problems.Count == 0, string.Join(Environment.NewLine, _problems));

    /// <param name="visit">The browser with the page as it is to be looked at.</param>
    /// <param name="name">What problems and pictures are called.</param>
    /// <param name="scheme">The theme.</param>
    /// <param name="at">Where to scroll first; colours alone are looked at then, since what floats hides a part of something.</param>
    protected async Task CheckAsync(BrowserVisit visit, string name, ColorScheme scheme, ILocator? at = null)
    {
        foreach (var width in (int[])[Wide, Narrow])
        {
            await visit.Page.SetViewportSizeAsync(width, width == Wide ? 900 : 844);
            await visit.Page.EvaluateAsync(LaidOut);
            if (at is not null)
                await at.ScrollIntoViewIfNeededAsync();
            await KeepPictureAsync(visit.Page, $"{name}-{(width == Wide ? "wide" : "narrow")}-{scheme.ToString().ToLowerInvariant()}");

            var overflow = await visit.Page.EvaluateAsync<string?>(Overflow);
            if (overflow is not null)
                _problems.Add($"{name}: wider than a screen of {width} px: {overflow}");
            _problems.AddRange((await visit.ScanAsync(coloursAlone: scheme == ColorScheme.Dark || at is not null)).Select(problem => $"{name}, {width} px: {problem}"));
        }
        await visit.Page.SetViewportSizeAsync(Wide, 900);
    }

    protected static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }
}
