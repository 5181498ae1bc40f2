using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Downloads;

/// <summary>Rooms and charts as files, in the form a moderator's spreadsheet reads.</summary>
public sealed class TableDownloadTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private DashboardHost _host = null!;

    private PresenceEngine Engine => _host.Services.GetRequiredService<PresenceEngine>();

    public async ValueTask InitializeAsync()
    {
        _time.SetUtcNow(new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1).AddHours(23).AddMinutes(30), TimeSpan.Zero)); // another day in Berlin
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = _time, Configuration = ModeratorOfTests.Configuration });
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Viewers_OfAModeratorInBerlin_HaveLocalDatesMinutesAndSemicolons()
    {
        using var moderator = await SignInAsync("de-DE");
        var joined = _time.GetUtcNow();
        Beat("stage", "ada", "Ada; =1+1");
        Pass(TimeSpan.FromSeconds(150), "stage", "ada", "Ada; =1+1");
        var berlin = TimeZoneInfo.ConvertTime(joined, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.NotEqual(joined.Day, berlin.Day);

        var lines = await LinesAsync(moderator, "/downloads/rooms/stage/viewers.csv");
        var commas = await LinesAsync(moderator, "/downloads/rooms/stage/viewers.csv?separator=comma");

        Assert.Equal("user_id;display_name;guest;state;fading;joined_at;last_heartbeat_at;sessions;minutes_watched;joined_date;joined_time;last_heartbeat_date;last_heartbeat_time;time_zone", lines[0]);
        Assert.Matches($"^ada;\"Ada; =1\\+1\";no;visible;no;{joined:yyyy-MM-ddTHH:mm:ss\\.fff}Z;[^;]+;1;2;{berlin:yyyy-MM-dd};{berlin:HH:mm:ss};{berlin:yyyy-MM-dd};{berlin:HH}:[^;]+;Europe/Berlin$", lines[1]);
        Assert.StartsWith("user_id,display_name,", commas[0], StringComparison.Ordinal);
        Assert.StartsWith("ada,\"Ada; =1+1\",no,", commas[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rooms_OfTheList_AreThoseItShowsInItsOrder()
    {
        using var moderator = await SignInAsync("en-GB");
        Beat("a-room", "ada", "Ada");
        Beat("b-room", "ada", "Ada");
        Beat("b-room", "eve", "Eve");
        Beat("=c", "eve", "Eve");

        var all = await LinesAsync(moderator, "/downloads/rooms.csv?sort=name");
        var found = await LinesAsync(moderator, "/downloads/rooms.csv?search=ROOM");
        var semicolons = await LinesAsync(moderator, "/downloads/rooms.csv?separator=semicolon&search=b-");

        Assert.Equal("room_id,title,viewers,sessions,guests,hidden,fading,change_1m,change_5m,peak,status,presence,live_since_at,minutes_live,live_since_date,live_since_time,time_zone", all[0]);
        Assert.Equal(["'=c", "a-room", "b-room"], all[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(["b-room", "a-room"], found[1..].Select(line => line.Split(',')[0]));
        Assert.Matches(@"^b-room;;2;2;0;0;0;0;0;2;live;on;20[^;]+Z;0;20\d\d-\d\d-\d\d;\d\d:\d\d:\d\d;Europe/Berlin$", Assert.Single(semicolons[1..]));
    }

    [Fact]
    public async Task Charts_OfARoomAndTheNetwork_AreTheirPoints()
    {
        using var moderator = await SignInAsync("en-GB");
        Beat("stage", "ada", "Ada");
        Pass(TimeSpan.FromMinutes(3), "stage", "ada", "Ada");
        Beat("stage", "eve", "Eve");

        var room = await LinesAsync(moderator, "/downloads/rooms/stage/chart.csv?range=15m");
        var odd = await LinesAsync(moderator, "/downloads/room/chart.csv?id=.stage");
        var network = await LinesAsync(moderator, "/downloads/network/chart.csv");
        var day = await LinesAsync(moderator, "/downloads/network/chart.csv?range=day");

        Assert.Equal("at,viewers,joins,leaves,date,time,time_zone", room[0]);
        Assert.InRange(room.Length, 4, 6);
        Assert.Equal(["2", "1", "0"], room[^1].Split(',')[1..4]);
        Assert.Equal(2, odd.Length);
        Assert.Equal("at,viewers,joins,leaves,heartbeats,date,time,time_zone", network[0]);
        Assert.InRange(network.Length, 10, 15);
        Assert.EndsWith(",Europe/Berlin", network[1], StringComparison.Ordinal);
        Assert.InRange(day.Length, 3, 6);
    }

    [Fact]
    public void Tables_ForNobody_AreRefusedByTheServiceItself()
    {
        var tables = _host.Services.GetRequiredService<TableDownloads>();
        var (nobody, format) = (new ClaimsPrincipal(new ClaimsIdentity()), new CsvFormat(Csv.Comma, TimeZoneInfo.Utc));

        Assert.Throws<AccessRefusedException>(() => tables.Rooms(nobody, RoomListView.Of(null, null, null), format));
        Assert.Throws<AccessRefusedException>(() => tables.Chart(nobody, "stage", 60, format));
        Assert.Throws<AccessRefusedException>(() => tables.Network(nobody, HistoryRange.Hour, format));
    }

    [Fact]
    public async Task Viewer_WithAVisit_IsHandedOutAsRowsAndWhole()
    {
        using var moderator = await SignInAsync("en-GB");
        Beat("stage", "ada", "Ada");
        Pass(TimeSpan.FromSeconds(30), "stage", "ada", "Ada");
        Engine.Leave("stage", "ada", "");
        await _host.Services.GetRequiredService<MembershipStore>().FlushAsync(TestContext.Current.CancellationToken);

        var visits = await LinesAsync(moderator, "/downloads/viewer/visits.csv?id=ada");
        using var whole = await moderator.GetAsync("/downloads/viewer/data.json?id=ada");
        var json = await whole.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("room_id,user_id,guest,joined_at,left_at,reason", visits[0], StringComparison.Ordinal);
        Assert.StartsWith("stage,ada,no,", Assert.Single(visits[1..]), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType));
        Assert.Equal("ada.json", whole.Content.Headers.ContentDisposition!.FileNameStar ?? whole.Content.Headers.ContentDisposition.FileName);
        Assert.Equal("stage", JsonDocument.Parse(json).RootElement.GetProperty("visits")[0].GetProperty("roomId").GetString());
    }

    private async Task<FormVisitor> SignInAsync(string language)
    {
        var visitor = new FormVisitor(_host.BaseAddress, language);
        using var reply = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        Assert.Equal(HttpStatusCode.Redirect, reply.StatusCode);
        visitor.Cookies.Add(_host.BaseAddress, new Cookie("presence-time-zone", "Europe/Berlin"));
        return visitor;
    }

    private static async Task<string[]> LinesAsync(FormVisitor moderator, string path)
    {
        using var reply = await moderator.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var bytes = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private void Pass(TimeSpan span, string roomId, string userId, string name)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(5))
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Beat(roomId, userId, name);
            Engine.Sweep();
        }
    }

    private void Beat(string roomId, string userId, string name) =>
        Engine.Heartbeat(new Heartbeat { RoomId = roomId, UserId = userId, SessionId = "", Profile = new UserProfile(name, null) });
}
