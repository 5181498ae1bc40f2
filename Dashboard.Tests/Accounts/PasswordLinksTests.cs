using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

/// <summary>A lost password is renewed by a link. One host for all: each test has an account of its own.</summary>
public sealed class PasswordLinksTests(PasswordLinksTests.ClockedHost clocked) : IClassFixture<PasswordLinksTests.ClockedHost>
{
    private const string NewPassword = "a new battery of staples";

    private DashboardHost Host => clocked.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PasswordLinks Links => Host.Services.GetRequiredService<PasswordLinks>();

    [Fact]
    public async Task Use_OfALink_SetsThePasswordOnceAndEndsTheSessions()
    {
        var issued = await IssueAsync("once@example.com");
        using var before = new FormVisitor(Host.BaseAddress);
        using (await before.SignInAsync("once@example.com", ModeratorOfTests.Password))
        {
        }
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(before, "/rooms")); // making a link alone ends nothing

        using var visitor = new FormVisitor(Host.BaseAddress);
        using var set = await visitor.PostFormAsync(issued.PathAndQuery, "new-password", ("Input.Password", NewPassword));

        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, "/rooms"));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(before, "/rooms"));
        using var old = await new FormVisitor(Host.BaseAddress).SignInAsync("once@example.com", ModeratorOfTests.Password);
        Assert.NotEqual(HttpStatusCode.Redirect, old.StatusCode);
        using var again = await new FormVisitor(Host.BaseAddress).GetAsync(issued.PathAndQuery);
        Assert.Contains("no longer valid", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Null(await Links.UseAsync(TokenOf(issued), NewPassword, null, Cancel));
        Assert.Contains(Host.Log.Lines, line => line.Message == "mod@example.com created a password link for once@example.com.");
        Assert.Contains(Host.Log.Lines, line => line.Message == "once@example.com set a new password with a link created by mod@example.com.");
    }

    [Fact]
    public async Task Use_TwoAtOnce_SetsOnePassword()
    {
        var token = TokenOf(await IssueAsync("race@example.com"));

        var outcomes = await Task.WhenAll(Links.UseAsync(token, NewPassword, null, Cancel), Links.UseAsync(token, NewPassword + "!", null, Cancel));

        Assert.Single(outcomes, outcome => outcome is { Count: 0 });
        Assert.Single(outcomes, outcome => outcome is null);
    }

    [Fact]
    public async Task Link_AfterANewerOne_IsDead()
    {
        var first = await IssueAsync("newer@example.com");
        var second = await Links.IssueAsync(await IdOfAsync("newer@example.com"), "mod@example.com", Cancel);

        Assert.Null(await Links.FindAsync(TokenOf(first), Cancel));
        Assert.Equal("newer@example.com", await Links.FindAsync(TokenOf(second), Cancel));
    }

    [Fact]
    public async Task Link_AfterADay_IsDead()
    {
        var issued = await IssueAsync("late@example.com");
        var token = TokenOf(issued);
        Assert.Equal(TimeSpan.FromHours(24), PasswordLinks.Lifetime);
        var made = clocked.Time.GetUtcNow();

        clocked.Time.SetUtcNow(made + PasswordLinks.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Links.FindAsync(token, Cancel));
        clocked.Time.SetUtcNow(made + PasswordLinks.Lifetime);

        Assert.Null(await Links.FindAsync(token, Cancel));
        Assert.Null(await Links.UseAsync(token, NewPassword, null, Cancel));
        clocked.Time.SetUtcNow(made);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=%25")]
    [InlineData("?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Page_WithoutALink_SaysSo(string query)
    {
        using var visitor = new FormVisitor(Host.BaseAddress);

        using var page = await visitor.GetAsync("/new-password" + query);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("no longer valid", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_WithABadPassword_SaysTheProblemAndKeepsTheLink()
    {
        var issued = await IssueAsync("short@example.com");
        using var visitor = new FormVisitor(Host.BaseAddress);

        using var reply = await visitor.PostFormAsync(issued.PathAndQuery, "new-password", ("Input.Password", "short"));

        Assert.Contains("12 characters", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.NotNull(await Links.FindAsync(TokenOf(issued), Cancel));
    }

    [Fact]
    public async Task Use_OfADisabledAccount_SetsThePasswordAndSignsNobodyIn()
    {
        var issued = await IssueAsync("off@example.com");
        await Host.Services.GetRequiredService<ModeratorStore>().SetDisabledAsync(await IdOfAsync("off@example.com"), isDisabled: true, "mod@example.com", Cancel);
        using var visitor = new FormVisitor(Host.BaseAddress);

        using var reply = await visitor.PostFormAsync(issued.PathAndQuery, "new-password", ("Input.Password", NewPassword));

        Assert.Contains("account is disabled", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(visitor, "/rooms"));
    }

    [Fact]
    public async Task Token_OfALink_StandsNeitherInTheDatabaseNorInTheLog()
    {
        var token = TokenOf(await IssueAsync("hidden@example.com"));

        await using var scope = Host.Services.CreateAsyncScope();
        var stored = await scope.ServiceProvider.GetRequiredService<AccountsContext>().UserTokens.Select(row => row.Value!).ToListAsync(Cancel);
        Assert.NotEmpty(stored);
        Assert.DoesNotContain(stored, value => value.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(Host.Log.Lines, line => line.Message.Contains(token, StringComparison.Ordinal));
    }

    private async Task<IssuedPasswordLink> IssueAsync(string email)
    {
        await ModeratorOfTests.MakeAsync(Host, email, ModeratorRole.Observer);
        return await Links.IssueAsync(await IdOfAsync(email), "mod@example.com", Cancel);
    }

    private async Task<string> IdOfAsync(string email) =>
        (await Host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).Single(moderator => moderator.Email == email).Id;

    private static async Task<HttpStatusCode> StatusAsync(FormVisitor visitor, string path)
    {
        using var page = await visitor.GetAsync(path);
        return page.StatusCode;
    }

    private static string TokenOf(IssuedPasswordLink issued) => issued.PathAndQuery.Split("token=")[1];

    public sealed class ClockedHost : IAsyncLifetime
    {
        public ManualTimeProvider Time { get; } = new();

        public DashboardHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Time.SetUtcNow(TimeProvider.System.GetUtcNow()); // cookies carry the server's time and are held against a real clock
            Host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration, Time = Time });
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
