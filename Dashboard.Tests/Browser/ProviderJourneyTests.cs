using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>To a real provider and back, under the content policy of a real browser.</summary>
public sealed class ProviderJourneyTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task SingleSignOn_ThereAndBackAndOutAgain_PassesTheContentPolicy()
    {
        await using var provider = SignInProvider.Reserve();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new(provider.Configuration.Concat(ModeratorOfTests.Configuration)) });
        await provider.StartAsync(host.BaseAddress);
        await provider.SetGroupsAsync("ann", "crew");
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var violations = new List<string>();
        visit.Page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                violations.Add(message.Text);
        };

        await visit.Page.GotoAsync("/rooms");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Campus" }).ClickAsync();
        await visit.Page.Locator("input[name=login]").FillAsync("ann");
        await visit.Page.Locator("input[name=password]").FillAsync("any");
        await visit.Page.Locator("button[type=submit]").ClickAsync();
        await visit.Page.WaitForURLAsync("**/rooms");
        await visit.OpenAsync("/account");
        await Expect(visit.Page.GetByText("Campus signs you in.")).ToBeVisibleAsync();

        await visit.Page.Locator("form[action=sign-out] button").First.ClickAsync();
        await visit.Page.Locator("button[value=yes]").ClickAsync(); // the provider's own question
        await visit.Page.WaitForURLAsync("**/sign-in");

        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Campus" })).ToBeVisibleAsync();
        Assert.DoesNotContain(violations, text => text.Contains("form-action", StringComparison.Ordinal));
    }
}
