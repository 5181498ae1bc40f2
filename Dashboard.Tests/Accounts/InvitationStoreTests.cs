using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class InvitationStoreTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private InvitationStore Store => _host.Services.GetRequiredService<InvitationStore>();

    public async ValueTask InitializeAsync()
    {
        _time.SetUtcNow(TimeProvider.System.GetUtcNow()); // cookies carry the server's time and are held against a real clock
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration, Time = _time });
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Join_WithALink_MakesTheAccountOnceAndSignsItIn()
    {
        var issued = await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel);
        using var visitor = new FormVisitor(_host.BaseAddress);

        using var joined = await visitor.PostFormAsync(issued.PathAndQuery, "join", ("Input.Email", "ada@example.com"), ("Input.Password", ModeratorOfTests.Password));
        using var page = await visitor.GetAsync("/settings");
        using var second = await new FormVisitor(_host.BaseAddress).GetAsync(issued.PathAndQuery);

        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("no longer valid", await second.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var moderators = await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel);
        Assert.Equal(ModeratorRole.Observer, moderators.Single(moderator => moderator.Email == "ada@example.com").Role);
        Assert.Empty(await Store.ListAsync(Cancel));
    }

    [Theory]
    [InlineData("ada@example.com", "short", "12 characters")]
    [InlineData(ModeratorOfTests.Email, ModeratorOfTests.Password, "already")]
    public async Task Join_WithAProblem_SaysItAndKeepsTheLink(string email, string password, string expected)
    {
        var issued = await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel);
        using var visitor = new FormVisitor(_host.BaseAddress);

        using var reply = await visitor.PostFormAsync(issued.PathAndQuery, "join", ("Input.Email", email), ("Input.Password", password));

        Assert.Contains(expected, await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Single(await Store.ListAsync(Cancel));
        Assert.Single(await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel));
    }

    [Fact]
    public async Task Join_TwoAtOnce_MakesOneAccount()
    {
        var token = TokenOf(await Store.IssueAsync("Ada", ModeratorRole.Admin, "mod@example.com", Cancel));

        var outcomes = await Task.WhenAll(
            Store.JoinAsync(token, "a@example.com", ModeratorOfTests.Password, null, Cancel),
            Store.JoinAsync(token, "b@example.com", ModeratorOfTests.Password, null, Cancel));

        Assert.Single(outcomes, outcome => outcome is { Count: 0 });
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(2, (await _host.Services.GetRequiredService<ModeratorStore>().ListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Link_AfterAWeek_IsDead()
    {
        var token = TokenOf(await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel));
        Jump(InvitationStore.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Store.FindAsync(token, Cancel));

        Jump(TimeSpan.FromSeconds(1));

        Assert.Null(await Store.FindAsync(token, Cancel));
        Assert.Null(await Store.JoinAsync(token, "ada@example.com", ModeratorOfTests.Password, null, Cancel));
        Assert.Empty(await Store.ListAsync(Cancel));
    }

    [Fact]
    public async Task Link_AfterTheClockWasAheadAndPutRight_StillWorks()
    {
        var token = TokenOf(await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel));

        Jump(TimeSpan.FromDays(400));
        await Store.IssueAsync("Ben", ModeratorRole.Observer, "mod@example.com", Cancel);
        Jump(TimeSpan.FromDays(-400));

        Assert.NotNull(await Store.FindAsync(token, Cancel));
    }

    [Fact]
    public async Task Link_TakenBack_IsDead()
    {
        var issued = await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel);

        await Store.RemoveAsync(issued.Invitation.Id, "mod@example.com", Cancel);

        Assert.Null(await Store.FindAsync(TokenOf(issued), Cancel));
    }

    [Fact]
    public async Task Token_OfALink_StandsNeitherInTheDatabaseNorInTheLog()
    {
        var token = TokenOf(await Store.IssueAsync("Ada", ModeratorRole.Observer, "mod@example.com", Cancel));
        using (await new FormVisitor(_host.BaseAddress).GetAsync($"/join?token={token}"))
        {
        }

        await using var scope = _host.Services.CreateAsyncScope();
        var stored = await scope.ServiceProvider.GetRequiredService<AccountsContext>().Invitations.SingleAsync(Cancel);
        Assert.NotEqual(Encoding.UTF8.GetBytes(token), stored.TokenHash);
        Assert.Equal(32, stored.TokenHash.Length);
        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Issue_BeyondTheCap_IsRefusedUntilOldOnesExpire()
    {
        for (var i = 0; i < InvitationStore.Most; i++)
            await Store.IssueAsync($"Guest {i}", ModeratorRole.Observer, "mod@example.com", Cancel);

        await Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Store.IssueAsync("One more", ModeratorRole.Observer, "mod@example.com", Cancel));
        await Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Store.IssueAsync("  ", ModeratorRole.Observer, "mod@example.com", Cancel));

        Jump(InvitationStore.Lifetime);
        await Store.IssueAsync("One more", ModeratorRole.Observer, "mod@example.com", Cancel);
        Assert.Single(await Store.ListAsync(Cancel));
    }

    // The wall clock alone: a week of a running server's timers would take longer than the test is worth.
    private void Jump(TimeSpan span) => _time.SetUtcNow(_time.GetUtcNow() + span);

    private static string TokenOf(IssuedInvitation issued) => issued.PathAndQuery.Split("token=")[1];
}
