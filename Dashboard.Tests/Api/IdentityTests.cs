using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Whatever a viewer says in addresses and bodies, it is present as the subject of its token and as nobody else.</summary>
public sealed class IdentityTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const int Steps = 400;

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public async Task StoredUser_AfterAnySequenceOfCalls_IsTheTokensSubject()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var users = Enumerable.Range(0, 5).Select(i => $"subject-{i}").ToArray();
        var tokens = new Dictionary<string, string>();
        foreach (var user in users)
            tokens[user] = await _host.TokenAsync(user, "device-" + user);

        for (var step = 0; step < Steps; step++)
        {
            var subject = users[random.Next(users.Length)];
            var claimed = users[random.Next(users.Length)];
            var room = $"identity-{step}";
            var answer = await CallAsync(random, room, tokens[subject], claimed);

            var present = (await _host.GetAsync($"/api/v1/presence/rooms/{room}/users", DashboardHost.ServerKey)).Json["viewers"]!.AsArray().Select(viewer => viewer!["userId"]!.GetValue<string>()).ToArray();
            Assert.True(present.All(userId => userId == subject), $"Seed {seed}, step {step}: {subject} called as {claimed}, present are {string.Join(", ", present)}.");
            if (answer.Status >= 400)
                Assert.True(present.Length == 0, $"Seed {seed}, step {step}: refused with {answer.Status} and yet stored.");
        }
    }

    private Task<Answer> CallAsync(Random random, string room, string token, string claimed)
    {
        var path = $"/api/v1/presence/rooms/{room}/heartbeat";
        var body = new JsonObject { ["userId"] = claimed, ["sub"] = claimed };
        if (random.Next(3) == 0)
            body["sessionId"] = random.Next(4) == 0 ? new string('s', 151) : "device-" + claimed;
        if (random.Next(4) == 0)
            body["state"] = random.Next(2) == 0 ? "hidden" : "asleep";
        return random.Next(4) switch
        {
            0 => _host.PostAsync($"{path}?userId={claimed}", token),
            1 => _host.PostAsync(path, token, body.ToJsonString(), ("x-user-id", claimed)),
            2 => _host.PostAsync(path, token, headers: ("Cookie", $"userId={claimed}")),
            _ => _host.PostAsync("/api/v1/presence/heartbeats", token, new JsonObject { ["heartbeats"] = new JsonArray(new JsonObject { ["roomId"] = room, ["userId"] = claimed }) }.ToJsonString()),
        };
    }
}
