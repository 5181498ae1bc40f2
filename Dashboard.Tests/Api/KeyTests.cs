using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Server keys, made and revoked over the wire.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private const string Route = "/api/v1/admin/keys";
    private const string Instant = @"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""";

    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Make_AKey_ShowsItOnceAndItOpensWhatItsScopesSay()
    {
        var made = await MakeAsync("""{"name":"chat backend","scopes":["read"],"expiresAt":"2999-01-01T00:00:00Z"}""");

        Assert.Equal(201, made.Status);
        Assert.Matches(
            $$"""^\{"keyId":"key_[0-9a-f]{16}","name":"chat backend","prefix":"pd_[0-9A-Za-z]{6}","scopes":\["read"\],"createdAt":{{Instant}},"createdBy":"server key","expiresAt":"2999-01-01T00:00:00\.000Z","key":"pd_[0-9A-Za-z]{49}"\}$""",
            made.Body);
        var secret = Text(made, "key");
        Assert.Equal($"{Route}/{Text(made, "keyId")}", made.Headers.Location!.OriginalString);
        Assert.Equal(200, (await _host.GetAsync("/api/v1/admin/settings", secret)).Status);
        (await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/settings", secret, "{}", ("If-Match", "*"))).IsRefusal(403, 400301);

        var one = await _host.GetAsync(made.Headers.Location.OriginalString, DashboardHost.ServerKey);
        var all = await _host.GetAsync(Route, DashboardHost.ServerKey);
        Assert.NotNull(one.Json["lastUsedAt"]);
        Assert.Equal($$"""{"keys":[{{one.Body}}]}""", all.Body);
        Assert.DoesNotContain(secret[10..], all.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(_host.Log.Lines, line => line.Message.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Revoke_AKey_ShutsItFromTheNextRequestOnAndMayBeRepeated()
    {
        var made = await MakeAsync("""{"name":"chat","scopes":["read"]}""");
        var address = made.Headers.Location!.OriginalString;

        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, address, DashboardHost.ServerKey)).Status);

        (await _host.GetAsync("/api/v1/admin/settings", Text(made, "key"))).IsRefusal(401, 400100);
        var kept = (await _host.GetAsync(address, DashboardHost.ServerKey)).Json;
        Assert.Equal("server key", kept["revokedBy"]!.GetValue<string>());
        Assert.NotNull(kept["revokedAt"]);
        (await _host.SendAsync(HttpMethod.Delete, $"{Route}/key_unknown", DashboardHost.ServerKey)).IsRefusal(404, 400400);
        (await _host.GetAsync($"{Route}/key_unknown", DashboardHost.ServerKey)).IsRefusal(404, 400400);
    }

    [Fact]
    public async Task Make_WithAKeyThatLacksAScope_GivesNoMoreThanItHas()
    {
        var keys = Text(await MakeAsync("""{"name":"keys","scopes":["keys","read"]}"""), "key");

        Assert.Equal(201, (await _host.PostAsync(Route, keys, """{"name":"less","scopes":["read"]}""")).Status);
        (await _host.PostAsync(Route, keys, """{"name":"more","scopes":["read","users"]}""")).IsRefusal(403, 400301);
        var read = Text(await MakeAsync("""{"name":"read","scopes":["read"]}"""), "key");
        (await _host.PostAsync(Route, read, """{"name":"x","scopes":["read"]}""")).IsRefusal(403, 400301);
        (await _host.GetAsync(Route, read)).IsRefusal(403, 400301);
    }

    [Fact]
    public async Task Make_AThirdGoodKeyOfOneName_IsRefusedWithTheWait()
    {
        await MakeAsync("""{"name":"chat","scopes":["read"]}""");
        await MakeAsync("""{"name":"chat","scopes":["read"]}""");

        var third = await MakeAsync("""{"name":"chat","scopes":["read"]}""");

        third.IsRefusal(429, 499602);
        Assert.NotNull(third.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""", "name must have")]
    [InlineData("""{"name":"x"}""", "scopes must be")]
    [InlineData("""{"name":"x","scopes":["all"]}""", "scopes must be")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresAt":"2001-01-01T00:00:00Z"}""", "expiresAt must be in the future")]
    [InlineData("""{"name":"x","scopes":["read"],"expires":"2999-01-01T00:00:00Z"}""", "\"expires\"")]
    public async Task Make_AgainstARule_IsRefused(string body, string message)
    {
        var answer = await MakeAsync(body);

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    private Task<Answer> MakeAsync(string body) => _host.PostAsync(Route, DashboardHost.ServerKey, body);

    private static string Text(Answer answer, string member) => answer.Json[member]!.GetValue<string>();
}
