using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class SessionTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task LogIn_AsPublishedClientsDo_AnswersTheDocumentedDocument()
    {
        var answer = await _host.PostAsync(
            "/api/v5/sessions",
            json: """{"userId":"anna@example.com","displayName":"Anna Öst","deviceId":"device-7","deviceInfo":{"kind":"web","model":"Firefox","sdkVersion":"7.20.0"}}""",
            headers: [("X-API-Key", DashboardHost.ClientKey), ("set-access-token-cookie", "false")]);

        Assert.Equal(200, answer.Status);
        Assert.Equal(["accessToken", "users", "files", "issuedAt", "expiresAt", "userType"], answer.Json.AsObject().Select(member => member.Key));
        Assert.Equal("signed-in", answer.Json["userType"]!.GetValue<string>());
        Assert.Empty(answer.Json["files"]!.AsArray());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", answer.Json["issuedAt"]!.GetValue<string>());
        var lifetime = answer.Json["expiresAt"]!.GetValue<DateTimeOffset>() - answer.Json["issuedAt"]!.GetValue<DateTimeOffset>();
        Assert.Equal(TimeSpan.FromDays(30), lifetime);

        var user = Assert.Single(answer.Json["users"]!.AsArray())!.AsObject();
        Assert.Equal(
            [
                "_id", "path", "userId", "userInternalId", "userPublicId", "displayName", "description", "avatarFileId", "avatarCustomUrl", "roles",
                "permissions", "flagCount", "hashFlag", "metadata", "tags", "isBrand", "isGlobalBan", "isDeleted", "createdAt", "updatedAt",
            ],
            user.Select(member => member.Key));
        Assert.Equal("anna@example.com", user["userId"]!.GetValue<string>());
        Assert.Equal("Anna Öst", user["displayName"]!.GetValue<string>());
    }

    [Fact]
    public async Task AccessToken_ReadWithoutItsKey_SaysWhatPublishedClientsReadOfIt()
    {
        var answer = await _host.LogInAsync(new JsonObject { ["userId"] = "payload-reader", ["deviceId"] = "device-1" });

        var payload = Payload(answer.Json["accessToken"]!.GetValue<string>());

        Assert.Equal("payload-reader", payload["user"]!["publicUserId"]!.GetValue<string>());
        Assert.Equal(answer.Json["users"]![0]!["userInternalId"]!.GetValue<string>(), payload["user"]!["userId"]!.GetValue<string>());
        Assert.Equal(answer.Json["expiresAt"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds(), payload["exp"]!.GetValue<long>());
        Assert.Equal(answer.Json["issuedAt"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds(), payload["iat"]!.GetValue<long>());
    }

    [Fact]
    public async Task LogIn_Again_KeepsTheUserAndTakesTheNewName()
    {
        var first = await _host.LogInAsync(new JsonObject { ["userId"] = "renamed", ["deviceId"] = "d", ["displayName"] = "Before" });
        var silent = await _host.LogInAsync(new JsonObject { ["userId"] = "renamed", ["deviceId"] = "d" });
        var second = await _host.LogInAsync(new JsonObject { ["userId"] = "renamed", ["deviceId"] = "d", ["displayName"] = "After" });

        Assert.Equal(first.Json["users"]![0]!["_id"]!.GetValue<string>(), second.Json["users"]![0]!["_id"]!.GetValue<string>());
        Assert.Equal("Before", silent.Json["users"]![0]!["displayName"]!.GetValue<string>());
        Assert.Equal("After", second.Json["users"]![0]!["displayName"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"deviceId":"d"}""", "userId is missing.")]
    [InlineData("""{"userId":"","deviceId":"d"}""", "userId must have 1 to 50 characters, not 0.")]
    [InlineData("""{"userId":"a\u0007b","deviceId":"d"}""", "userId must not contain control characters.")]
    [InlineData("""{"userId":"ADMIN_anna","deviceId":"d"}""", "userId must not start with ADMIN_, which is reserved.")]
    [InlineData("""{"userId":"DELETED_anna","deviceId":"d"}""", "userId must not start with DELETED_, which is reserved.")]
    [InlineData("""{"userId":"~guest-0123","deviceId":"d"}""", "userId must not start with ~guest-, which is reserved.")]
    [InlineData("""{"userId":"a"}""", "deviceId is missing. It identifies this client instance, 1 to 150 characters.")]
    [InlineData("""{"userId":"a","deviceId":""}""", "deviceId must have 1 to 150 characters, not 0.")]
    [InlineData("""{"userId":7,"deviceId":"d"}""", "userId has a value of the wrong type or appears twice. See docs/http-api.md.")]
    [InlineData("""{"userId":"a","userId":"b","deviceId":"d"}""", "userId has a value of the wrong type or appears twice. See docs/http-api.md.")]
    [InlineData("""[]""", "The body must be a JSON object.")]
    [InlineData("""null""", "The body must be a JSON object, not null.")]
    public async Task LogIn_AgainstARule_Answers422NamingIt(string body, string problem)
    {
        var answer = await _host.PostAsync("/api/v5/sessions", json: body, headers: ("X-API-Key", DashboardHost.ClientKey));

        answer.IsRefusal(422, 400000);
        Assert.Equal(problem, answer.Message);
        Assert.Equal(problem, answer.Json["data"]!["detail"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("displayName", 100)]
    [InlineData("deviceId", 150)]
    [InlineData("userId", 50)]
    public async Task LogIn_WithATextAtItsLimit_PassesAndOneMoreIsRefused(string field, int longest)
    {
        var body = new JsonObject { ["userId"] = "long-" + field, ["deviceId"] = "d" };
        body[field] = new string('x', longest);
        var atLimit = await _host.LogInAsync(body);
        body[field] = new string('x', longest + 1);
        var beyond = await _host.LogInAsync(body);

        Assert.Equal(200, atLimit.Status);
        beyond.IsRefusal(422, 400000);
        Assert.StartsWith(field, beyond.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("test-client-kez")]
    [InlineData("test-client-key ,test-client-key")]
    public async Task LogIn_WithoutTheClientKey_Answers401(string? key)
    {
        (string, string)[] headers = key is null ? [] : [("X-API-Key", key)];

        var answer = await _host.PostAsync("/api/v5/sessions", json: """{"userId":"a","deviceId":"d"}""", headers: headers);

        answer.IsRefusal(401, 400100);
    }

    [Fact]
    public async Task LogVisitorIn_TheSameDeviceTwice_IsTheSameGuest()
    {
        var first = await VisitAsync("browser-1");
        var second = await VisitAsync("browser-1");
        var other = await VisitAsync("browser-2");

        Assert.Equal("visitor", first.Json["userType"]!.GetValue<string>());
        var userId = first.Json["users"]![0]!["userId"]!.GetValue<string>();
        Assert.Matches("^~guest-[0-9a-f]{24}$", userId);
        Assert.Equal(userId, second.Json["users"]![0]!["userId"]!.GetValue<string>());
        Assert.NotEqual(userId, other.Json["users"]![0]!["userId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Describe_OfAValidToken_SaysWhoseItIs()
    {
        var token = await _host.TokenAsync("described", "device-9");

        var answer = await _host.GetAsync("/api/v3/sessions", token);

        Assert.Equal(200, answer.Status);
        Assert.Equal("described", answer.Json["userId"]!.GetValue<string>());
        Assert.Equal("device-9", answer.Json["deviceId"]!.GetValue<string>());
    }

    [Fact]
    public async Task LogOut_OfOneToken_EndsThatOneAtOnceAndNoOther()
    {
        var token = await _host.TokenAsync("leaver", "device-1");
        var other = await _host.TokenAsync("leaver", "device-2");
        Assert.Equal(202, (await _host.BeatAsync("logout", token)).Status);

        var answer = await _host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", token);

        Assert.Equal("""{"success":true}""", answer.Body);
        var refused = await _host.BeatAsync("logout", token);
        refused.IsRefusal(401, 400100);
        Assert.Contains("revoked", refused.Message, StringComparison.Ordinal);
        Assert.Equal(202, (await _host.BeatAsync("logout", other)).Status);
    }

    [Fact]
    public async Task ChatSettings_WhichLoginFailsWithout_SayThatThereIsNoPreview()
    {
        var answer = await _host.GetAsync("/api/v3/network-settings/chat", await _host.TokenAsync("chatless"));

        Assert.Equal("""{"messagePreview":{"enabled":false,"isIncludeDeleted":false}}""", answer.Body);
    }

    [Fact]
    public async Task AccessToken_AfterARestart_StillCountsAndARevokedOneStillDoesNot()
    {
        await using var host = await DashboardHost.StartAsync();
        var kept = await host.TokenAsync("kept");
        var revoked = await host.TokenAsync("revoked");
        await host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", revoked);

        await host.RestartAsync();

        Assert.Equal(202, (await host.BeatAsync("r", kept)).Status);
        (await host.BeatAsync("r", revoked)).IsRefusal(401, 400100);
    }

    [Fact]
    public async Task LogIn_InProductionWithoutProof_IsRefusedWithTheWayOut()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Environment = "Production" });

        var user = await host.LogInAsync(new JsonObject { ["userId"] = "anna", ["deviceId"] = "d" });
        var guest = await host.PostAsync("/api/v5/sessions/visitor", json: """{"deviceId":"d"}""", headers: ("X-API-Key", DashboardHost.ClientKey));

        user.IsRefusal(403, 400301);
        Assert.Contains("authToken", user.Message, StringComparison.Ordinal);
        guest.IsRefusal(403, 400301);
    }

    [Fact]
    public async Task LogIn_FasterThanTheAddressMay_Answers429WithRetryAfter()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Time = new ManualTimeProvider(),
            Configuration = { ["Presence:Limits:LoginBurst"] = "3", ["Presence:Limits:LoginsPerSecond"] = "1" },
        });
        for (var i = 0; i < 3; i++)
            await host.TokenAsync("eager");

        var answer = await host.LogInAsync(new JsonObject { ["userId"] = "eager", ["deviceId"] = "d" });

        answer.IsRefusal(429, 400311);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    private static JsonNode Payload(string token) => JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1])))!;

    private async Task<Answer> VisitAsync(string deviceId)
    {
        var answer = await _host.PostAsync("/api/v5/sessions/visitor", json: new JsonObject { ["deviceId"] = deviceId }.ToJsonString(), headers: ("X-API-Key", DashboardHost.ClientKey));
        Assert.Equal(200, answer.Status);
        return answer;
    }
}
