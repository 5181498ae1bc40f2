using System.Net;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>Theme and density, chosen in one browser and shown in every browser of the account from the first byte on.</summary>
public sealed class AppearanceTests(ModeratorHost shared) : IClassFixture<ModeratorHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Choice_MadeInOneBrowser_IsShownInAnotherOfTheAccountAndNoOther()
    {
        await ModeratorOfTests.MakeAsync(_host, "ada@example.com", ModeratorRole.Moderator);
        using var first = await VisitAsync("ada@example.com");
        using var dark = await ChooseAsync(first, ("theme", "dark"));
        using var comfortable = await ChooseAsync(first, ("density", "comfortable"));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (dark.StatusCode, comfortable.StatusCode));

        using var second = await VisitAsync("ada@example.com");
        using var other = await VisitAsync(ModeratorOfTests.Email);

        Assert.Contains("<html lang=\"en\" data-theme=\"dark\" data-density=\"comfortable\">", await HtmlAsync(second, "/account"), StringComparison.Ordinal);
        Assert.Equal("dark", second.Cookies.GetAllCookies()["presence-theme"]!.Value); // what the sign-in page is shown by
        using var leaving = await second.PostFormToAsync("/account", "/account/sign-out-everywhere");
        Assert.Contains("data-theme=\"dark\"", await HtmlAsync(second, "/sign-in"), StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", await HtmlAsync(other, "/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choice_OfTheSystemsTheme_EndsAnotherBrowsersOwn()
    {
        await ModeratorOfTests.MakeAsync(_host, "ben@example.com", ModeratorRole.Observer);
        using var visitor = await VisitAsync("ben@example.com");
        visitor.Cookies.Add(_host.BaseAddress, new Cookie("presence-theme", "light"));
        Assert.Contains("data-theme=\"light\"", await HtmlAsync(visitor, "/account"), StringComparison.Ordinal);

        using var answer = await ChooseAsync(visitor, ("theme", "system"));

        Assert.DoesNotContain("<html lang=\"en\" data-theme", await HtmlAsync(visitor, "/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choice_ThatIsNone_ChangesNothing()
    {
        await ModeratorOfTests.MakeAsync(_host, "eve@example.com", ModeratorRole.Observer);
        using var visitor = await VisitAsync("eve@example.com");

        using var odd = await ChooseAsync(visitor, ("theme", "\"><script>"), ("density", new string('x', 10_000)));
        using var forged = await visitor.PostAsync("/account/appearance", [new("theme", "dark")]);
        using var stranger = new FormVisitor(_host.BaseAddress);
        using var refused = await stranger.PostFormToAsync("/sign-in", "/account/appearance", ("theme", "dark"));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.Contains("<html lang=\"en\">", await HtmlAsync(visitor, "/account"), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> ChooseAsync(FormVisitor visitor, params (string Name, string Value)[] choices) =>
        visitor.PostFormToAsync("/account", AccountEndpoints.AppearancePath, choices);

    private static async Task<string> HtmlAsync(FormVisitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<FormVisitor> VisitAsync(string email)
    {
        var visitor = new FormVisitor(_host.BaseAddress);
        using var answer = await visitor.SignInAsync(email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }
}
