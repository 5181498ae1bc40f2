using System.Collections.Concurrent;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>One person's browser: a page, and what went wrong in it.</summary>
public sealed class BrowserVisit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();

    private BrowserVisit(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (string.Equals(message.Type, "error", StringComparison.Ordinal))
                _errors.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>Script errors and refused resources, a violated content policy among them.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<BrowserVisit> StartAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(15_000);
        return new BrowserVisit(context, page);
    }

    /// <summary>Signs in with the account every test host can have, or another of the same password, and waits until the page is live.</summary>
    public async Task SignInAsync(string path = "/", string email = ModeratorOfTests.Email)
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

    /// <summary>The circuit is there and told so (wwwroot/page.js).</summary>
    public Task WaitUntilLiveAsync() => Page.Locator("html[data-connection=live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
