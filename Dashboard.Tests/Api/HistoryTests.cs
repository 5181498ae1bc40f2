using System.Globalization;
using System.Text.Json.Nodes;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class HistoryTests(EveningHost evening) : IClassFixture<EveningHost>
{
    private const string Eight = "2026-11-29T20:00:00Z";

    private readonly DashboardHost _host = evening.Host;

    [Fact]
    public async Task Broadcasts_OfARoomReadPageByPage_ComeOnceEachTheLatestFirst()
    {
        var broadcasts = await PagesAsync("/api/v1/admin/broadcasts?roomId=short&limit=2", "broadcasts");

        Assert.Equal(
            [55, 48, 41, 34, 27],
            broadcasts.Select(broadcast => (broadcast["startedAt"]!.GetValue<DateTimeOffset>() - EveningHost.Eight).TotalMinutes));
        Assert.All(broadcasts, broadcast => Assert.Equal("empty", Text(broadcast["endReason"])));
    }

    [Fact]
    public async Task Broadcasts_OfARange_AreThoseThatWereLiveInIt()
    {
        var found = (await ReadAsync($"/api/v1/admin/broadcasts?from={Eight}&to=2026-11-29T20:30:00Z"))["broadcasts"]!.AsArray();

        Assert.Equal(["short", "lobby"], found.Select(broadcast => Text(broadcast!["roomId"])));
    }

    [Fact]
    public async Task Broadcast_ReadAlone_HasItsFiguresItsCurveAndItsMoments()
    {
        var id = (await ReadAsync("/api/v1/admin/broadcasts?roomId=lobby"))["broadcasts"]![0]!["broadcastId"]!;

        var report = await ReadAsync($"/api/v1/admin/broadcasts/{id}");

        Assert.Equal(id.ToString(), report["broadcast"]!["broadcastId"]!.ToString());
        Assert.Equal("2026-11-29T20:19:30.000Z", Text(report["broadcast"]!["endedAt"]));
        var figures = report["broadcast"]!["figures"]!;
        Assert.Equal((8, 8, 7, 1, 0, 8), (Number(figures["peak"]), Number(figures["people"]), Number(figures["users"]), Number(figures["guests"]), Number(figures["returning"]), Number(figures["joins"])));
        // Five to a quarter past, whose last heartbeat was at fourteen, one to sixteen and two to half past nineteen.
        Assert.Equal(60 * ((5 * 14) + 16 + (2 * 19.5)), figures["watchedSeconds"]!.GetValue<double>());
        var curve = report["curve"]!;
        Assert.Equal(("minute", 20, 8), (Text(curve["step"]), curve["points"]!.AsArray().Count, Number(curve["points"]![5]!["peak"])));
        Assert.Equal((8, 5, 3), (Number(curve["joins"]), Number(curve["leaves"]!["timeout"]), Number(curve["leaves"]!["left"])));
        var fall = report["moments"]!.AsArray().Single(moment => Number(moment!["change"]) == -5)!;
        Assert.Equal(("delivery", "timeout", 5), (Text(fall["cause"]), Text(fall["finding"]!["reason"]), Number(fall["finding"]!["leftForReason"])));
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("-1")]
    [InlineData("lobby")]
    public async Task Broadcast_ThatIsNotThere_Is404(string id) => (await _host.GetAsync($"/api/v1/admin/broadcasts/{id}", DashboardHost.ServerKey)).IsRefusal(404, 400400);

    [Theory]
    [InlineData("/api/v1/admin/rooms/lobby/history", "lobby")]
    [InlineData("/api/v1/admin/history", null)]
    public async Task History_ByTheQuarter_AddsUpWhatHappened(string path, string? roomId)
    {
        var curve = await ReadAsync($"{path}?from={Eight}&to=2026-11-29T20:30:00Z&step=quarter");

        Assert.Equal((roomId, "quarter"), (curve["roomId"]?.GetValue<string>(), Text(curve["step"])));
        var points = curve["points"]!.AsArray();
        Assert.Equal(["2026-11-29T20:00:00.000Z", "2026-11-29T20:15:00.000Z"], points.Select(point => Text(point!["from"])));
        Assert.Equal((8, 8, 15), (Number(points[0]!["peak"]), Number(points[0]!["joins"]), Number(points[0]!["recordedMinutes"])));
        Assert.InRange(points[0]!["viewers"]!.GetValue<double>(), 7.9, 8);
        Assert.InRange(points[0]!["guests"]!.GetValue<double>(), 0.9, 1);
    }

    [Fact]
    public async Task History_ByTheDayOfAZone_FollowsItsCalendar()
    {
        var curve = await ReadAsync($"/api/v1/admin/history?from={Eight}&to=2026-11-29T20:30:00Z&step=day&zone=Europe/Berlin");

        Assert.Equal(("Europe/Berlin", "2026-11-28T23:00:00.000Z"), (Text(curve["zone"]), Text(curve["points"]![0]!["from"])));
    }

    [Fact]
    public async Task Moment_ReadPageByPage_ListsEachViewerOfThatInstantOnce()
    {
        var visits = await PagesAsync("/api/v1/admin/rooms/lobby/moment?at=2026-11-29T20:10:00Z&limit=3", "visits");

        Assert.Equal(["app-1", "app-2", "app-3", "app-4", "app-5", "web-1", "web-2", "web-3"], visits.Select(visit => Text(visit["userId"])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Moment_ComparedWithALaterOne_SaysWhoWasGoneAndWhoHadCome()
    {
        var moment = await ReadAsync("/api/v1/admin/rooms/lobby/moment?at=2026-11-29T20:10:00%2B00:00&until=2026-11-29T20:17:00Z&limit=5");

        Assert.Equal((8, 1, 5), (Number(moment["count"]), Number(moment["guests"]), moment["visits"]!.AsArray().Count));
        var comparison = moment["comparison"]!;
        Assert.Equal((2, 2, 6, 0), (Number(comparison["count"]), Number(comparison["stayed"]), Number(comparison["goneCount"]), Number(comparison["cameCount"])));
        Assert.Equal(5, comparison["gone"]!.AsArray().Count(visit => Text(visit!["reason"]) == "timeout"));
    }

    [Fact]
    public async Task Drop_OfOneApp_NamesItAndTheReason()
    {
        var drop = await ReadAsync("/api/v1/admin/rooms/lobby/drop?from=2026-11-29T20:13:00Z&to=2026-11-29T20:17:00Z");

        Assert.Equal((8, 2, 5, 1, "delivery"), (Number(drop["countBefore"]), Number(drop["countAfter"]), Number(drop["leaves"]!["timeout"]), Number(drop["leaves"]!["left"]), Text(drop["cause"])));
        Assert.Equal(("Android", "4.2.1", 5, 5), (Text(drop["devices"]![0]!["device"]), Text(drop["devices"]![0]!["appVersion"]), Number(drop["devices"]![0]!["left"]), Number(drop["devices"]![0]!["present"])));
        Assert.Equal((6, "timeout", 5), (Number(drop["finding"]!["left"]), Text(drop["finding"]!["reason"]), Number(drop["finding"]!["leftForReason"])));
    }

    [Fact]
    public async Task Attendance_ReadPageByPageWhileVisitsAreAdded_SkipsAndRepeatsNone()
    {
        string[] early = [.. Enumerable.Range(0, 250).Select(number => $"early-{number:000}")];
        await evening.VisitAsync("busy", early);
        var added = 0;

        var visits = await PagesAsync("/api/v1/admin/attendance?roomId=busy&limit=40&to=2026-11-30T20:00:00Z", "visits", () => evening.VisitAsync("busy", $"late-{added++}"));

        var found = visits.Select(visit => Text(visit["userId"])).ToList();
        Assert.Distinct(found);
        Assert.Equal(early, found.Where(userId => userId.StartsWith("early", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Attendance_OfAnEvening_SaysHowEachVisitWent()
    {
        var visits = (await ReadAsync($"/api/v1/admin/attendance?roomId=lobby&from={Eight}&to=2026-11-29T20:30:00Z"))["visits"]!.AsArray();

        Assert.Equal(
            """{"roomId":"lobby","userId":"app-1","guest":false,"joinedAt":"2026-11-29T20:00:00.000Z","leftAt":"2026-11-29T20:15:00.000Z","reason":"timeout","lastSeenAt":"2026-11-29T20:14:00.000Z","watchedSeconds":840,"hiddenSeconds":0,"device":"Android","appVersion":"4.2.1"}""",
            visits.Single(visit => Text(visit!["userId"]) == "app-1")!.ToJsonString());
        Assert.True(visits.Single(visit => Text(visit!["userId"]) == "web-3")!["guest"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("format=csv", null)]
    [InlineData("", "text/csv")]
    public async Task CurveAsCsv_OfARoom_HasARowForEachPointInTheZoneAskedFor(string query, string? accept)
    {
        var path = "/api/v1/admin/rooms/lobby/history?from=2026-11-29T19:30:00Z&to=2026-11-29T20:30:00Z&step=quarter&zone=Europe/Berlin";
        var points = (await ReadAsync(path))["points"]!.AsArray();

        var answer = await _host.GetAsync($"{path}&separator=semicolon&{query}", DashboardHost.ServerKey, accept is null ? [] : [("Accept", accept)]);

        var lines = answer.Body.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("lobby-history.csv", "at;until_at;viewers;hidden;guests;peak;joins;leaves;left;timeout;removed;disabled;ended;recorded_minutes;date;time;time_zone"), (answer.ContentHeaders.ContentDisposition?.FileName, lines[0]));
        Assert.Equal(
            points.Select(point => (Text(point!["from"]), point["viewers"]?.ToJsonString() ?? "", point["peak"]?.ToJsonString() ?? "", Number(point["leaves"]!["timeout"]))),
            lines.Skip(1).Select(line => line.Split(';')).Select(cells => (cells[0], cells[2], cells[5], int.Parse(cells[9], CultureInfo.InvariantCulture))));
        Assert.StartsWith("2026-11-29T19:30:00.000Z;2026-11-29T19:45:00.000Z;;;;;0;", lines[1], StringComparison.Ordinal); // the server did not run
        Assert.EndsWith(";2026-11-29;21:15:00;Europe/Berlin", lines[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format=csv", null, "text/csv")]
    [InlineData("", "text/csv", "text/csv")]
    [InlineData("", "application/json;q=0.1, text/csv", "text/csv")]
    [InlineData("format=csv", "application/json", "text/csv")]
    [InlineData("format=jsonl", null, "application/x-ndjson")]
    [InlineData("", "application/x-ndjson", "application/x-ndjson")]
    [InlineData("", "application/jsonl", "application/x-ndjson")]
    [InlineData("", "*/*", "application/json")]
    [InlineData("", "text/html", "application/json")]
    [InlineData("format=json", "text/csv", "application/json")]
    public async Task Attendance_AskedForAsAFormat_ComesInIt(string query, string? accept, string mediaType)
    {
        var answer = await _host.GetAsync($"/api/v1/admin/attendance?from={Eight}&{query}", DashboardHost.ServerKey, accept is null ? [] : [("Accept", accept)]);

        Assert.Equal((200, mediaType), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        Assert.Equal("Accept", string.Join(',', answer.Headers.Vary));
    }

    [Fact]
    public async Task AttendanceAsCsv_OfAHostileName_IsTextForASpreadsheet()
    {
        var answer = await _host.GetAsync($"/api/v1/admin/attendance?roomId=short&from={Eight}&format=csv&zone=Europe/Berlin", DashboardHost.ServerKey);

        var lines = answer.Body.TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("room_id,user_id,guest,joined_at,left_at,reason,last_seen_at,watched_seconds,visible_seconds,device,app_version,joined_date,joined_time,left_date,left_time,time_zone", lines[0]);
        Assert.Equal("short,'=cmd|' /C calc'!A0,no,2026-11-29T20:27:00.000Z,2026-11-29T20:28:00.000Z,left,2026-11-29T20:28:00.000Z,60,60,,,2026-11-29,21:27:00,2026-11-29,21:28:00,Europe/Berlin", lines[1]);
        Assert.Equal(7, lines.Length);
        Assert.Equal("short-attendance.csv", answer.ContentHeaders.ContentDisposition?.FileName);
    }

    [Fact]
    public async Task AttendanceAsLines_AreTheVisitsOfThePages()
    {
        var path = $"/api/v1/admin/attendance?roomId=lobby&from={Eight}";

        var lines = (await _host.GetAsync($"{path}&format=jsonl", DashboardHost.ServerKey)).Body;

        Assert.Equal((await ReadAsync(path))["visits"]!.AsArray().Select(visit => visit!.ToJsonString()), lines.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!.ToJsonString()));
    }

    [Fact]
    public async Task Visits_OfAUser_ComeWithTheirTotalsTheLatestFirst()
    {
        var visits = await ReadAsync($"/api/v1/admin/users/{Uri.EscapeDataString("=cmd|' /C calc'!A0")}/visits?limit=2");

        Assert.Equal((5, 300), (Number(visits["count"]), Number(visits["watchedSeconds"])));
        Assert.Equal(("2026-11-29T20:27:00.000Z", "2026-11-29T20:56:00.000Z"), (Text(visits["firstSeenAt"]), Text(visits["lastSeenAt"])));
        Assert.Equal(["2026-11-29T20:55:00.000Z", "2026-11-29T20:48:00.000Z"], visits["visits"]!.AsArray().Select(visit => Text(visit!["joinedAt"])));
        Assert.NotNull(visits["cursor"]);
    }

    [Fact]
    public async Task Visits_OfAUserNobodyKnows_AreNone()
    {
        var visits = await ReadAsync("/api/v1/admin/users/nobody/visits");

        Assert.Equal("""{"userId":"nobody","count":0,"watchedSeconds":0,"visits":[]}""", visits.ToJsonString());
    }

    [Theory]
    [InlineData("broadcasts?from=yesterday", "from must be an instant")]
    [InlineData("broadcasts?from=2026-11-29", "from must be an instant")]
    [InlineData("broadcasts?from=2026-11-29T20:00:00", "from must be an instant")]
    [InlineData("broadcasts?from=0001-01-01T00:00:00Z", "2000 to 2199")]
    [InlineData("broadcasts?from=2026-11-29T20:00:00Z&to=2026-11-29T20:00:00Z", "from must be before to")]
    [InlineData("broadcasts?roomId=a/b", "roomId: ")]
    [InlineData("broadcasts?limit=201", "limit must be a whole number from 1 to 200")]
    [InlineData("broadcasts?cursor=bm9uc2Vuc2U", "cursor doesn't belong to this list")]
    [InlineData("broadcasts?cursor=YTEuMi4z", "cursor doesn't belong to this list")] // of attendance
    [InlineData("rooms/lobby/history?step=week", "step must be one of minute, quarter, hour, day")]
    [InlineData("rooms/lobby/history?zone=Mars/Olympus", "zone must be the IANA id")]
    [InlineData("rooms/lobby/history?from=2026-11-01T00:00:00Z&step=minute", "more than 2000 steps. Choose a longer step or a shorter range.")]
    [InlineData("rooms/lobby/moment", "at is missing")]
    [InlineData("rooms/lobby/moment?at=2026-12-24T20:00:00Z", "at must not be in the future")]
    [InlineData("rooms/lobby/moment?at=2026-11-29T20:00:00Z&until=2026-11-29T19:00:00Z", "until must not be before at")]
    [InlineData("rooms/lobby/moment?at=2026-11-29T20:00:00Z&cursor=YTEuMi4z", "cursor doesn't belong to this list")]
    [InlineData("rooms/lobby/drop?from=2026-11-29T20:00:00Z", "from and to must both be sent")]
    [InlineData("rooms/lobby/drop?from=2026-11-28T20:00:00Z&to=2026-11-29T20:00:01Z", "by at most a day")]
    [InlineData("attendance?format=xml", "format must be one of json, csv, jsonl")]
    [InlineData("attendance?format=csv&limit=10", "limit is for pages")]
    [InlineData("attendance?format=jsonl&cursor=YTEuMi4z", "cursor is for pages")]
    [InlineData("users/123456789012345678901234567890123456789012345678901/visits", "userId")]
    public async Task Requests_AgainstARule_NameTheFieldAndTheRule(string query, string message)
    {
        var answer = await _host.GetAsync($"/api/v1/admin/{query}", DashboardHost.ServerKey);

        answer.IsRefusal(422, 400000);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", answer.Message, StringComparison.Ordinal);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static int Number(JsonNode? node) => node!.GetValue<int>();

    private async Task<JsonNode> ReadAsync(string path)
    {
        var answer = await _host.GetAsync(path, DashboardHost.ServerKey);
        Assert.True(answer.Status == 200, answer.Body);
        return answer.Json;
    }

    private async Task<List<JsonNode>> PagesAsync(string path, string list, Func<Task>? between = null)
    {
        List<JsonNode> found = [];
        string? cursor = null;
        do
        {
            var page = await ReadAsync(cursor is null ? path : $"{path}&cursor={cursor}");
            found.AddRange(page[list]!.AsArray().OfType<JsonNode>());
            cursor = page["cursor"]?.GetValue<string>();
            if (between is not null && cursor is not null && found.Count < 250)
                await between();
        }
        while (cursor is not null);
        return found;
    }
}
