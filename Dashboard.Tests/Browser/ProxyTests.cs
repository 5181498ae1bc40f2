using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The product behind the proxies of docs/proxies: real ones, with those very files.</summary>
public sealed class ProxyTests(ChromiumBrowser chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?> Examples => ProofLength.IsFull
        ? new() { { "nginx.conf", "", null }, { "Caddyfile", "", null }, { "Caddyfile-path", "presence/", null }, { "Caddyfile-path", "presence/", "handle_path" } }
        : new() { { "nginx.conf", "", null }, { "Caddyfile-path", "presence/", null } };

    public static TheoryData<string> PathExamples => ProofLength.IsFull ? ["nginx-path.conf", "nginx-path-stripped.conf"] : ["nginx-path-stripped.conf"];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_InFront_CarriesSignInCircuitAndEvents(string example, string path, string? instead)
    {
        await using var proxy = ProxyProcess.Reserve();
        var address = new Uri(proxy.Address, path);
        await using var host = await StartAsync(address, ModeratorOfTests.Configuration);
        await proxy.StartAsync(example, host.BaseAddress, text => instead is null ? text : text.Replace("\thandle ", $"\t{instead} ", StringComparison.Ordinal));
        using var client = ClientOf(proxy, address);
        await using var visit = await chromium.VisitAsync(address);

        await visit.SignInByFormAsync("rooms");

        Assert.Equal(address + "rooms", visit.Page.Url);
        await AssertEventsComeAtOnceAsync(client);
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { Name = "stage" })).ToBeVisibleAsync();
        Assert.All(await visit.Context.CookiesAsync(), cookie => Assert.True(cookie.Secure, cookie.Name));
        Assert.Empty(visit.Errors);
    }

    [Theory]
    [MemberData(nameof(PathExamples))]
    public async Task Path_InFrontOfEverything_HoldsFromSetUpToSignOut(string example)
    {
        await using var proxy = ProxyProcess.Reserve();
        var address = new Uri(proxy.Address, "presence/");
        await using var host = await StartAsync(address, []);
        await proxy.StartAsync(example, host.BaseAddress);
        using var client = ClientOf(proxy, address);
        await using var visit = await chromium.VisitAsync(address);
        var page = visit.Page;

        var link = (await File.ReadAllTextAsync(Path.Combine(host.DataFolder, SetupLink.FileName), Cancel)).Trim();
        Assert.StartsWith(address.AbsoluteUri, link, StringComparison.Ordinal);
        await page.GotoAsync(link);
        await visit.SetUpAsync();
        Assert.Equal(address.AbsoluteUri, page.Url);

        await AssertEventsComeAtOnceAsync(client);
        await page.GetByRole(AriaRole.Link, new() { Name = "Rooms", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Row, new() { Name = "stage" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("viewer-count")).ToHaveTextAsync("2");
        Assert.Equal(address + "rooms/stage", page.Url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Download the viewers listed here as CSV" }).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Menuitem, new() { Name = "Separated by commas" }).ClickAsync());
        Assert.Contains("Ada Lovelace", await File.ReadAllTextAsync((await download.PathAsync())!, Cancel), StringComparison.Ordinal);

        await EmbedAsync(page);
        await InviteAsync(visit, address);
        await TryApiAsync(visit);
        Assert.All(await visit.Context.CookiesAsync(), cookie => Assert.True(cookie.Secure && cookie.Path.StartsWith("/presence", StringComparison.Ordinal), $"{cookie.Name} {cookie.Path}"));
        Assert.Empty(visit.Errors);

        await visit.OpenAsync("rooms/stage");
        await page.EvaluateAsync("window.fromBefore = true");
        await host.StopAsync();
        await Expect(page.GetByText("Not live")).ToBeVisibleAsync();
        await host.StartAgainAsync();
        await page.WaitForFunctionAsync("() => !window.fromBefore && document.documentElement.dataset.connection === 'live'", null, new() { Timeout = 60_000 });
        Assert.Equal(address + "rooms/stage", page.Url);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Email")).ToBeVisibleAsync();
        Assert.StartsWith(address + "sign-in", page.Url, StringComparison.Ordinal);
    }

    /// <summary>A widget that another site pastes shows the count.</summary>
    private async Task EmbedAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Share the count" });
        await section.GetByRole(AriaRole.Button, new() { Name = "Create public link" }).ClickAsync();
        var widget = section.GetByLabel("widget HTML", new() { Exact = true });
        await Expect(widget).ToContainTextAsync("<viewer-count room=");
        Assert.True(await section.GetByAltText("Viewers now").EvaluateAsync<bool>("badge => badge.decode().then(() => badge.naturalWidth > 0)"));
        var badge = await section.GetByLabel("badge HTML", new() { Exact = true }).TextContentAsync();

        await using var site = await ForeignSite.StartAsync($"<!doctype html><html lang=\"en\"><body>{await widget.TextContentAsync()}{badge}</body></html>");
        await using var visitor = await chromium.VisitAsync(new Uri(page.Url));
        await visitor.Page.GotoAsync(site.BaseAddress.AbsoluteUri);
        await Expect(visitor.Page.Locator("viewer-count [part=count]")).ToHaveTextAsync("2", new() { Timeout = 60_000 });
        Assert.True(await visitor.Page.GetByAltText("Viewers now").EvaluateAsync<bool>("badge => badge.decode().then(() => badge.naturalWidth > 0)"));
        Assert.Empty(visitor.Errors);
    }

    /// <summary>An invitation names the address with the path.</summary>
    private static async Task InviteAsync(BrowserVisit visit, Uri address)
    {
        await visit.OpenAsync("people");
        await visit.Page.GetByLabel("Invite for", new() { Exact = true }).FillAsync("grace");
        await visit.Page.GetByTestId("make-link").ClickAsync();
        await Expect(visit.Page.GetByText(address + "join?token=")).ToBeVisibleAsync();
    }

    private static async Task TryApiAsync(BrowserVisit visit)
    {
        var page = visit.Page;
        await page.GotoAsync("try");
        await page.GetByRole(AriaRole.Button, new() { Name = "Authorize", Exact = true }).ClickAsync();
        var key = page.Locator("form", new() { HasText = "x-server-key" });
        await key.Locator("input").FillAsync(DashboardHost.ServerKey);
        await key.GetByRole(AriaRole.Button, new() { Name = "Apply credentials" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await page.GetByText("Count a room's viewers").ClickAsync();
        var count = page.Locator("[id$=countViewers]");
        await count.GetByPlaceholder("roomId").FillAsync("stage");
        await count.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Expect(count.Locator("h4:text-is('Server response') + table")).ToContainTextAsync("\"count\": 2");
    }

    /// <summary>Two viewers come, each by the API; the second is in the stream that the first watches, which stays open.</summary>
    private static async Task AssertEventsComeAtOnceAsync(HttpClient client)
    {
        var ada = await LogInAsync(client, "ada", "Ada Lovelace");
        await BeatAsync(client, ada);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/presence/rooms/stage/stream");
        request.Headers.Authorization = ada;
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        await UntilAsync(lines, "event: snapshot");

        await BeatAsync(client, await LogInAsync(client, "grace", "Grace Hopper"));

        await UntilAsync(lines, "event: joined");
    }

    private static async Task UntilAsync(StreamReader lines, string wanted)
    {
        while (await lines.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel) is var line && line != wanted)
            Assert.NotNull(line);
    }

    private static async Task<AuthenticationHeaderValue> LogInAsync(HttpClient client, string userId, string displayName)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v5/sessions") { Content = JsonContent.Create(new { userId, displayName, deviceId = userId }) };
        request.Headers.Add("X-API-Key", DashboardHost.ClientKey);
        using var answer = await client.SendAsync(request, Cancel);
        var login = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return new AuthenticationHeaderValue("Bearer", login.GetProperty("accessToken").GetString());
    }

    private static async Task BeatAsync(HttpClient client, AuthenticationHeaderValue token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/presence/rooms/stage/heartbeat");
        request.Headers.Authorization = token;
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    private static HttpClient ClientOf(ProxyProcess proxy, Uri address)
    {
        var client = proxy.NewClient();
        client.BaseAddress = address;
        return client;
    }

    private static Task<DashboardHost> StartAsync(Uri address, Dictionary<string, string?> configuration)
    {
        configuration["Presence:Http:PublicUrl"] = address.AbsoluteUri;
        configuration["Presence:Http:KnownProxies"] = "127.0.0.1";
        configuration["Presence:Initial:PresenceTimeout"] = "600";
        return DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
    }
}
