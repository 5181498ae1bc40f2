using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Presence.Dashboard.Tests.Pictures;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;
using SkiaSharp;
using static Microsoft.Playwright.Assertions;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>Pictures of viewers in a real browser, under the pages' own policy.</summary>
public sealed class PictureTests(ChromiumBrowser chromium)
{
    [Fact]
    public async Task Roster_WithPictures_ShowsThemFromTheServerWithoutMovingAnything()
    {
        await using var server = await HostileHttpsServer.StartAsync();
        await using var host = await DashboardHost.StartAsync(HostileHttpsServer.Reached(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration }));
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Answer("slow.png", async http =>
        {
            await open.Task;
            await http.Response.Body.WriteAsync(PictureFiles.Plain(SKColors.Blue));
        });
        Enter("ada", "Ada Lovelace", server.Serve("ada.png", PictureFiles.Plain(SKColors.Red)));
        Enter("bob", "Bob", server.UrlOf("missing.png"));
        Enter("eve", "Eve", server.UrlOf("slow.png"));
        Enter("joe", "Joe 2", null);
        await using var visit = await chromium.VisitAsync(host.BaseAddress);
        await visit.SignInAsync("/rooms/stage");

        await ShowsAsync("ada", 96);
        await Expect(Avatar("joe")).ToHaveTextAsync("JO");
        await ShowsAsync("bob", 1); // nothing, over the initials
        var before = await BoxesAsync();
        open.SetResult();
        await ShowsAsync("eve", 96);

        Assert.Equal(before, await BoxesAsync());
        Assert.Empty(visit.Errors);
        Assert.All(await visit.Page.EvaluateAsync<string[]>("performance.getEntriesByType('resource').map(entry => new URL(entry.name).origin)"),
            origin => Assert.Equal(host.BaseAddress.GetLeftPart(UriPartial.Authority), origin));

        await visit.OpenAsync("/viewers/ada");
        await Expect(visit.Page.GetByTestId("avatar").Locator("img")).ToBeVisibleAsync();
        Assert.Equal(1, server.RequestsOf("ada.png"));

        ILocator Avatar(string userId) => visit.Page.GetByRole(AriaRole.Row).Filter(new() { Has = visit.Page.Locator($"a[href='viewers/{userId}']") }).GetByTestId("avatar");

        Task ShowsAsync(string userId, int width) => Eventually.TrueAsync(
            async () => await Avatar(userId).Locator("img").EvaluateAsync<int>("image => image.complete ? image.naturalWidth : 0") == width, $"the picture of {userId} is there");

        async Task<string> BoxesAsync() => JsonSerializer.Serialize(await visit.Page.EvaluateAsync<double[][]>(
            "[...document.querySelectorAll('[data-testid=avatar], [data-testid=viewer-name]')].map(element => element.getBoundingClientRect()).map(box => [box.x, box.y, box.width, box.height])"));

        void Enter(string userId, string name, string? url) => host.Services.GetRequiredService<PresenceEngine>().Heartbeat(
            new Heartbeat { RoomId = "stage", UserId = userId, SessionId = "", Profile = new UserProfile(name, url), Device = new SessionDevice("Pixel 9", "4.2.1") });
    }
}
