using Microsoft.Playwright;
using Presence.Dashboard.Tests.Browser;
using Presence.Engine.Tests.Support;

[assembly: AssemblyFixture(typeof(ChromiumBrowser))]

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The one real Chromium of the run, started by the first test that needs it: the one that is installed, never a downloaded one.</summary>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    /// <summary>Where every browser is.</summary>
    public const string TimeZone = "Europe/Berlin";

    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _running = new(() => StartAsync(Shell() ?? Whole()));
    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _whole = new(() => StartAsync(Whole()));

    /// <summary>A browser profile of its own, with a page that notes every error it shows; of the whole browser if asked, since the headless shell shows no notifications.</summary>
    public async Task<BrowserVisit> VisitAsync(Uri baseAddress, int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB", bool hasTouch = false, bool isWhole = false)
    {
        var (_, browser) = await (isWhole ? _whole : _running).Value;
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = baseAddress.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = TimeZone,
            Locale = locale,
            HasTouch = hasTouch,
            IgnoreHTTPSErrors = string.Equals(baseAddress.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal), // a test's own certificate
        });
        return await BrowserVisit.StartAsync(context, baseAddress, scheme);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in new[] { _running, _whole }.Where(browser => browser.IsValueCreated))
        {
            var (playwright, browser) = await started.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }

    /// <summary>
    /// Chromium's headless shell, where it is installed beside it (Debian: chromium-headless-shell). It is the same engine without a
    /// window, and a new profile costs a third of the CPU. The long proofs run in the whole browser.
    /// </summary>
    private static string? Shell()
    {
        var shell = Path.Combine(Path.GetDirectoryName(Whole())!, "chromium-headless-shell");
        return File.Exists(shell) && !ProofLength.IsFull ? shell : null;
    }

    private static string Whole() => Environment.GetEnvironmentVariable("CHROMIUM") ?? Usual.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is not installed; set CHROMIUM to its path.");

    private static async Task<(IPlaywright, IBrowser)> StartAsync(string executable)
    {
        Assertions.SetDefaultExpectTimeout((float)BrowserVisit.Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Timeout = (float)BrowserVisit.Patience.TotalMilliseconds,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
        return (playwright, browser);
    }
}
