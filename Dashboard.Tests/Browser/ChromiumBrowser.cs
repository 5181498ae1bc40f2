using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>One real Chromium for the tests of a collection: the one that is installed, never a downloaded one.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? Usual.FirstOrDefault(File.Exists)
                ?? throw new InvalidOperationException("Chromium is not installed; set CHROMIUM to its path."),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A browser profile of its own, with a page that notes every error it shows.</summary>
    public async Task<BrowserVisit> VisitAsync(Uri baseAddress, int width = 1280, int height = 860, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB", bool hasTouch = false)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = baseAddress.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "Europe/Berlin",
            Locale = locale,
            HasTouch = hasTouch,
        });
        return await BrowserVisit.StartAsync(context);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
