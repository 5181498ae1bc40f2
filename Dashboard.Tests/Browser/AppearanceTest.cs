using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>
/// How pages look in both themes: nothing wider than the screen, nothing on top of something else, names in sight, accessible by
/// axe's rules (in the dark theme by those of colours, since the others judge the same markup), no error in the console. A page is
/// loaded once, then resized and recoloured. With SCREENSHOTS set to a folder the pictures are kept there.
/// </summary>
public abstract class AppearanceTest
{
    protected const int Wide = 1440;
    protected const int Narrow = 390;

    /// <summary>Every width that pages are designed for.</summary>
    protected static readonly int[] AllWidths = [360, 390, 600, 768, 820, 960, 1024, 1280, 1440, 1920, 2560];

    /// <summary>Those of <see cref="AllWidths"/> at which pages pass every measure. At the other scanned ones they only fit.</summary>
    private static readonly int[] MeasuredWidths = [768, 820, 960, 1024, 1280, 1440, 1920, 2560];

    /// <summary>The widths that axe looks at.</summary>
    private static readonly int[] ScannedWidths = [Narrow, Wide];

    private readonly List<string> _problems = [];

    /// <summary>What was found so far, of all pages at once.</summary>
    protected void AssertNothingFound() => Assert.True(_problems.Count == 0, string.Join(Environment.NewLine, _problems));

    /// <param name="visit">The browser with the page as it is to be looked at, <see cref="Wide"/>.</param>
    /// <param name="name">What problems and pictures are called.</param>
    /// <param name="at">Where to scroll first; colours alone are looked at then, since what floats hides a part of something.</param>
    /// <returns>What the page measures, by width.</returns>
    protected async Task<IReadOnlyDictionary<int, PageMeasures>> CheckAsync(BrowserVisit visit, string name, ILocator? at = null)
    {
        var taken = new Dictionary<int, PageMeasures>();
        // From wide to narrow in one theme and back in the other, which the next page is then opened in: each change costs as much as
        // opening the page.
        var other = visit.Scheme == ColorScheme.Light ? ColorScheme.Dark : ColorScheme.Light;
        await CheckInAsync(visit.Scheme, narrower: true);
        await visit.ShowInAsync(other);
        await CheckInAsync(other, narrower: false);
        await visit.Page.SetViewportSizeAsync(Wide, Height(Wide));
        return taken;

        async Task CheckInAsync(ColorScheme scheme, bool narrower)
        {
            // Sizes are the same in the dark theme, and so is the markup.
            var widths = scheme == ColorScheme.Light && at is null ? MeasuredWidths.Union(ScannedWidths) : ScannedWidths;
            foreach (var width in narrower ? widths.OrderDescending() : widths.Order())
            {
                await visit.Page.SetViewportSizeAsync(width, Height(width));
                taken[width] = await PageMeasures.TakeAsync(visit.Page);
                if (at is null)
                    _problems.AddRange(taken[width].ProblemsOf(isMeasured: MeasuredWidths.Contains(width)).Select(problem => $"{name}, {width} px: {problem}"));
                else
                    await at.ScrollIntoViewIfNeededAsync();
                if (!ScannedWidths.Contains(width))
                    continue;
                var picture = $"{name}-{width switch { Wide => "wide", Narrow => "narrow", _ => $"{width}" }}-{scheme.ToString().ToLowerInvariant()}";
                await KeepPictureAsync(visit.Page, picture);
                _problems.AddRange((await visit.ScanAsync(coloursAlone: scheme == ColorScheme.Dark || at is not null)).Select(problem => $"{picture}: {problem}"));
            }
        }
    }

    private static int Height(int width) => width < 600 ? 844 : 900;

    protected static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }
}
