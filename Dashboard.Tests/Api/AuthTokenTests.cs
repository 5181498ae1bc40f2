using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Secure login: the app's backend vouches for a user.</summary>
public sealed class AuthTokenTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Mint_WithAServerKey_GivesAShortTextThatLogsThatUserIn()
    {
        var minted = await MintAsync("anna");

        Assert.Equal("text/plain", minted.ContentHeaders.ContentType?.MediaType);
        Assert.InRange(minted.Body.Length, 1, 100);
        Assert.Equal(200, (await LogInAsync("anna", minted.Body)).Status);
    }

    [Fact]
    public async Task LogIn_WithAnAuthTokenOfAnother_Answers401()
    {
        var minted = await MintAsync("anna");

        (await LogInAsync("berta", minted.Body)).IsRefusal(401, 400100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task LogIn_WithAMadeUpAuthToken_Answers401(string authToken) =>
        (await LogInAsync("anna", authToken)).IsRefusal(401, 400100);

    [Fact]
    public async Task LogIn_AtTenMinutes_IsTooLateAndJustBeforeIsNot()
    {
        var minted = await MintAsync("anna");

        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await LogInAsync("anna", minted.Body)).Status);
        _time.Advance(TimeSpan.FromSeconds(2));
        (await LogInAsync("anna", minted.Body)).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task LogIn_WithoutProofOfAUserOnceVouchedFor_Answers403()
    {
        Assert.Equal(200, (await LogInAsync("anna", authToken: null)).Status);
        await MintAsync("anna");

        (await LogInAsync("anna", authToken: null)).IsRefusal(403, 400301);
    }

    [Fact]
    public async Task Mint_AsAViewer_Answers403() =>
        (await _host.PostAsync("/api/v4/authentication/token", await _host.TokenAsync("viewer"), """{"userId":"anna"}""")).IsRefusal(403, 400301);

    [Theory]
    [InlineData("""{"userId":"ADMIN_x"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"userId":"anna","role":"admin"}""")]
    public async Task Mint_AgainstARule_Answers422(string body) =>
        (await _host.PostAsync("/api/v4/authentication/token", DashboardHost.ServerKey, body)).IsRefusal(422, 400000);

    private async Task<Answer> MintAsync(string userId)
    {
        var answer = await _host.PostAsync("/api/v4/authentication/token", DashboardHost.ServerKey, new JsonObject { ["userId"] = userId }.ToJsonString());
        Assert.Equal(200, answer.Status);
        return answer;
    }

    private Task<Answer> LogInAsync(string userId, string? authToken)
    {
        var body = new JsonObject { ["userId"] = userId, ["deviceId"] = "d" };
        if (authToken is not null)
            body["authToken"] = authToken;
        return _host.LogInAsync(body);
    }
}
