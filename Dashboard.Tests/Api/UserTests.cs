using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class UserTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task List_OfSeveralIds_AnswersInTheOrderAskedForWithoutTheUnknown()
    {
        foreach (var userId in new[] { "list-a", "list-b", "list-c" })
            await _host.TokenAsync(userId);

        var answer = await _host.GetAsync("/api/v3/users/list?userIds%5B%5D=list-c&userIds%5B%5D=unknown&userIds%5B%5D=list-a&userIds[]=list-c", await _host.TokenAsync("list-b"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["list-c", "list-a"], UserIds(answer));
        Assert.Empty(answer.Json["files"]!.AsArray());
    }

    [Theory]
    [InlineData("a b@example.com")]
    [InlineData("slash/and+plus")]
    [InlineData("ümläut")]
    [InlineData("100%")]
    [InlineData("50%41")]
    public async Task Read_OfAnIdEncodedOnceOrTwice_FindsIt(string userId)
    {
        var token = await _host.TokenAsync(userId);
        var once = Uri.EscapeDataString(userId);
        var twice = Uri.EscapeDataString(once);

        Assert.Equal([userId], UserIds(await _host.GetAsync($"/api/v3/users/list?userIds%5B%5D={once}", token)));
        Assert.Equal([userId], UserIds(await _host.GetAsync($"/api/v3/users/list?userIds%5B%5D={twice}", token)));
        Assert.Equal([userId], UserIds(await _host.GetAsync($"/api/v3/users/{twice}", token)));
        Assert.Equal([userId], UserIds(await _host.GetAsync($"/api/v3/users/{once}", token)));
    }

    [Fact]
    public async Task List_WhenBothSpellingsExist_PrefersTheOneThatArrived()
    {
        await _host.TokenAsync("A-decoded");
        await _host.TokenAsync("%41-decoded");

        Assert.Equal(["%41-decoded"], UserIds(await _host.GetAsync("/api/v3/users/list?userIds[]=%2541-decoded", DashboardHost.ServerKey)));
        Assert.Equal(["A-decoded"], UserIds(await _host.GetAsync("/api/v3/users/list?userIds[]=%41-decoded", DashboardHost.ServerKey)));
    }

    [Fact]
    public async Task Read_OfAnIdWithASlash_TellsTheSlashFromItsEncodingAsText()
    {
        await _host.TokenAsync("team/berta");
        await _host.TokenAsync("team%2Fberta");
        await _host.TokenAsync("team/clara");

        Assert.Equal(["team/berta"], UserIds(await _host.GetAsync("/api/v3/users/team%2Fberta", DashboardHost.ServerKey)));
        Assert.Equal(["team%2Fberta"], UserIds(await _host.GetAsync("/api/v3/users/team%252Fberta", DashboardHost.ServerKey)));
        Assert.Equal(["team/clara"], UserIds(await _host.GetAsync("/api/v3/users/team%252Fclara", DashboardHost.ServerKey)));
        var absolute = await RawHttp.ExchangeAsync(_host.BaseAddress, $"GET http://localhost/api/v3/users/team%2Fberta HTTP/1.1\nHost: localhost\nAuthorization: Bearer {DashboardHost.ServerKey}\nConnection: close\n\n");
        Assert.Contains("\"userId\":\"team/berta\"", absolute, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfAnUnknownUser_Answers404()
    {
        var answer = await _host.GetAsync("/api/v3/users/nobody-here", DashboardHost.ServerKey);

        answer.IsRefusal(404, 400400);
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(101, 422)]
    public async Task List_TakesAHundredIds(int count, int status) =>
        Assert.Equal(status, (await _host.GetAsync("/api/v3/users/list?" + string.Join('&', Enumerable.Range(0, count).Select(i => $"userIds%5B%5D={new string('%', 1)}25{i:000}{new string('x', 60)}")), DashboardHost.ServerKey)).Status);

    [Fact]
    public async Task List_OfNobody_IsEmpty() =>
        Assert.Equal("""{"users":[],"files":[]}""", (await _host.GetAsync("/api/v3/users/list", DashboardHost.ServerKey)).Body);

    private static IEnumerable<string> UserIds(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        return answer.Json["users"]!.AsArray().Select(user => user!["userId"]!.GetValue<string>());
    }
}
