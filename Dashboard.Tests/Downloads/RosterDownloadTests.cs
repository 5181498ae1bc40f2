using System.Net;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
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
    private static readonly CsvFormat Format = new(Csv.Comma, TimeZoneInfo.Utc);

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
        Assert.Equal("user_id,display_name,guest,state,fading,joined_at,last_heartbeat_at,sessions,minutes_watched,joined_date,joined_time,last_heartbeat_date,last_heartbeat_time,time_zone", lines[0]);
        Assert.StartsWith("ada,\"Ada, Countess\",no,hidden,no,20", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("eve,'=cmd|' /C calc'!A0,yes,visible,no,20", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Viewers_WithNamesThatDeceive_HaveWhatShows()
    {
        Beat("stage", "ada", "\u200B=1+1");
        Beat("stage", "eve", "\u202Enimda");
        Beat("stage", "kim", "\u3164");

        using var reply = await _moderator.GetAsync("/downloads/rooms/stage/viewers.csv?sort=joined");
        var lines = LinesOf(await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["ada,'=1+1,no", "eve,nimda,no", "kim,,no"], lines.Skip(1).Select(line => string.Join(',', line.Split(',').Take(3))));
    }

    [Fact]
    public async Task Viewers_FetchedAgainAndAgain_AreRefusedWithTheWait()
    {
        for (var i = 0; i < 1_000; i++)
            Beat("huge", $"u{i}", $"User {i}");
        var options = _host.Services.GetRequiredService<Presence.Dashboard.Hosting.DashboardOptions>();
        var id = (await AccountAsync()).Id;
        _host.Services.GetRequiredService<PageReads>().TryTake(id, 100 * options.Limits.ReadBurst, out _);

        using var reply = await _moderator.GetAsync("/downloads/rooms/huge/viewers.csv");

        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.NotNull(reply.Headers.RetryAfter);
        Assert.Contains("Try again in", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<ModeratorAccount> AccountAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<ModeratorAccount>>();
        return (await accounts.FindByEmailAsync(ModeratorOfTests.Email))!;
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
    [InlineData("")]
    [InlineData("?sort=joined")]
    [InlineData("?sort=name")]
    [InlineData("?sort=heartbeat")]
    [InlineData("?sort=-heartbeat")]
    [InlineData("?sort=name&state=hidden")]
    [InlineData("?sort=-heartbeat&search=viewer%201&state=watching")]
    [InlineData("?guests=only")]
    [InlineData("?sort=joined&guests=none&device=tv")]
    [InlineData("?device=TV%204.2")]
    [InlineData("?sort=name&device=tv&longer=1")]
    public async Task Viewers_InAnOrder_AreInThatOfThePage(string query)
    {
        var random = new Random(7);
        foreach (var user in Enumerable.Range(0, 450).OrderBy(_ => random.Next()))
            Beat("large", $"user-{user}", $"Viewer {random.Next(10_000)}", user % 2 == 0 ? ViewerState.Hidden : ViewerState.Visible);
        foreach (var user in Enumerable.Range(0, 450).OrderBy(_ => random.Next()).Take(200))
            Beat("large", $"user-{user}", $"Viewer {random.Next(10_000)}", user % 2 == 0 ? ViewerState.Hidden : ViewerState.Visible);
        var asked = QueryHelpers.ParseQuery(query);
        var view = RosterView.Of("large", asked.GetValueOrDefault("search"), asked.GetValueOrDefault("sort"), asked.GetValueOrDefault("state"), asked.GetValueOrDefault("guests"), asked.GetValueOrDefault("device"), asked.GetValueOrDefault("longer"));

        var lines = LinesOf(await BytesAsync("/downloads/rooms/large/viewers.csv" + query));

        Assert.Equal(query.Contains("longer", StringComparison.Ordinal), lines.Length == 1);
        Assert.Equal(Engine.Order("large", view.ToQuery()).UserIds, lines.Skip(1).Select(line => line.Split(',')[0]));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("-heartbeat")]
    [InlineData(null)]
    public async Task Rows_OfFiftyThousandWhileTheyComeAndGo_HoldEverybodyWhoStaysOnce(string? sort)
    {
        for (var user = 0; user < 50_000; user++)
            Beat("stadium", $"user-{user}", $"Viewer {user}");
        var moderator = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, nameof(ModeratorRole.Observer))], "test"));
        var view = RosterView.Of("stadium", null, sort, null);
        var written = new List<string>();
        var gone = 0;

        await foreach (var row in new RosterDownload(new LocalPresence(Engine), TimeProvider.System).Rows(moderator, view, Format))
        {
            written.Add(row[0]);
            if (written.Count % 1_000 == 0)
            {
                Engine.Leave("stadium", $"user-{gone++}", "");
                Beat("stadium", $"late-{written.Count}", "Late");
                Beat("stadium", $"user-{49_999 - gone}", "Beats again");
            }
        }

        Assert.Equal(written.Count, written.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(Enumerable.Range(gone, 50_000 - gone).Select(user => $"user-{user}").Except(written, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rows_OfAViewerWhoseStateChanged_AreOfTheStateAskedForAlone()
    {
        for (var user = 0; user < 450; user++)
            Beat("main", $"user-{user}", $"Viewer {user:000}", ViewerState.Hidden);
        var moderator = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, nameof(ModeratorRole.Observer))], "test"));

        await using var rows = new RosterDownload(new LocalPresence(Engine), TimeProvider.System).Rows(moderator, RosterView.Of("main", null, "name", "hidden"), Format).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await rows.MoveNextAsync());
        Beat("main", "user-449", "Viewer 449", ViewerState.Visible);
        var last = "";
        while (await rows.MoveNextAsync())
            last = rows.Current[0];

        Assert.Equal("user-448", last);
    }

    [Theory]
    [InlineData("/downloads/room/viewers.csv?id=.hidden", HttpStatusCode.OK)]
    [InlineData("/downloads/room/viewers.csv?id=.", HttpStatusCode.BadRequest)]
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
        var download = new RosterDownload(new LocalPresence(Engine), TimeProvider.System);

        Assert.Throws<AccessRefusedException>(() => download.Rows(new ClaimsPrincipal(new ClaimsIdentity()), RosterView.Of("main", null, null, null), Format));
    }

    private static string[] LinesOf(byte[] bytes) => Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private async Task<byte[]> BytesAsync(string path)
    {
        using var reply = await _moderator.GetAsync(path);
        return await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private void Beat(string roomId, string userId, string name, ViewerState state = ViewerState.Visible, bool isGuest = false) =>
        Engine.Heartbeat(new Heartbeat
        {
            RoomId = roomId,
            UserId = userId,
            SessionId = "",
            State = state,
            IsGuest = isGuest || userId.EndsWith('7'),
            Device = userId.EndsWith('9') ? new SessionDevice("LG TV", "4.2.0") : default,
            Profile = new UserProfile(name, null),
        });
}
