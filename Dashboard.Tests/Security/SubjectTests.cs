using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Security;

/// <summary>
/// Rule 13 as a property: whatever a viewer puts into path, query, headers, cookies and body, the user that is stored is the
/// subject of its token, and nobody else comes, goes or changes.
/// </summary>
public sealed class SubjectTests(CorpusServers servers) : IClassFixture<CorpusServers>
{
    private const int Steps = 2_000;

    private static readonly string[] Names = ["userId", "sub", "user", "user_id", "uid", "as", "actAs", "impersonate", "publicUserId", "UserId", "userId[]", "username", "subject"];

    private static readonly string[] HeaderNames =
        ["x-user-id", "x-user", "x-forwarded-user", "x-authenticated-user", "x-remote-user", "remote-user", "x-act-as", "x-original-url", "x-rewrite-url", "from", "x-amz-user", "x-forwarded-for", "x-api-key"];

    private readonly DashboardHost _host = servers[CorpusServers.Secret];

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    [Fact]
    public async Task StoredUser_WhateverElseTheRequestSays_IsTheTokensSubject()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var subjects = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var user in new[] { "anna", "berta", "carla" })
            subjects[user] = await _host.TokenAsync(user);
        foreach (var user in new[] { "dora", "emma" })
            subjects[user] = TokenForge.Hs256("""{"alg":"HS256"}""", $$$"""{"sub":"{{{user}}}","exp":4102444800,"userId":"anna","user":{"publicUserId":"anna","userId":"anna"}}""");
        var victim = new Heartbeat { RoomId = "victims", UserId = "victim", SessionId = "device-1" };
        Engine.Heartbeat(victim);
        Engine.UserHeartbeat("victim");

        for (var step = 0; step < Steps; step++)
        {
            var (subject, token) = subjects.ElementAt(random.Next(subjects.Count));
            var room = $"subject-{step}";
            var answer = await CallAsync(random, room, token, claimed: random.Next(2) == 0 ? "victim" : subjects.Keys.ElementAt(random.Next(subjects.Count)));

            string Context() => $"Seed {seed}, step {step}: {subject} called, answered {answer.Status} {answer.Body}.";
            var present = Engine.Viewers(room, new ViewerQuery { Limit = 200 }).Viewers.Select(viewer => viewer.UserId).ToArray();
            Assert.True(present.All(user => user == subject), $"{Context()} Present are {string.Join(", ", present)}.");
            Assert.True(Engine.Count("victims").Viewers == 1, $"{Context()} The victim is gone.");
            Assert.True(answer.Status < 500, Context());
            Engine.Leave(room, subject, "device-1");
        }
        Assert.Equal(["victim"], Engine.Viewers("victims", new ViewerQuery { Limit = 200 }).Viewers.Select(viewer => viewer.UserId));
    }

    private Task<Answer> CallAsync(Random random, string room, string token, string claimed)
    {
        var query = string.Concat(Enumerable.Range(0, random.Next(3)).Select(i => $"{(i == 0 ? '?' : '&')}{Pick(random, Names)}={claimed}"));
        List<(string, string)> headers = [.. HeaderNames.Where(_ => random.Next(6) == 0).Select(name => (name, claimed))];
        if (random.Next(4) == 0)
            headers.Add(("Cookie", $"userId={claimed}; sub={claimed}"));
        if (random.Next(4) == 0)
            headers.Add(("X-HTTP-Method-Override", "DELETE"));

        var body = Members(random, claimed, depth: 0);
        body["roomId"] = random.Next(2) == 0 ? room : "victims";
        if (random.Next(2) == 0)
            body["heartbeats"] = new JsonArray(Item(random, room, claimed), Item(random, room, claimed));
        var (method, path) = random.Next(8) switch
        {
            0 => (HttpMethod.Post, "/api/v1/presence/heartbeats"),
            1 => (HttpMethod.Post, "/api/v1/presence/heartbeat"),
            2 => (HttpMethod.Put, "/api/v1/presence/settings/user"),
            3 => (HttpMethod.Delete, "/api/v1/presence/rooms/victims/heartbeat"),
            4 => (HttpMethod.Post, "/api/v1/presence/rooms/victims/leave"),
            _ => (HttpMethod.Post, $"/api/v1/presence/rooms/{room}/heartbeat"),
        };
        if (path.EndsWith("/leave", StringComparison.Ordinal))
            return _host.SendAsync(method, path + query, json: $"token={token}&userId={claimed}&sub={claimed}&sessionId=device-1", headers: [.. headers, ("Content-Type", "text/plain")]);
        return _host.SendAsync(method, path + query, token, random.Next(5) == 0 ? null : body.ToJsonString(), [.. headers]);
    }

    private static JsonObject Item(Random random, string room, string claimed)
    {
        var item = Members(random, claimed, depth: 1);
        item["roomId"] = room;
        return item;
    }

    private static JsonObject Members(Random random, string claimed, int depth)
    {
        var members = new JsonObject();
        foreach (var name in Names.Where(_ => random.Next(4) == 0))
            members[name] = depth < 2 && random.Next(5) == 0 ? Members(random, claimed, depth + 1) : claimed;
        if (random.Next(3) == 0)
            members["sessionId"] = "device-1";
        if (random.Next(6) == 0)
            members["enabled"] = false;
        return members;
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
