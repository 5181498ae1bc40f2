using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>One person's browser: a page, and what went wrong in it.</summary>
public sealed class BrowserVisit : IAsyncDisposable
{
    /// <summary>How long a page may take for anything; a slow machine is no fault.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _errors = new();

    private BrowserVisit(IBrowserContext context, IPage page, Uri address, ColorScheme scheme)
    {
        _context = context;
        _address = address;
        Page = page;
        Scheme = scheme;
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (string.Equals(message.Type, "error", StringComparison.Ordinal))
                _errors.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>The theme that the system asks pages for.</summary>
    public ColorScheme Scheme { get; private set; }

    /// <summary>Script errors and refused resources, a violated content policy among them.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<BrowserVisit> StartAsync(IBrowserContext context, Uri address, ColorScheme scheme)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        return new BrowserVisit(context, page, address, scheme);
    }

    /// <summary>
    /// Signs in with the account every test host can have, or another of the same password, and opens a page until it is live.
    /// The form is posted without being shown, a second less a visit; <see cref="SignInByFormAsync"/> is for journeys about it.
    /// </summary>
    public async Task SignInAsync(string path = "/", string email = ModeratorOfTests.Email)
    {
        using var visitor = new FormVisitor(_address);
        using var answer = await visitor.SignInAsync(email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await _context.AddCookiesAsync(visitor.Cookies.GetAllCookies().Select(cookie => new Microsoft.Playwright.Cookie
        {
            Name = cookie.Name,
            Value = cookie.Value,
            Domain = cookie.Domain,
            Path = cookie.Path,
            HttpOnly = cookie.HttpOnly,
            SameSite = SameSiteAttribute.Lax,
        }).Append(new Microsoft.Playwright.Cookie { Name = "presence-time-zone", Value = ChromiumBrowser.TimeZone, Url = _address.ToString() })); // theme.js leaves it on the form
        await OpenAsync(path);
    }

    /// <summary>Signs in as a person does: on the form that a page of the dashboard leads to.</summary>
    public async Task SignInByFormAsync(string path = "/", string email = ModeratorOfTests.Email)
    {
        await Page.GotoAsync(path);
        await Page.GetByLabel("Email").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(ModeratorOfTests.Password);
        await Page.GetByRole(AriaRole.Button).First.ClickAsync();
        await WaitUntilLiveAsync();
    }

    /// <summary>Makes the first account on the set-up page, which is open, and waits until the page after it is live.</summary>
    public async Task SetUpAsync()
    {
        await Page.GetByLabel("Email").FillAsync(ModeratorOfTests.Email);
        await Page.GetByLabel("Password").FillAsync(ModeratorOfTests.Password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await WaitUntilLiveAsync();
    }

    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await WaitUntilLiveAsync();
    }

    /// <summary>Opens a field that offers something and takes what reads so.</summary>
    public async Task ChooseAsync(string label, string option, bool byTouch = false)
    {
        var (field, offered) = (Page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }), Page.GetByRole(AriaRole.Option).Filter(new() { HasText = option }));
        await (byTouch ? field.TapAsync() : field.ClickAsync());
        await (byTouch ? offered.TapAsync() : offered.ClickAsync());
    }

    /// <summary>The circuit is there and told so (wwwroot/page.js).</summary>
    public Task WaitUntilLiveAsync() => Page.Locator("html[data-connection=live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Waits until the server has taken what was done on the page: it asks the circuit once a second, which answers in order.</summary>
    public Task AnsweredAsync() => Page.EvaluateAsync(
        """
        async () => {
          for (let answers = 0; answers < 2; answers++) // the first may have been on its way
            await new Promise(done => addEventListener("presence:answer", done, { once: true }));
        }
        """);

    /// <summary>Lets nothing through any more, and the page's time go on by as much as it waits before it takes itself for lost. Its clock must be installed.</summary>
    public async Task FallSilentAsync(NetworkProxy wire)
    {
        wire.FallSilent();
        await Page.Clock.FastForwardAsync(6_000); // an answer that was on its way makes it wait for 5 s more
    }

    /// <summary>Changes the system's theme and waits until the page knows.</summary>
    public async Task ShowInAsync(ColorScheme scheme)
    {
        await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await Page.WaitForFunctionAsync("scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", scheme.ToString().ToLowerInvariant());
        Scheme = scheme;
    }

    /// <summary>
    /// What axe has against the page as it is: the rules of WCAG 2.2 AA, the size of targets among them, or colours alone. It runs
    /// in the page itself, which takes a fifth of the time that the library's own way through a second page takes; frames are not entered.
    /// Stylesheets are not copied for it: the one rule that reads them is not among those that axe runs by itself.
    /// </summary>
    /// <param name="coloursAlone">The markup is looked at in the other theme.</param>
    /// <param name="firstRowsAlone">Of lists and tables a few rows: all were looked at in another width, and have the same markup in each.</param>
    /// <param name="part">A menu that floats above the page, which is no part of a landmark and hides some of it; the whole page without.</param>
    public async Task<IReadOnlyList<string>> ScanAsync(bool coloursAlone = false, bool firstRowsAlone = false, string? part = null)
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe !== 'undefined'"))
            await Page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        var violations = await Page.EvaluateAsync<JsonElement>(
            """
            ([coloursAlone, firstRowsAlone, part]) => axe.run(part ?? (firstRowsAlone ? { exclude: [["tbody tr:nth-child(n + 7)"], ["main li:nth-child(n + 7)"]] } : document), { resultTypes: ["violations"], preload: { assets: ["media"] }, ...(coloursAlone ? { runOnly: ["color-contrast"] } : { rules: { "target-size": { enabled: true }, region: { enabled: !part } } }) })
              .then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} (${node.any.map(check => check.message).join("; ")})`)))
            """,
            new object?[] { coloursAlone, firstRowsAlone, part });
        return [.. violations.EnumerateArray().Select(violation => violation.GetString()!)];
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
