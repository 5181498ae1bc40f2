using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Stage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Fair draws, checked by the example of docs/http-api.md, run in Node.</summary>
public sealed partial class DrawTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;
    private readonly string _room = "draw-" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Draw_PreparedThenDrawn_TellsTheHashFirstAndCanBeCheckedByAnybody()
    {
        for (var i = 0; i < 12; i++)
            await _host.BeatAsync(_room, await _host.TokenAsync($"viewer-{i}, größer"));

        var prepared = await PrepareAsync("""{"winners":3}""");
        Assert.Equal(201, prepared.Status);
        Assert.Null(prepared.Json["seed"]);
        await _host.BeatAsync(_room, await _host.TokenAsync("latecomer")); // takes part: the seed was fixed before
        var path = $"/api/v1/admin/rooms/{_room}/draws/{prepared.Json["id"]}";
        Assert.Null((await _host.GetAsync(path, DashboardHost.ServerKey)).Json["seed"]);
        var drawn = await _host.PostAsync(path + "/draw", DashboardHost.ServerKey);

        Assert.Equal(prepared.Json["seedHash"]!.GetValue<string>(), drawn.Json["seedHash"]!.GetValue<string>());
        Assert.Equal(13, drawn.Json["candidates"]!.AsArray().Count);
        Assert.Equal(3, drawn.Json["drawn"]!.AsArray().Count);
        Assert.Equal("fair", await CheckAsync(drawn.Body));
        var forged = drawn.Json;
        forged["drawn"]!.AsArray().RemoveAt(0);
        forged["drawn"]!.AsArray().Add("a friend");
        Assert.Equal("NOT fair", await CheckAsync(forged.ToJsonString()));
        Assert.Equal(drawn.Body, (await _host.PostAsync(path + "/draw", DashboardHost.ServerKey)).Body); // once
        Assert.Equal(drawn.Body, (await _host.GetAsync(path, DashboardHost.ServerKey)).Body);
        var acts = (await _host.GetAsync($"/api/v1/admin/audit?roomId={_room}", DashboardHost.ServerKey)).Json["acts"]!.AsArray();
        Assert.Equal(["draw.drawn", "draw.prepared"], acts.Select(act => act!["act"]!.GetValue<string>()));
        Assert.All(acts, act => Assert.Equal(prepared.Json["seedHash"]!.GetValue<string>(), act!["new"]!["seedHash"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Draw_WithFilters_IsAmongThoseWhoMatchAlone()
    {
        await _host.BeatAsync(_room, await _host.TokenAsync("anna"), """{"handRaised":true}""");
        await _host.BeatAsync(_room, await _host.TokenAsync("berta"));

        var raised = await DrawAsync("""{"winners":2,"handRaised":true}""");
        var nobody = await DrawAsync("""{"winners":2,"presentForMinutes":1}""");

        Assert.Equal(["anna"], raised["drawn"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Empty(nobody["candidates"]!.AsArray());
        (await PrepareAsync("""{"winners":0}""")).IsRefusal(422, 400000);
        (await PrepareAsync("""{"winners":1,"presentForMinutes":-1}""")).IsRefusal(422, 400000);
        (await _host.PostAsync($"/api/v1/admin/rooms/elsewhere/draws/{raised["id"]}/draw", DashboardHost.ServerKey)).IsRefusal(404, 400400);
    }

    /// <summary>Everybody wins about as often: of 10, one each time, over 5,000 seeds.</summary>
    [Fact]
    public void Draw_OverManySeeds_FavoursNobody()
    {
        string[] candidates = [.. Enumerable.Range(0, 10).Select(number => $"viewer-{number}")];

        var wins = Enumerable.Range(0, 5_000).Select(seed => DrawRules.Draw($"seed {seed}", candidates, 1)[0]).CountBy(id => id).ToList();

        Assert.Equal(10, wins.Count);
        Assert.All(wins, win => Assert.InRange(win.Value, 400, 600)); // 500, and 4.7 standard deviations
    }

    private Task<Answer> PrepareAsync(string json) => _host.PostAsync($"/api/v1/admin/rooms/{_room}/draws", DashboardHost.ServerKey, json);

    private async Task<JsonNode> DrawAsync(string json) =>
        (await _host.PostAsync($"/api/v1/admin/rooms/{_room}/draws/{(await PrepareAsync(json)).Json["id"]}/draw", DashboardHost.ServerKey)).Json;

    private static async Task<string> CheckAsync(string draw)
    {
        using var folder = new TemporaryFolder();
        var script = Example().Match(RepositoryFiles.Read("docs/http-api.md")).Groups["code"].Value;
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "check.mjs"), script, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "draw.json"), draw, TestContext.Current.CancellationToken);
        return (await Tool.RunAsync("node", ["check.mjs", "draw.json"], folder.Path)).Output.Trim();
    }

    [GeneratedRegex("```js\n(?<code>import \\{ createHash \\}.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Example();
}
