using Microsoft.Playwright;
using Presence.Engine.Tests.Support;

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

    /// <summary>The widths that pages are measured at: a phone, half a screen, a desk, a large one. The long proofs add what lies between and beyond.</summary>
    private static readonly int[] Widths = ProofLength.IsFull ? [360, Narrow, 600, 768, 820, 960, 1024, 1280, Wide, 1920, 2560] : [Narrow, 960, Wide, 1920];

    /// <summary>The widths that axe looks at by default: a phone and a desk, whose markup is all that the others have. In the dark theme the desk: the phone has its colours.</summary>
    private static readonly int[] EndWidths = [Narrow, Wide];

    /// <summary>The same with half a screen, and in the long proofs the rail, in both themes.</summary>
    private static readonly int[] AllWidths = ProofLength.IsFull ? [Narrow, 820, 960, Wide] : [Narrow, 960, Wide];

    private readonly List<string> _problems = [];

    /// <summary>What was found so far, of all pages at once.</summary>
    protected void AssertNothingFound() => Assert.True(_problems.Count == 0, string.Join(Environment.NewLine, _problems));

    /// <param name="visit">The browser with the page as it is to be looked at, <see cref="Wide"/>.</param>
    /// <param name="name">What problems and pictures are called.</param>
    /// <param name="at">Where to scroll first; colours alone are looked at then, since what floats hides a part of something.</param>
    /// <param name="between">Whether axe looks at the rail and at half a screen too, as it does in the long proofs: their frame is the same on all pages.</param>
    /// <returns>What the page measures, by width.</returns>
    protected async Task<IReadOnlyDictionary<int, PageMeasures>> CheckAsync(BrowserVisit visit, string name, ILocator? at = null, bool between = false)
    {
        var scanned = ProofLength.IsFull || between ? AllWidths : EndWidths;
        var taken = new Dictionary<int, PageMeasures>();
        // Sizes are the same in the dark theme, and so is the markup. From wide to narrow in one theme and back in the other, which the
        // next page is then opened in: each change costs as much as opening the page.
        foreach (var width in WidthsOf(visit.Scheme).OrderDescending())
            taken[width] = await LookAsync(visit, name, width, scanned.Contains(width), at);
        await visit.ShowInAsync(Other(visit.Scheme));
        foreach (var width in WidthsOf(visit.Scheme).Order())
            taken[width] = await LookAsync(visit, name, width, scanned.Contains(width), at);
        await visit.Page.SetViewportSizeAsync(Wide, Height(Wide));
        return taken;

        int[] WidthsOf(ColorScheme scheme) => (scheme, scanned.Length) switch
        {
            (ColorScheme.Light, _) when at is null => Widths,
            (ColorScheme.Dark, 2) => [Wide],
            _ => scanned,
        };
    }

    /// <summary>As <see cref="CheckAsync"/> for a menu that is open, which goes away when the width changes.</summary>
    protected async Task CheckMenuAsync(BrowserVisit visit, string name, int width, string menu)
    {
        await LookAsync(visit, name, width, scans: true, menu: menu);
        await visit.ShowInAsync(Other(visit.Scheme));
        await LookAsync(visit, name, width, scans: true, menu: menu);
    }

    private static ColorScheme Other(ColorScheme scheme) => scheme == ColorScheme.Light ? ColorScheme.Dark : ColorScheme.Light;

    private async Task<PageMeasures> LookAsync(BrowserVisit visit, string name, int width, bool scans, ILocator? at = null, string? menu = null)
    {
        await visit.Page.SetViewportSizeAsync(width, Height(width));
        var measures = await PageMeasures.TakeAsync(visit.Page);
        if (at is null)
            _problems.AddRange(measures.Problems.Select(problem => $"{name}, {width} px: {problem}"));
        else
            await at.ScrollIntoViewIfNeededAsync();
        if (scans)
        {
            var picture = $"{name}-{width switch { Wide => "wide", Narrow => "narrow", _ => $"{width}" }}-{visit.Scheme.ToString().ToLowerInvariant()}";
            await KeepPictureAsync(visit.Page, picture);
            var isWholeList = width == Wide && visit.Scheme == ColorScheme.Light || ProofLength.IsFull && width is Wide or Narrow;
            _problems.AddRange((await visit.ScanAsync(coloursAlone: visit.Scheme == ColorScheme.Dark || at is not null, firstRowsAlone: !isWholeList, menu)).Select(problem => $"{picture}: {problem}"));
        }
        return measures;
    }

    private static int Height(int width) => width < 600 ? 844 : 900;

    protected static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }
}
