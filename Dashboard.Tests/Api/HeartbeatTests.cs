using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class HeartbeatTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task Beat_Accepted_AnswersTheDocumentedDocument()
    {
        var answer = await _host.BeatAsync("plain", await _host.TokenAsync("anna"));

        Assert.Equal(202, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        Assert.Matches(
            """^\{"success":true,"heartbeatIntervalSeconds":30,"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":(2[789]|30)(\.\d{1,3})?,"settingsVersion":1\}$""",
            answer.Body);
    }

    [Fact]
    public async Task Beat_WithDeviceAndVersion_IsShownUntilItSaysOtherwise()
    {
        var token = await _host.TokenAsync("anna");
        SessionDevice Shown() => _host.Services.GetRequiredService<PresenceEngine>().Sessions("shown-devices", "anna")[0].Device;

        await _host.BeatAsync("shown-devices", token, """{"device":"Pixel 9","appVersion":"4.2.0"}""");
        Assert.Equal(new SessionDevice("Pixel 9", "4.2.0"), Shown());
        await _host.BeatAsync("shown-devices", token, """{"device":" ","state":"hidden"}""");
        Assert.Equal(new SessionDevice("Pixel 9", "4.2.0"), Shown());
        await _host.BeatAsync("shown-devices", token, """{"device":"Pixel 9","appVersion":"4.3.0"}""");
        Assert.Equal(new SessionDevice("Pixel 9", "4.3.0"), Shown());
    }

    [Theory]
    [InlineData("\"Pi\\u0007xel\\u009f 9\\n\"", "Pixel 9")]
    [InlineData("\"Pixel 9 \\ud83d\"", "Pixel 9")] // cut in the middle of a character by the client
    [InlineData("\"\\ude00Pixel\\t 9\"", "Pixel 9")]
    [InlineData("4.2", "4.2")]
    [InlineData("\"\\u0000\\u200e\"", "\u200e")]
    [InlineData("\"\\u0001\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("{\"name\":[\"Pixel\"]}", null)]
    public async Task Beat_WithADeviceOfAnyKind_IsTakenAndKeepsWhatCanBeRead(string device, string? shown)
    {
        var userId = "device-" + Guid.NewGuid();
        var answer = await _host.BeatAsync("any-device", await _host.TokenAsync(userId), $$"""{"device":{{device}},"appVersion":{{device}},"state":"hidden"}""");

        Assert.Equal(202, answer.Status);
        Assert.Equal(new SessionDevice(shown, shown), _host.Services.GetRequiredService<PresenceEngine>().Sessions("any-device", userId)[0].Device);
    }

    [Fact]
    public async Task Beat_WithALongDeviceAndVersion_CutsBothBetweenTwoCharacters()
    {
        var userId = "long-device";
        var body = new JsonObject { ["device"] = new string('d', 299) + "\U0001F600", ["appVersion"] = new string('v', 28) + "\U0001F600" + "tail" };

        var answer = await _host.BeatAsync("long-device", await _host.TokenAsync(userId), body.ToJsonString());

        Assert.Equal(202, answer.Status);
        Assert.Equal(
            new SessionDevice(new string('d', 299), new string('v', 28) + "\U0001F600"),
            _host.Services.GetRequiredService<PresenceEngine>().Sessions("long-device", userId)[0].Device);
    }

    [Fact]
    public async Task Beat_IncludingTheCount_SaysHowManyWatch()
    {
        await _host.BeatAsync("counted", await _host.TokenAsync("anna"));

        var answer = await _host.PostAsync("/api/v1/presence/rooms/counted/heartbeat?include=count", await _host.TokenAsync("berta"));

        Assert.Equal(2, answer.Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Beat_IncludingSomethingElse_Answers422() =>
        (await _host.PostAsync("/api/v1/presence/rooms/counted/heartbeat?include=everything", await _host.TokenAsync("anna"))).IsRefusal(422, 400000);

    [Theory]
    [InlineData("application/x-www-form-urlencoded")] // what the published TypeScript client sends
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Beat_WithAnEmptyBody_PassesWhateverItsContentType(string? contentType)
    {
        (string, string)[] headers = contentType is null ? [] : [("Content-Type", contentType)];

        var answer = await _host.PostAsync("/api/v1/presence/rooms/empty-body/heartbeat", await _host.TokenAsync("anna"), headers: headers);

        Assert.Equal(202, answer.Status);
    }

    [Fact]
    public async Task Beat_WithAnEmptyChunkedBody_Passes()
    {
        var reply = await RawHttp.ExchangeAsync(_host.BaseAddress, $"""
            POST /api/v1/presence/rooms/chunked/heartbeat HTTP/1.1
            Host: localhost
            Authorization: Bearer {await _host.TokenAsync("anna")}
            Content-Type: text/plain
            Transfer-Encoding: chunked
            Connection: close

            0


            """);

        Assert.StartsWith("HTTP/1.1 202", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    [InlineData("garbage")]
    public async Task Beat_WithABodyThatIsNotJson_Answers415(string contentType)
    {
        var answer = await _host.SendAsync(HttpMethod.Post, "/api/v1/presence/rooms/wrong-type/heartbeat", await _host.TokenAsync("anna"), "{}", ("Content-Type", contentType));

        answer.IsRefusal(415, 499415);
        await IsEmptyAsync("wrong-type");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON; charset=\"UTF-8\"")]
    public async Task Beat_WithJson_PassesHoweverItsTypeIsSpelt(string contentType) =>
        Assert.Equal(202, (await _host.SendAsync(HttpMethod.Post, "/api/v1/presence/rooms/json/heartbeat", await _host.TokenAsync("anna"), "{}", ("Content-Type", contentType))).Status);

    [Theory]
    [InlineData("""{"state":"asleep"}""", 422)]
    [InlineData("""{"state":5}""", 422)]
    [InlineData("""{"sessionId":""}""", 422)]
    [InlineData("""{"sessionId":"a\nb"}""", 422)]
    [InlineData("""{"sessionId":"\ud800"}""", 422)]
    [InlineData("""{"settingsVersion":"one"}""", 422)]
    [InlineData("""{"settingsVersion":99999999999}""", 422)]
    [InlineData("""[]""", 422)]
    [InlineData("""{"state":"hidden" """, 400)]
    [InlineData("""{"state":"hidden"} extra""", 400)]
    [InlineData("""{state:hidden}""", 400)]
    [InlineData(""" """, 400)]
    [InlineData("""{"ignored":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}""", 400)]
    public async Task Beat_WithABadDocument_IsRefusedAndStoresNothing(string body, int status)
    {
        var answer = await _host.BeatAsync("bad-document", await _host.TokenAsync("anna"), body);

        answer.IsRefusal(status, 400000);
        await IsEmptyAsync("bad-document");
    }

    [Fact]
    public async Task Beat_WithBytesThatAreNoText_Answers400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/presence/rooms/bytes/heartbeat") { Content = new ByteArrayContent([.. "{\"state\":\""u8, 0xFF, 0xFE, .. "\"}"u8]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", await _host.TokenAsync("anna"));

        using var reply = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var answer = await Answer.OfAsync(reply);
        Assert.Contains(answer.Status, new[] { 400, 422 });
        answer.IsRefusal(answer.Status, 400000);
    }

    [Fact]
    public async Task Beat_WithUnknownMembers_IgnoresThem() =>
        Assert.Equal(202, (await _host.BeatAsync("members", await _host.TokenAsync("anna"), """{"sessionId":"tab-1","tomorrow":{"a":[1,2]}}""")).Status);

    [Theory]
    [InlineData("caf%C3%A9%20am%20Eck", "café am Eck")]
    [InlineData("%F0%9F%8E%AC", "🎬")]
    [InlineData("a+b", "a+b")]
    [InlineData("room.1_x~2", "room.1_x~2")]
    public async Task Beat_ToARoomWithAnEncodedId_CountsUnderItsRealName(string inPath, string roomId)
    {
        Assert.Equal(202, (await _host.PostAsync($"/api/v1/presence/rooms/{inPath}/heartbeat", await _host.TokenAsync("anna"))).Status);

        var room = (await _host.GetAsync($"/api/v1/presence/rooms?ids[]={Uri.EscapeDataString(roomId)}", DashboardHost.ServerKey)).Json["rooms"]![0]!;
        Assert.Equal(roomId, room["roomId"]!.GetValue<string>());
        Assert.Equal(1, room["count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a%5Cb")]
    [InlineData("a%3Fb")]
    [InlineData("a%23b")]
    [InlineData("a%25b")]
    [InlineData("a%2525b")]
    [InlineData("a%0Ab")]
    [InlineData("a%7Fb")]
    public async Task Beat_ToARoomWithAForbiddenCharacter_Answers422(string inPath) =>
        (await _host.PostAsync($"/api/v1/presence/rooms/{inPath}/heartbeat", await _host.TokenAsync("anna"))).IsRefusal(422, 400000);

    [Theory]
    [InlineData(128, 202)]
    [InlineData(129, 422)]
    [InlineData(5000, 422)]
    public async Task Beat_ToARoomWithALongId_EndsAt128Characters(int length, int status) =>
        Assert.Equal(status, (await _host.BeatAsync(new string('r', length), await _host.TokenAsync("anna"))).Status);

    [Fact]
    public async Task Beat_WithoutASessionId_IsTheSessionOfTheLoginsDevice()
    {
        var phone = await _host.TokenAsync("carla", "phone");
        var laptop = await _host.TokenAsync("carla", "laptop");

        await _host.BeatAsync("devices", phone);
        await _host.BeatAsync("devices", phone, """{"sessionId":"phone"}""");
        await _host.BeatAsync("devices", laptop);

        var count = (await _host.CountAsync("devices")).Json;
        Assert.Equal((1, 2), (count["count"]!.GetValue<int>(), count["sessions"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Beat_WithAState_ShowsIt()
    {
        await _host.BeatAsync("states", await _host.TokenAsync("anna"), """{"state":"hidden","device":"web","appVersion":"1.0","settingsVersion":1}""");

        Assert.Equal(1, (await _host.CountAsync("states")).Json["hidden"]!.GetValue<int>());
    }

    [Fact]
    public async Task Beat_OfAGuest_CountsAsAGuest()
    {
        await _host.BeatAsync("guests", await _host.VisitorTokenAsync("browser"));

        var count = (await _host.CountAsync("guests")).Json;
        Assert.Equal((1, 1), (count["count"]!.GetValue<int>(), count["guests"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Beat_WithAServerKey_Answers403BecauseItNamesNobody() =>
        (await _host.BeatAsync("nobody", DashboardHost.ServerKey)).IsRefusal(403, 400301);

    [Fact]
    public async Task Beat_FasterThanASessionMay_Answers429AndRecoversAtItsPace()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var token = await host.TokenAsync("eager");
        for (var i = 0; i < 20; i++)
            Assert.Equal(202, (await host.BeatAsync("r", token)).Status);

        var answer = await host.BeatAsync("r", token);
        answer.IsRefusal(429, 400311);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(202, (await host.BeatAsync("r", await host.TokenAsync("calm"))).Status);

        time.Advance(TimeSpan.FromSeconds(0.51));
        Assert.Equal(202, (await host.BeatAsync("r", token)).Status);
        (await host.BeatAsync("r", token)).IsRefusal(429, 400311);
    }

    [Fact]
    public async Task Beat_BeyondACap_Answers429WithItsOwnCode()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Limits:RoomsPerUser"] = "2", ["Presence:Limits:Rooms"] = "3", ["Presence:Limits:RoomsPerAddress"] = "3" } });
        var token = await host.TokenAsync("everywhere");
        Assert.Equal(202, (await host.BeatAsync("a", token)).Status);
        Assert.Equal(202, (await host.BeatAsync("b", token)).Status);

        var perUser = await host.BeatAsync("c", token);
        perUser.IsRefusal(429, 499602);
        Assert.Contains("2 rooms", perUser.Message, StringComparison.Ordinal);
        Assert.NotNull(perUser.Headers.RetryAfter);

        var other = await host.TokenAsync("other");
        Assert.Equal(202, (await host.BeatAsync("c", other)).Status);
        (await host.BeatAsync("d", other)).IsRefusal(429, 499602);
    }

    [Fact]
    public async Task Beat_WhereTheEngineSaysNo_AnswersTheCodeOfTheReason()
    {
        await using var host = await DashboardHost.StartAsync();
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        var token = await host.TokenAsync("anna");
        var until = new DateTimeOffset(2100, 1, 2, 3, 4, 5, TimeSpan.Zero);
        engine.Define("ended", new RoomDefinition { Status = RoomStatus.Ended });
        engine.Define("off", new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } });
        engine.Remove(new Removal("anna", "removed", until, "Spam"));

        (await host.BeatAsync("ended", token)).IsRefusal(409, 499603);
        (await host.BeatAsync("off", token)).IsRefusal(403, 400300);
        (await host.GetAsync("/api/v1/presence/rooms/off/users/count", token)).IsRefusal(403, 400300);
        var removed = await host.BeatAsync("removed", token);
        removed.IsRefusal(403, 499601);
        Assert.Equal("""{"until":"2100-01-02T03:04:05.000Z","reason":"Spam"}""", removed.Json["data"]!.ToJsonString());

        engine.Remove(new Removal("anna", null, until, null));
        (await host.BeatAsync("anywhere", token)).IsRefusal(403, 400312);
    }

    [Fact]
    public async Task Beat_AfterASettingsChange_TellsTheNewOnes()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.ChangeSettingsAsync(interval: 20, timeout: 90);

        var reply = (await host.BeatAsync("r", await host.TokenAsync("anna"))).Json;

        Assert.Equal(20, reply["heartbeatIntervalSeconds"]!.GetValue<double>());
        Assert.Equal(90, reply["presenceTimeoutSeconds"]!.GetValue<double>());
        Assert.InRange(reply["nextHeartbeatInSeconds"]!.GetValue<double>(), 18, 20);
        Assert.Equal(2, reply["settingsVersion"]!.GetValue<int>());
    }

    private async Task IsEmptyAsync(string room) => Assert.Equal(0, (await _host.CountAsync(room)).Json["count"]!.GetValue<int>());
}
