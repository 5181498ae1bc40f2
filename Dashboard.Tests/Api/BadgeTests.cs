using System.Globalization;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Embedding;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>What strangers see through a public link, and what they do not.</summary>
public sealed class BadgeTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time });

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Document_OfARoomWithViewers_TellsTheCountAndNothingElse()
    {
        var link = await LinkAsync("lobby");
        await _host.BeatAsync("lobby", await _host.TokenAsync("anna", displayName: "Anna"));
        await _host.BeatAsync("lobby", await _host.VisitorTokenAsync("phone"));

        var answer = await SweptAsync($"/badge/{link}.json");

        Assert.Equal(200, answer.Status);
        Assert.Matches("""^\{"count":2,"referenceTimestamp":"[^"]+","refreshInSeconds":5\}$""", answer.Body);
        Assert.DoesNotContain("lobby", answer.Body, StringComparison.Ordinal);
        Assert.Equal("public, max-age=5, stale-while-revalidate=30", answer.Headers.CacheControl!.ToString());
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Document_OfALinkThatShowsNames_ListsThoseWhoHaveOneLastFirst()
    {
        var link = await LinkAsync("lobby", showNames: true);
        await _host.BeatAsync("lobby", await _host.TokenAsync("anna", displayName: "Anna"));
        for (var i = 1; i <= 12; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await _host.BeatAsync("lobby", await _host.TokenAsync($"u{i}", displayName: $"\u202EViewer\u200B {i}"));
        }
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await _host.BeatAsync("lobby", await _host.VisitorTokenAsync("phone"));
        await _host.BeatAsync("lobby", await _host.TokenAsync("nameless@example.com"));

        await _host.BeatAsync("lobby", await _host.TokenAsync("blank", displayName: "\u3164\u200B"));

        var answer = await SweptAsync($"/badge/{link}.json");

        Assert.Equal(16, answer.Json["count"]!.GetValue<int>());
        Assert.Equal(Enumerable.Range(1, 12).Reverse().Select(i => $"Viewer {i}"), answer.Json["viewers"]!.AsArray().Select(viewer => viewer!["name"]!.GetValue<string>()));
        Assert.DoesNotContain("@", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_AskedWithinASecond_IsReadFromTheEngineOnce()
    {
        var link = await LinkAsync("lobby");
        var first = await _host.GetAsync($"/badge/{link}.json");
        await _host.BeatAsync("lobby", await _host.TokenAsync("anna"));

        Assert.Equal(first.Body, (await _host.GetAsync($"/badge/{link}.json")).Body);
        Assert.Equal(1, (await SweptAsync($"/badge/{link}.json")).Json["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Badge_OfARoom_IsAnImageFencedInByItsOwnPolicy()
    {
        var link = await LinkAsync("lobby");
        await _host.BeatAsync("lobby", await _host.TokenAsync("anna"));

        var answer = await SweptAsync($"/badge/{link}.svg");

        Assert.Equal(200, answer.Status);
        Assert.Equal("image/svg+xml; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("cross-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal("public, max-age=5, stale-while-revalidate=30", answer.Headers.CacheControl!.ToString());
        Assert.Equal("1 watching", XDocument.Parse(answer.Body).Root!.Attribute("aria-label")!.Value);
        Assert.Equal(304, (await _host.GetAsync($"/badge/{link}.svg", headers: ("If-None-Match", answer.Headers.ETag!.ToString()))).Status);
    }

    [Theory]
    [InlineData("?label=sehen+zu", "0 sehen zu")]
    [InlineData("?label=%3Cscript%3E%26%22", "0 <script>&\"")]
    [InlineData("?label=%F0%9F%91%80&theme=dark", "0 \U0001F440")]
    [InlineData("?label=", "0 watching")]
    public async Task Badge_WithALabel_ShowsItAsText(string query, string text)
    {
        var link = await LinkAsync("lobby");

        var drawing = XDocument.Parse((await _host.GetAsync($"/badge/{link}.svg{query}")).Body);

        Assert.Equal(text, drawing.Root!.Attribute("aria-label")!.Value);
        Assert.DoesNotContain(drawing.Descendants(), element => element.Name.LocalName == "script");
    }

    [Theory]
    [InlineData("?label=%00")]
    [InlineData("?label=%EF%BF%BE")]
    [InlineData("?theme=pink")]
    [InlineData("?label=a&label=b")]
    public async Task Badge_WithAParameterAgainstARule_IsRefused(string query) =>
        (await _host.GetAsync($"/badge/{await LinkAsync("lobby")}.svg{query}")).IsRefusal(422, 400000);

    [Theory]
    [InlineData(0)]
    [InlineData(1_234_567)]
    [InlineData(null)]
    public void Draw_AnyCount_KeepsTheWordsInsideTheFrame(int? count)
    {
        var root = XDocument.Parse(System.Text.Encoding.UTF8.GetString(BadgeDrawing.Draw(count, "watching", BadgeTheme.Dark))).Root!;

        var width = Number(root, "width");
        Assert.All(root.Elements().Where(element => element.Name.LocalName == "text"), text => Assert.InRange(Number(text, "x") + Number(text, "textLength"), 0, width - 8));
    }

    [Fact]
    public async Task Link_TakenBackNeverMadeOrGuessed_IsAnsweredAlike()
    {
        var revoked = await LinkAsync("lobby");
        await _host.SendAsync(HttpMethod.Delete, "/api/v1/admin/rooms/lobby/public-link", DashboardHost.ServerKey);

        foreach (var kind in new[] { "json", "svg" })
        {
            var answers = new List<string>();
            foreach (var link in new[] { revoked, "lobby", new string('x', 24), "x", Uri.EscapeDataString("ä b") })
            {
                var answer = await _host.GetAsync($"/badge/{link}.{kind}");
                answer.IsRefusal(404, 400400);
                answers.Add(Describe(answer));
            }
            Assert.Single(answers.Distinct(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Presence_SwitchedOff_IsSaidByTheDocumentAndShownByTheBadge()
    {
        var link = await LinkAsync("lobby");
        await _host.ChangeSettingsAsync(enabled: false);

        (await _host.GetAsync($"/badge/{link}.json")).IsRefusal(403, 400300);
        Assert.Equal("– watching", XDocument.Parse((await _host.GetAsync($"/badge/{link}.svg")).Body).Root!.Attribute("aria-label")!.Value);
    }

    [Fact]
    public async Task Reading_OfAnAddressTooOften_IsRefusedReadablyAndNobodyElseIs()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time, Configuration = { ["Presence:Limits:BadgesPerSecond"] = "1", ["Presence:Limits:BadgeBurst"] = "2" } });
        for (var i = 0; i < 2; i++)
            Assert.Equal(404, (await host.GetAsync($"/badge/guess-{i}.json")).Status);

        var refused = await host.GetAsync("/badge/guess.svg");

        refused.IsRefusal(429, 400311);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Equal("*", Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("retry-after", Assert.Single(refused.Headers.GetValues("Access-Control-Expose-Headers")));
        Assert.Equal(200, (await host.GetAsync("/api/v3/network-settings/chat")).Status);
        Assert.Equal(200, (await host.GetAsync("/client/v1/widget.js")).Status);
    }

    [Fact]
    public async Task Reading_WhateverTheOriginsOfTheApi_IsForEveryOriginAndCountsNobody()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Clients:Origins"] = "https://app.example" } });
        var link = (await host.PostAsync("/api/v1/admin/rooms/lobby/public-link", DashboardHost.ServerKey)).Json["link"];

        foreach (var origin in new[] { "https://app.example", "https://elsewhere.example" })
        {
            var answer = await host.GetAsync($"/badge/{link}.json", headers: ("Origin", origin));
            Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        }
        Assert.Equal(0, host.Services.GetRequiredService<PresenceEngine>().CountNetwork().Viewers);
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static string Describe(Answer answer) =>
        string.Join('\n', answer.Headers.Concat(answer.ContentHeaders).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Append(answer.Body));

    private async Task<string> LinkAsync(string room, bool showNames = false) =>
        (await _host.PostAsync($"/api/v1/admin/rooms/{room}/public-link", DashboardHost.ServerKey, $$"""{"showNames":{{(showNames ? "true" : "false")}}}""")).Json["link"]!.GetValue<string>();

    /// <summary>Once the last answer is a second old and the engine has looked again.</summary>
    private Task<Answer> SweptAsync(string path)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _host.Services.GetRequiredService<PresenceEngine>().Sweep();
        return _host.GetAsync(path);
    }
}
