using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>What share links lead to, in a browser that is hidden, stopped and cut off.</summary>
public sealed class SharedRoomTests(ChromiumBrowser chromium, ModeratorHost shared) : AppearanceTest, IClassFixture<ModeratorHost>
{
    /// <summary>The alpha of the first pixel, and how many pixels of a picture are opaque.</summary>
    private const string Alphas =
        """
        async picture => {
          const image = new Image();
          image.src = `data:image/png;base64,${picture}`;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          const alphas = data.filter((_, index) => index % 4 === 3);
          return [alphas[0], alphas.at(-1), alphas.filter(alpha => alpha === 255).length];
        }
        """;

    private readonly DashboardHost _host = shared.Host;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    [Theory]
    [InlineData(ColorScheme.Dark, "", "rgb(255, 255, 255)")]
    [InlineData(ColorScheme.Light, "?theme=light", "rgb(23, 24, 27)")]
    public async Task Overlay_OnAPicture_IsTheNumberOnNothing(ColorScheme scheme, string theme, string colour)
    {
        var room = "picture" + scheme;
        Beat(room, "ada", "Ada Lovelace");
        Beat(room, "eve", "Eve");
        await using var visit = await chromium.VisitAsync(_host.BaseAddress, 600, 60, scheme);

        await visit.Page.GotoAsync(await AddressAsync(room, ShareLinkKind.Overlay, showsNames: true, theme));

        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("2");
        await Expect(visit.Page.GetByTestId("viewers")).ToHaveTextAsync("EVAL");
        await Expect(visit.Page.GetByTestId("count")).ToHaveCSSAsync("color", colour);
        var picture = await visit.Page.ScreenshotAsync(new() { OmitBackground = true });
        var alphas = await visit.Page.EvaluateAsync<JsonElement>(Alphas, Convert.ToBase64String(picture));
        Assert.Equal((0, 0), (alphas[0].GetInt32(), alphas[1].GetInt32()));
        Assert.InRange(alphas[2].GetInt32(), 100, 600 * 60 / 2);
        await KeepPictureAsync(visit.Page, $"overlay-{scheme}");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Overlay_ShownAgainAfterItsScriptsStoodStill_ReadsTheNumberAnew()
    {
        Beat("hidden", "ada", "Ada");
        await using var visit = await chromium.VisitAsync(_host.BaseAddress);
        await visit.Page.Clock.InstallAsync();
        var asked = 0;
        visit.Page.Request += (_, request) => asked += request.Url.EndsWith(ShareLinkEndpoints.Route, StringComparison.Ordinal) ? 1 : 0;
        await visit.Page.GotoAsync(await AddressAsync("hidden", ShareLinkKind.Overlay));
        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("1");
        Assert.Equal(1, asked);

        // The clock jumps, and each timer is late once: what a page sees that was stopped.
        Beat("hidden", "eve", "Eve");
        await visit.Page.Clock.FastForwardAsync(3_600_000);
        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("2");
        Assert.Equal(2, asked);

        // Hidden it is left alone; shown again it shows nothing until it has heard the number.
        await visit.Page.EvaluateAsync("""() => { Object.defineProperty(document, "hidden", { configurable: true, get: () => true }); document.dispatchEvent(new Event("visibilitychange")); }""");
        await visit.Page.Clock.FastForwardAsync(3_600_000);
        Assert.Equal(2, asked);
        var isBlank = await visit.Page.EvaluateAsync<bool>("""() => { delete document.hidden; document.dispatchEvent(new Event("visibilitychange")); return document.getElementById("room").hidden; }""");
        Assert.True(isBlank);
        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("2");
        await Expect(visit.Page.GetByTestId("count")).ToBeVisibleAsync();
        Assert.Equal(3, asked);

        await visit.Page.EvaluateAsync("""() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))""");
        await Expect(visit.Page.GetByTestId("count")).ToBeVisibleAsync();
        await Eventually.TrueAsync(() => asked == 4, "it read anew after it came from the cache of pages");
    }

    [Fact]
    public async Task Overlay_WithoutAConnection_ShowsNothingUnlessToldToKeepTheNumber()
    {
        Beat("cut", "ada", "Ada");
        await using var wire = NetworkProxy.To(_host.BaseAddress);
        var address = await AddressAsync("cut", ShareLinkKind.Overlay);
        await using var plain = await chromium.VisitAsync(wire.Address);
        await using var keeping = await chromium.VisitAsync(wire.Address);
        await plain.Page.Clock.InstallAsync();
        await plain.Page.GotoAsync(address);
        await keeping.Page.GotoAsync(address.Replace("#", "?stale=keep#", StringComparison.Ordinal));
        await Expect(plain.Page.GetByTestId("count")).ToBeVisibleAsync();
        await Expect(keeping.Page.GetByTestId("count")).ToBeVisibleAsync();

        await wire.CutAsync();
        await Expect(plain.Page.GetByTestId("count")).ToBeHiddenAsync();
        await Expect(keeping.Page.Locator("[data-state=lost]")).ToBeVisibleAsync();
        await Expect(keeping.Page.GetByTestId("count")).ToHaveTextAsync("1");
        await Expect(keeping.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("not updated at the moment");

        Beat("cut", "eve", "Eve");
        wire.Mend();
        await plain.Page.Clock.RunForAsync(1_000);
        await Expect(plain.Page.GetByTestId("count")).ToHaveTextAsync("2");
        await Expect(plain.Page.GetByTestId("count")).ToBeVisibleAsync();
        await Expect(keeping.Page.GetByTestId("count")).ToHaveTextAsync("2");
        await Expect(keeping.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("");

        // A server that hangs says nothing of it.
        wire.FallSilent();
        for (var i = 0; i < 6 && await plain.Page.GetByTestId("count").IsVisibleAsync(); i++)
            await plain.Page.Clock.RunForAsync(1_000);
        await Expect(plain.Page.GetByTestId("count")).ToBeHiddenAsync();
        wire.SpeakAgain();
    }

    [Fact]
    public async Task Page_OfARoom_ShowsItLiveUntilItsLinkIsRevoked()
    {
        for (var i = 0; i < 30; i++)
            Beat("live", $"user-{i}", $"Viewer {i}");
        var (link, token) = await _host.Services.GetRequiredService<ShareLinkStore>().MakeAsync("live", ShareLinkKind.Page, showsNames: true, "ada", TestContext.Current.CancellationToken);
        await using var visit = await chromium.VisitAsync(_host.BaseAddress);
        await visit.Page.Clock.InstallAsync();
        await visit.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.Page.GotoAsync($"/shared/room#{token}");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("live");
        await Expect(visit.Page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("Live");
        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("30");
        await Expect(visit.Page.GetByTestId("viewers").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(30);
        Beat("live", "eve", "Eve");
        await Expect(visit.Page.GetByTestId("count")).ToHaveTextAsync("31");
        await Expect(visit.Page).ToHaveTitleAsync("31 watching · live");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(visit.Page.GetByText("Copied")).ToBeVisibleAsync();
        Assert.StartsWith("live: 31 watching, ", await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);

        await _host.Services.GetRequiredService<ShareLinkStore>().RevokeAsync(link.Id, "ada", TestContext.Current.CancellationToken);

        await Expect(visit.Page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("This link doesn’t exist or was revoked.");
        await Expect(visit.Page.GetByTestId("count")).ToBeHiddenAsync();
    }

    private async Task<string> AddressAsync(string roomId, ShareLinkKind kind, bool showsNames = false, string query = "") =>
        "/" + SharedRoomPages.PathOf(await _host.Services.GetRequiredService<ShareLinkStore>().MakeAsync(roomId, kind, showsNames, "ada", TestContext.Current.CancellationToken)).Replace("#", query + "#", StringComparison.Ordinal);

    private void Beat(string roomId, string userId, string name) =>
        Engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", Profile = new UserProfile(name, null) });
}
