using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What a moderator does with the network as a whole: glance, find, pin, watch on a second screen.</summary>
public sealed class ListJourneyTests(ChromiumBrowser chromium, PopulatedHost evening) : IClassFixture<PopulatedHost>
{
    [Fact]
    public async Task Overview_FromAGlanceToARoomAndTheRoster_LeadsThereAndMoves()
    {
        await using var host = await StartAsync();
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync();
        await Expect(page.GetByText("No viewers yet")).ToBeVisibleAsync();
        await page.EvaluateAsync("window.neverReloaded = true");

        Fill(host, "main stage", 3);
        Fill(host, "rooftop", 1);
        await Expect(page.GetByTestId("network-viewers")).ToHaveTextAsync("4");
        await Expect(page.Locator("[aria-labelledby=largest] [data-testid=room-name]")).ToHaveTextAsync(["main stage", "rooftop"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Last day" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/\?range=day$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        Engine(host).UserHeartbeat("ada", new Presence.Engine.Users.UserProfile("Ada Lovelace", null));
        await page.GetByRole(AriaRole.Link, new() { Name = "People online" }).ClickAsync();
        await Expect(page.GetByText("Ada Lovelace")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await page.Locator("[aria-labelledby=largest]").GetByRole(AriaRole.Link, new() { Name = "rooftop" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "rooftop" })).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded"));
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Pin_ThenTheWall_ShowsTheRoomAndItsNumberMovesAndTheNextSignInKeepsIt()
    {
        await using var host = await StartAsync();
        Fill(host, "main stage", 2);
        Fill(host, "rooftop", 1);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms");

        await page.GetByRole(AriaRole.Button, new() { Name = "Pin rooftop" }).ClickAsync();
        await Expect(page.Locator("[data-testid=pinned] [data-testid=room-name]")).ToHaveTextAsync(["rooftop"]);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Wall" }).ClickAsync();
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["rooftop"]);
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })).ToBeHiddenAsync();
        Fill(host, "rooftop", 7);
        await Expect(page.GetByTestId("room-viewers")).ToHaveTextAsync("7");

        await visit.OpenAsync("/wall?rooms=main%20stage,rooftop");
        await Expect(page.GetByTestId("room-viewers")).ToHaveTextAsync(["2", "7"]);
        await visit.OpenAsync("/rooms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByLabel("Password").WaitForAsync();
        await visit.SignInAsync("/wall");
        await Expect(page.GetByTestId("room-name")).ToHaveTextAsync(["rooftop"]);
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Rooms_TenThousand_ScrollToTheLastWithFewRowsInThePage()
    {
        const int Rooms = 10_000;
        await using var host = await StartAsync();
        for (var room = 0; room < Rooms; room++)
            Fill(host, $"room {room:00000}", 1);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        var page = visit.Page;
        await visit.SignInAsync("/rooms?sort=name");
        await Expect(page.GetByText("10,000 rooms")).ToBeVisibleAsync();
        await Expect(page.GetByText("room 00000", new() { Exact = true })).ToBeVisibleAsync();

        await page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
        await Expect(page.GetByText("room 09999", new() { Exact = true })).ToBeVisibleAsync();
        Assert.InRange(await page.Locator("tbody tr").CountAsync(), 10, 200);
        Fill(host, "room 09999", 4);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "room 09999" }).GetByTestId("room-viewers")).ToHaveTextAsync("4");
        await page.GetByLabel("Search rooms").FillAsync("0777");

        await Expect(page.GetByTestId("showing").GetByText("11 rooms")).ToBeVisibleAsync();
        Assert.Empty(visit.Errors);
    }

    [Theory]
    [InlineData(1_440)]
    [InlineData(390)]
    public async Task Changes_OfTwelveThousandViewers_StayInsideTheirCard(int width)
    {
        await using var host = await StartAsync();
        Fill(host, "stage", 12_345);
        await using var visit = await chromium.VisitAsync(host.BaseAddress, width, 900);
        await visit.SignInAsync();

        foreach (var path in (string[])["/", "/rooms", "/rooms/stage", "/wall?rooms=stage"])
        {
            await visit.OpenAsync(path);
            await Expect(visit.Page.GetByText("12,345", new() { Exact = true }).First).ToBeVisibleAsync();
            Assert.Empty(await visit.Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll("main :is(section, li, td) :is(svg, [data-testid^=change], [data-testid=room-viewers], [data-testid=viewer-count])")]
                  .filter(part => part.getBoundingClientRect().right > part.closest("section, li, td").getBoundingClientRect().right + 0.5)
                  .map(part => part.outerHTML)
                """));
        }
    }

    [Fact]
    public async Task FirstLoad_OfTheOverview_WeighsUnderAMegabyte()
    {
        await using var visit = await chromium.VisitAsync(evening.Host.BaseAddress);
        await visit.SignInByFormAsync();

        var loaded = await visit.Page.EvaluateAsync<Dictionary<string, int>>(
            """
            () => Object.fromEntries([...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
              .map(entry => [new URL(entry.name).pathname.slice(1), entry.decodedBodySize]))
            """);
        var compressed = CompressedFiles();
        var weight = loaded.Sum(file => compressed.GetValueOrDefault(file.Key, file.Value));

        Assert.Contains(loaded.Keys, file => file.StartsWith("_framework/blazor.web", StringComparison.Ordinal) && compressed.ContainsKey(file));
        Assert.InRange(weight, 100_000, 1_000_000);
        Assert.DoesNotContain(loaded.Keys, file => file.Contains("woff", StringComparison.Ordinal));
    }

    /// <summary>What a published server sends for a file at most: the sizes of the build's compressed ones. Unpublished, they are made anew, uncompressed.</summary>
    private static Dictionary<string, int> CompressedFiles()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Dashboard.staticwebassets.endpoints.json")));
        return manifest.RootElement.GetProperty("Endpoints").EnumerateArray()
            .Where(endpoint => endpoint.GetProperty("Selectors").EnumerateArray().Any(selector => selector.GetProperty("Value").GetString() == "gzip"))
            .ToDictionary(
                endpoint => endpoint.GetProperty("Route").GetString()!,
                endpoint => int.Parse(
                    endpoint.GetProperty("ResponseHeaders").EnumerateArray().First(header => header.GetProperty("Name").GetString() == "Content-Length").GetProperty("Value").GetString()!,
                    CultureInfo.InvariantCulture),
                StringComparer.Ordinal);
    }

    private static PresenceEngine Engine(DashboardHost host) => host.Services.GetRequiredService<PresenceEngine>();

    private static void Fill(DashboardHost host, string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            Engine(host).Heartbeat(new Heartbeat { RoomId = room, UserId = $"{room} {viewer}", SessionId = "" });
    }

    // Nobody here beats again, and a slow machine takes its time: the timeout must not come in between.
    private static Task<DashboardHost> StartAsync() => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration = new(ModeratorOfTests.Configuration, StringComparer.Ordinal) { ["Presence:Initial:PresenceTimeout"] = "3600" },
    });
}
