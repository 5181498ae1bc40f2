using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Downloads;

/// <summary>Viewers as a file, fetched as a signed-in browser fetches it.</summary>
public sealed class RosterDownloadTests : IAsyncLifetime
{
    private DashboardHost _host = null!;
    private FormVisitor _moderator = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        _moderator = new FormVisitor(_host.BaseAddress);
        using var reply = await _moderator.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _moderator.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Viewers_OfARoom_AreOneLineEach()
    {
        Beat("main stage", "ada", "Ada, Countess", ViewerState.Hidden);
        Beat("main stage", "eve", "=cmd|' /C calc'!A0", isGuest: true);

        using var reply = await _moderator.GetAsync("/downloads/rooms/main%20stage/viewers.csv?sort=joined");
        var bytes = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var lines = LinesOf(bytes);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("text/csv", reply.Content.Headers.ContentType!.MediaType);
        Assert.Equal("main stage-viewers.csv", reply.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.True(reply.Headers.CacheControl!.NoStore);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes.Take(3));
        Assert.Equal("user_id,display_name,guest,state,fading,joined_at,last_heartbeat_at,sessions", lines[0]);
        Assert.StartsWith("ada,\"Ada, Countess\",no,hidden,no,20", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("eve,'=cmd|' /C calc'!A0,yes,visible,no,20", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Viewers_OfAFilter_AreExactlyThoseOfThePage()
    {
        for (var user = 0; user < 450; user++)
            Beat("large", $"user-{user}", $"Viewer {user}", user % 2 == 0 ? ViewerState.Hidden : ViewerState.Visible);

        var all = LinesOf(await BytesAsync("/downloads/rooms/large/viewers.csv"));
        var filtered = LinesOf(await BytesAsync("/downloads/rooms/large/viewers.csv?search=VIEWER%2044&state=hidden&sort=name"));

        Assert.Equal(451, all.Length);
        Assert.StartsWith("user-449,", all[1], StringComparison.Ordinal);
        Assert.Equal(
            Engine.Order("large", RosterView.Of("large", "VIEWER 44", "name", "hidden").ToQuery()).UserIds.Order(StringComparer.Ordinal),
            filtered.Skip(1).Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(7, filtered.Length);
    }

    [Theory]
    [InlineData("/downloads/room/viewers.csv?id=.", HttpStatusCode.OK)]
    [InlineData("/downloads/room/viewers.csv", HttpStatusCode.BadRequest)]
    [InlineData("/downloads/rooms/a%25b/viewers.csv", HttpStatusCode.BadRequest)]
    public async Task Viewers_OfAnOddId_AnswerAccordingly(string path, HttpStatusCode expected)
    {
        using var reply = await _moderator.GetAsync(path);

        Assert.Equal(expected, reply.StatusCode);
    }

    [Fact]
    public async Task Viewers_WithoutACookie_LeadToSignIn()
    {
        using var stranger = new FormVisitor(_host.BaseAddress);
        using var reply = await stranger.GetAsync("/downloads/rooms/main/viewers.csv");

        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        Assert.Contains("/sign-in", reply.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_ForNobody_AreRefusedByTheServiceItself()
    {
        var download = new RosterDownload(Engine);

        Assert.Throws<AccessRefusedException>(() => download.Rows(new ClaimsPrincipal(new ClaimsIdentity()), RosterView.Of("main", null, null, null)));
    }

    private static string[] LinesOf(byte[] bytes) => Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private async Task<byte[]> BytesAsync(string path)
    {
        using var reply = await _moderator.GetAsync(path);
        return await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private void Beat(string roomId, string userId, string name, ViewerState state = ViewerState.Visible, bool isGuest = false) =>
        Engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", State = state, IsGuest = isGuest, Profile = new UserProfile(name, null) });
}
