using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class HistoryQueriesTests : IAsyncLifetime
{
    private static readonly SessionDevice Android = new("Android", "4.2.1");
    private static readonly SessionDevice Web = new("web", null);

    private readonly List<Visit> _present = [];
    private HistoryFolder _folder = null!;
    private HistorySettingsStore _settings = null!;
    private HistoryQueries _history = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = await OpenAsync();
        _settings = new HistorySettingsStore(_folder.Database);
        _history = _folder.Look(_settings, room => [.. _present.Where(visit => visit.RoomId == room)]);
    }

    public async ValueTask DisposeAsync()
    {
        _settings.Dispose();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task ReadCurveAsync_RangeByTheMinute_HasEveryMinuteUpToWhatIsWritten()
    {
        await SaveAsync((0, 3), (1, 4), (3, 9));
        _folder.Time.SetUtcNow(Eight.AddMinutes(6));

        var curve = await _history.ReadCurveAsync(new CurveQuery { RoomId = "lobby", From = Eight, Until = Eight.AddHours(2) }, Cancel);

        Assert.Equal(HistoryStep.Minute, curve.Step);
        Assert.Equal([3, 4, 0, 9], curve.Points.Select(point => point.Peak));
        Assert.Equal([3.0, 4, 0, 9], curve.Points.Select(point => point.Average));
        Assert.Equal([1, 1, 0, 1], curve.Points.Select(point => point.Recorded));
    }

    [Fact]
    public async Task ReadCurveAsync_DaysOfTheNetworksZone_AreSumsOfItsQuarters()
    {
        await _settings.ChangeAsync(HistorySettings.Default with { Zone = "Asia/Kathmandu" }, "mia", null, null, Cancel);
        var midnight = new DateTimeOffset(2026, 11, 29, 18, 15, 0, TimeSpan.Zero); // of the 30th there
        await SaveAsync(((int)(midnight - Eight).TotalMinutes - 1, 5), ((int)(midnight - Eight).TotalMinutes, 7));
        _folder.Time.SetUtcNow(Eight.AddDays(3));

        var curve = await _history.ReadCurveAsync(new CurveQuery { RoomId = "lobby", From = midnight.AddDays(-1), Until = midnight.AddDays(1), Step = HistoryStep.Day }, Cancel);

        Assert.Equal("Asia/Kathmandu", curve.Zone.Id);
        Assert.Equal([(midnight.AddDays(-1), 5), (midnight, 7)], curve.Points.Select(point => (point.Span.From, point.Peak)));
    }

    [Fact]
    public async Task ReadCurveAsync_MinutesThatAreGone_AreRefusedOrShownByTheQuarter()
    {
        _folder.Time.SetUtcNow(Eight.AddDays(40));
        var query = new CurveQuery { RoomId = "lobby", From = Eight, Until = Eight.AddHours(2) };

        Assert.Equal(HistoryStep.Quarter, (await _history.ReadCurveAsync(query, Cancel)).Step);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => _history.ReadCurveAsync(query with { Step = HistoryStep.Minute }, Cancel));
        Assert.Contains("30 days", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAttendanceAsync_PageByPageWhileRowsGo_SkipsAndRepeatsNobody()
    {
        await _folder.WriteAsync([.. Enumerable.Range(0, 25).Select(number => Visit($"user {number}", number / 3, 60, room: number % 2 == 0 ? "lobby" : "stage")), Visit("before", -30, -10), Visit("after", 70, 80), Visit("long", -700, 10)]);
        var query = new AttendanceQuery { From = Eight, Until = Eight.AddMinutes(60), Take = 4 };
        var seen = new List<string>();

        for (string? cursor = null; ;)
        {
            var page = await _history.ReadAttendanceAsync(query with { Cursor = cursor }, Cancel);
            Assert.InRange(page.Items.Count, 1, 4);
            seen.AddRange(page.Items.Select(visit => visit.UserId));
            if ((cursor = page.NextCursor) is null)
                break;
        }
        var streamed = new List<string>();
        await foreach (var visit in _history.StreamAttendanceAsync(query, Cancel))
            streamed.Add(visit.UserId);

        Assert.Equal(["long", .. Enumerable.Range(0, 25).Where(number => number % 2 == 0).Select(number => $"user {number}")], seen.Take(14));
        Assert.Equal(26, seen.Count);
        Assert.Equal(26, seen.Distinct().Count());
        Assert.Equal(seen, streamed);
        Assert.Equal(13, (await _history.ReadAttendanceAsync(query with { RoomId = "lobby", Take = 100 }, Cancel)).Items.Count(visit => visit.UserId != "long"));
        await Assert.ThrowsAsync<ArgumentException>(() => _history.ReadAttendanceAsync(query with { Cursor = "1.2" }, Cancel));
    }

    [Fact]
    public async Task Visits_OfWhoAskedNotToBeListed_CountWithoutAName()
    {
        await _folder.WriteAsync(Visit("ada", 0, 10), Visit("ben", 0, 10) with { IsUnlisted = true }, Visit("ben", 20, 30) with { IsUnlisted = true }, Visit("cem", 0, 10) with { IsUnlisted = true });
        _folder.Time.SetUtcNow(Eight.AddMinutes(40));
        _present.Add(Visit("dan", 5, 40, reason: LeaveReason.None) with { IsUnlisted = true });
        _present.Add(Visit("eve", 5, 40, reason: LeaveReason.None));

        var attendance = (await _history.ReadAttendanceAsync(new AttendanceQuery { RoomId = "lobby", From = Eight, Until = Eight.AddHours(1), Take = 100 }, Cancel)).Items;
        Assert.Equal(["", "", "", "ada"], attendance.Select(visit => visit.UserId).Order(StringComparer.Ordinal));
        var moment = await _history.ReadMomentAsync("lobby", Eight.AddMinutes(6), cancellationToken: Cancel);
        Assert.Equal(["", "", "", "ada", "eve"], moment.Page.Select(visit => visit.UserId).Order(StringComparer.Ordinal));
        foreach (var name in (string[])["ben", "cem"])
        {
            Assert.Null(await _history.ReadPersonAsync(name, Cancel));
            Assert.Empty((await _history.ReadVisitsAsync(name, cancellationToken: Cancel)).Items);
        }
    }

    [Fact]
    public async Task ReadVisitsAsync_OfAUser_TheLatestFirstInPages()
    {
        await _folder.WriteAsync(Visit("ada", 0, 10), Visit("ben", 0, 10), Visit("ada", 20, 30, room: "stage", reason: LeaveReason.Timeout, unseen: 1), Visit("ada", 40, 50));

        var first = await _history.ReadVisitsAsync("ada", take: 2, cancellationToken: Cancel);
        var second = await _history.ReadVisitsAsync("ada", first.NextCursor, 2, cancellationToken: Cancel);

        Assert.Equal([40, 20, 0], first.Items.Concat(second.Items).Select(visit => (int)(visit.JoinedAt - Eight).TotalMinutes));
        Assert.Null(second.NextCursor);
        Assert.Equal(("stage", LeaveReason.Timeout, TimeSpan.FromMinutes(9)), (first.Items[1].RoomId, first.Items[1].Reason, first.Items[1].Watched));
        Assert.Equal(new PersonSummary("ada", IsGuest: false, Eight, Eight.AddMinutes(50), 3, TimeSpan.FromMinutes(29)), await _history.ReadPersonAsync("ada", Cancel));
        Assert.Null(await _history.ReadPersonAsync("eve", Cancel));
    }

    [Fact]
    public async Task ReadMomentAsync_Instant_HasStoredAndPresentViewersInOrder()
    {
        await _folder.WriteAsync(Visit("ada", 0, 30), Visit("ben", 5, 14), Visit("cyd", 14, 20, guest: true), Visit("day", -1_000, 100), Visit("gone", 1, 13.99));
        _present.Add(Visit("eve", 10, 40, reason: LeaveReason.None));
        _present.Add(Visit("ada", 0, 40, reason: LeaveReason.None)); // ended since it was read

        var moment = await _history.ReadMomentAsync("lobby", Eight.AddMinutes(14), cancellationToken: Cancel);
        var page = await _history.ReadMomentAsync("lobby", Eight.AddMinutes(14), skip: 1, take: 1, Cancel);

        Assert.Equal(["day", "ada", "eve", "cyd"], moment.Page.Select(visit => visit.UserId));
        Assert.Equal((4, 1), (moment.Viewers, moment.Guests));
        Assert.Equal((4, "ada"), (page.Viewers, Assert.Single(page.Page).UserId));
    }

    [Fact]
    public async Task CompareMomentsAsync_TwoInstants_TellsWhoIsGoneAndWhoCame()
    {
        await _folder.WriteAsync(Visit("ada", 0, 30), Visit("ben", 0, 12, reason: LeaveReason.Timeout), Visit("cyd", 0, 11), Visit("cyd", 13, 30), Visit("day", 12, 14));
        _present.Add(Visit("eve", 15, 40, reason: LeaveReason.None));

        var compared = await _history.CompareMomentsAsync("lobby", Eight.AddMinutes(10), Eight.AddMinutes(20), cancellationToken: Cancel);

        Assert.Equal((3, 3, 2), (compared.Before, compared.After, compared.Stayed));
        Assert.Equal([("ben", LeaveReason.Timeout)], compared.Gone.Select(visit => (visit.UserId, visit.Reason)));
        Assert.Equal(["eve"], compared.Came.Select(visit => visit.UserId));
    }

    [Fact]
    public async Task ReadDropAsync_OneVersionTimesOut_SaysThatItIsProbablyDelivery()
    {
        await _folder.WriteAsync(
        [
            .. Enumerable.Range(0, 51).Select(number => Visit($"android {number}", -30, 21.5, reason: LeaveReason.Timeout, unseen: 1) with { Device = Android }),
            .. Enumerable.Range(0, 10).Select(number => Visit($"web {number}", -30, 22, reason: number < 3 ? LeaveReason.Timeout : LeaveReason.Left) with { Device = Web }),
            .. Enumerable.Range(0, 120).Select(number => Visit($"staying {number}", -30, 90) with { Device = Web }),
            .. Enumerable.Range(0, 9).Select(number => Visit($"before {number}", 0, 10, reason: number < 2 ? LeaveReason.Timeout : LeaveReason.Left) with { Device = Web }),
        ]);

        var drop = await _history.ReadDropAsync("lobby", Eight.AddMinutes(21), Eight.AddMinutes(23), Cancel);

        Assert.Equal((181, 120), (drop.Before, drop.After));
        Assert.Equal(new LeaveCounts(7, 54, 0, 0, 0), drop.Left);
        Assert.Equal(new LeaveCounts(7, 2, 0, 0, 0), drop.LeftBefore);
        Assert.Equal(new DropFinding(61, LeaveReason.Timeout, 54, 9, 2, Android, 51, 51 / 181.0), drop.Finding);
        Assert.Equal([new DeviceLeaves(Android, 51, 51), new DeviceLeaves(Web, 10, 130)], drop.Devices);
        Assert.Equal(61, Assert.Single(drop.Stays, stay => stay.Left > 0).Left);
        Assert.Equal(MomentCause.Delivery, drop.Cause);
    }

    [Fact]
    public async Task ReadDropAsync_VisitThatEndedSinceItWasRead_CountsOnce()
    {
        await _folder.WriteAsync(Visit("ada", 0, 21.5));
        _present.Add(Visit("ada", 0, 30, reason: LeaveReason.None));

        var drop = await _history.ReadDropAsync("lobby", Eight.AddMinutes(21), Eight.AddMinutes(23), Cancel);

        Assert.Equal((1, 0, 1), (drop.Before, drop.After, drop.Left.Total));
    }

    [Theory]
    [InlineData(LeaveReason.Left, MomentCause.Content)]
    [InlineData(LeaveReason.Timeout, MomentCause.Settings)] // the interval was changed a minute before
    [InlineData(LeaveReason.Removed, MomentCause.Ban)]
    [InlineData(LeaveReason.Disabled, MomentCause.Disabled)]
    [InlineData(LeaveReason.Ended, MomentCause.End)]
    public async Task ReadDropAsync_ByReason_NamesTheCause(LeaveReason reason, MomentCause cause)
    {
        using var engine = new PresenceEngine(_folder.Time, PresenceSettings.Default, new PresenceLimits());
        using var store = new SettingsStore(_folder.Database, engine);
        await store.LoadAsync(PresenceSettings.Default, Cancel);
        _folder.Time.SetUtcNow(Eight.AddMinutes(20));
        await store.ChangeAsync(new SettingsChange { Settings = engine.Settings with { HeartbeatInterval = TimeSpan.FromSeconds(20) }, By = "mia" }, Cancel);
        await _folder.WriteAsync([.. Enumerable.Range(0, 10).Select(number => Visit($"user {number}", 0, 21.5, reason: reason) with { Device = new SessionDevice($"phone {number}", null) })]);

        var drop = await _history.ReadDropAsync("lobby", Eight.AddMinutes(21), Eight.AddMinutes(23), Cancel);

        Assert.Equal(cause, drop.Cause);
        var change = Assert.Single(drop.Events);
        Assert.Equal((HistoryEventKind.SettingsChanged, "mia", 30, 20), (change.Kind, change.By, change.SettingsBefore!.HeartbeatInterval.TotalSeconds, change.Settings!.HeartbeatInterval.TotalSeconds));
    }

    [Fact]
    public async Task FindDepartedAsync_TextInAnIdOrName_FindsTheLatestVisitOfTheHour()
    {
        await new UserStore(_folder.Database).ChangeAsync("u-1", new UserChange("José Ángel", null, "{}"), null, Cancel);
        await _folder.WriteAsync(Visit("u-1", 0, 10), Visit("u-1", 20, 30, room: "stage"), Visit("jose-2", -90, -70), Visit("ben", 0, 30));
        _folder.Time.SetUtcNow(Eight.AddMinutes(40));

        Assert.Equal([("u-1", "stage")], (await _history.FindDepartedAsync("jose a", cancellationToken: Cancel)).Select(visit => (visit.UserId, visit.RoomId)));
        Assert.Equal(["ben"], (await _history.FindDepartedAsync("EN", cancellationToken: Cancel)).Select(visit => visit.UserId));
        Assert.Empty(await _history.FindDepartedAsync("", cancellationToken: Cancel));
    }

    [Fact]
    public async Task ReadAwayAsync_SinceAnInstant_PutsTheMostImportantFirst()
    {
        using var engine = new PresenceEngine(_folder.Time, PresenceSettings.Default, new PresenceLimits());
        using var store = new SettingsStore(_folder.Database, engine);
        using var rooms = new RoomStore(_folder.Database, engine);
        using var removals = new RemovalStore(_folder.Database, engine);
        using var broadcasts = new BroadcastStore(_folder.Database, engine, _settings);
        await store.LoadAsync(PresenceSettings.Default, Cancel);
        await _folder.WriteAsync(
        [
            .. Enumerable.Range(0, 40).Select(number => Visit($"user {number}", 1, 30, reason: LeaveReason.Timeout)),
            .. Enumerable.Range(0, 60).Select(number => Visit($"other {number}", 1, 60)),
        ]);
        await _folder.AddBroadcastAsync("lobby", 1, 60);
        _folder.Time.SetUtcNow(Eight.AddMinutes(61));
        await removals.RemoveAsync(new("eve", "lobby", Eight.AddDays(1), "spam"), "mia", Cancel);
        await rooms.DefineAsync("stage", new RoomDefinition { Title = "Stage" }, "mia", null, Cancel);
        await store.ChangeAsync(new SettingsChange { Settings = engine.Settings with { Enabled = false }, By = "mia", Reason = "maintenance" }, Cancel);
        await broadcasts.SummariseAsync(null, Cancel);

        var away = await _history.ReadAwayAsync(Eight.AddMinutes(5), cancellationToken: Cancel);

        Assert.Equal([AwayKind.Disabled, AwayKind.Drop, AwayKind.BroadcastEnded, AwayKind.Ban, AwayKind.RoomChanged], away.Items.Select(item => item.Kind));
        Assert.Equal(("lobby", -40, MomentCause.Delivery), (away.Items[1].RoomId, away.Items[1].Drop!.Change, away.Items[1].Drop!.Cause));
        Assert.Equal(("mia", "eve", "spam"), (away.Items[3].Event!.By, away.Items[3].Event!.UserId, away.Items[3].Event!.Reason));
        Assert.Equal(1, away.Broadcasts);
        Assert.Equal(AwayKind.Disabled, Assert.Single((await _history.ReadAwayAsync(Eight.AddMinutes(5), take: 1, cancellationToken: Cancel)).Items).Kind);
        _folder.Time.SetUtcNow(Eight.AddMinutes(63));
        Assert.Empty((await _history.ReadAwayAsync(Eight.AddMinutes(62), cancellationToken: Cancel)).Items);
    }

    [Fact]
    public async Task ReadBroadcastAsync_WithOthersBefore_SaysWhatIsUsual()
    {
        using var engine = new PresenceEngine(_folder.Time, PresenceSettings.Default, new PresenceLimits());
        using var broadcasts = new BroadcastStore(_folder.Database, engine, _settings);
        await _folder.WriteAsync(Visit("ada", 0, 4), Visit("ben", 0, 4), Visit("ada", 100, 104), Visit("cyd", 200, 204), Visit("ada", 200, 204), Visit("ben", 200, 204));
        await SaveAsync((0, 2), (1, 2), (2, 2), (3, 2), (100, 1), (101, 1), (102, 1), (103, 1), (200, 3), (201, 3), (202, 3), (203, 3));
        foreach (var start in (int[])[0, 100, 200])
            await _folder.AddBroadcastAsync("lobby", start, start + 4);
        _folder.Time.SetUtcNow(Eight.AddMinutes(300));
        await broadcasts.SummariseAsync(null, Cancel);

        var latest = (await _history.ReadBroadcastsAsync(new BroadcastQuery { RoomId = "lobby", Take = 1 }, Cancel)).Items[0];
        var report = (await _history.ReadBroadcastAsync(latest.Id, Cancel))!;

        Assert.Equal([3.0, 3, 3, 3], report.Curve.Points.Select(point => point.Average));
        Assert.Equal((2, 1.5, 1.5), (report.Usual!.Broadcasts, report.Usual.People, report.Usual.Peak));
        Assert.Equal([1.5, 1.5, 1.5, 1.5], report.Usual.Curve);
        Assert.Equal((3, 2, 1), (report.Broadcast.Figures!.People, report.Broadcast.Figures.Returning, report.Broadcast.Figures.New));
    }

    [Fact]
    public async Task ReadBroadcastsAsync_InPages_TheLatestFirst()
    {
        for (var number = 0; number < 5; number++)
            await _folder.AddBroadcastAsync(number == 2 ? "stage" : "lobby", number * 100, (number * 100) + 60);
        var query = new BroadcastQuery { RoomId = "lobby", Take = 3 };

        var first = await _history.ReadBroadcastsAsync(query, Cancel);
        var second = await _history.ReadBroadcastsAsync(query with { Cursor = first.NextCursor }, Cancel);

        Assert.Equal([400, 300, 100], first.Items.Select(broadcast => (int)(broadcast.StartedAt - Eight).TotalMinutes));
        Assert.Equal([0], second.Items.Select(broadcast => (int)(broadcast.StartedAt - Eight).TotalMinutes));
        Assert.Null(second.NextCursor);
        Assert.Equal(5, (await _history.ReadBroadcastsAsync(new BroadcastQuery(), Cancel)).Items.Count);
        Assert.Equal([200, 100], (await _history.ReadBroadcastsAsync(new BroadcastQuery { From = Eight.AddMinutes(160 - 1), Until = Eight.AddMinutes(300) }, Cancel)).Items.Select(broadcast => (int)(broadcast.StartedAt - Eight).TotalMinutes));
        Assert.Empty((await _history.ReadBroadcastsAsync(query with { RoomId = "unknown" }, Cancel)).Items);
    }

    /// <summary>Minutes of the lobby with so many viewers throughout.</summary>
    [Fact]
    public async Task ReadBroadcastAsync_ALeaveAtTheMinuteItEnds_IsInItsCurve()
    {
        using var engine = new PresenceEngine(_folder.Time, PresenceSettings.Default, new PresenceLimits());
        using var broadcasts = new BroadcastStore(_folder.Database, engine, _settings);
        await SaveAsync((0, 3), (1, 3));
        await _folder.Minutes.SaveAsync([new RoomMinute("lobby", Eight.AddMinutes(2)) { Leaves = new LeaveCounts(3, 0, 0, 0, 0) }], Cancel);
        await _folder.AddBroadcastAsync("lobby", 0, 2);
        _folder.Time.SetUtcNow(Eight.AddMinutes(30));
        await broadcasts.SummariseAsync(null, Cancel);

        var report = (await _history.ReadBroadcastAsync((await _history.ReadBroadcastsAsync(new BroadcastQuery(), Cancel)).Items[0].Id, Cancel))!;

        Assert.Equal(3, report.Curve.Leaves.Left);
        Assert.Equal([3.0, 3, 0], report.Curve.Points.Select(point => point.Average));
    }

    [Fact]
    public async Task ReadCurveAsync_NobodyThereAndServerDown_AreToldApart()
    {
        await SaveAsync((0, 3));
        await _folder.Minutes.SaveAsync([.. new[] { 0, 1, 3 }.Select(minute => new RoomMinute(null, Eight.AddMinutes(minute)))], Cancel);
        _folder.Time.SetUtcNow(Eight.AddMinutes(30));

        var curve = await _history.ReadCurveAsync(new CurveQuery { RoomId = "lobby", From = Eight, Until = Eight.AddMinutes(4) }, Cancel);

        Assert.Equal([(3, 1), (0, 1), (0, 0), (0, 1)], curve.Points.Select(point => (point.Peak, point.Recorded)));
    }

    [Fact]
    public async Task ReadCurveAsync_AStepUnderWay_HoldsTheMinutesUpToItsEnd()
    {
        await SaveAsync((0, 3), (1, 3), (2, 3), (3, 5));
        _folder.Time.SetUtcNow(Eight.AddMinutes(4.2));

        var curve = await _history.ReadCurveAsync(new CurveQuery { RoomId = "lobby", From = Eight.AddMinutes(-30), Until = Eight.AddMinutes(30), Step = HistoryStep.Quarter }, Cancel);

        var point = curve.Points[^1];
        Assert.Equal((Eight.AddMinutes(3), 3, 3, TimeSpan.FromMinutes(9)), (point.Span.Until, point.Recorded, point.Peak, point.Viewers));
    }

    [Theory]
    [InlineData(20_000, 0)]
    [InlineData(19_000, 1)]
    public async Task ReadBroadcastAsync_LiveWithManyVisits_IsComputedOnceInTenSeconds(int visits, int seenAtOnce)
    {
        await _folder.AddBroadcastAsync("lobby", Eight, endedAt: null);
        await _folder.WriteAsync([.. Enumerable.Range(0, visits).Select(number => Visit($"user {number % 500}", number / 500, (number / 500) + 0.5))]);
        _folder.Time.SetUtcNow(Eight.AddMinutes(60));
        Assert.Equal(visits, (await _history.ReadBroadcastAsync(1, Cancel))!.Broadcast.Figures!.Joins);
        await _folder.WriteAsync(Visit("late", 50, 51));

        _folder.Time.SetUtcNow(Eight.AddMinutes(60).AddSeconds(9));
        Assert.Equal(visits + seenAtOnce, (await _history.ReadBroadcastAsync(1, Cancel))!.Broadcast.Figures!.Joins);

        _folder.Time.SetUtcNow(Eight.AddMinutes(60).AddSeconds(10));
        Assert.Equal(visits + 1, (await _history.ReadBroadcastAsync(1, Cancel))!.Broadcast.Figures!.Joins);
    }

    private Task SaveAsync(params (int Minute, int Viewers)[] minutes) => _folder.Minutes.SaveAsync(
        [.. minutes.Select(minute => new RoomMinute("lobby", Eight.AddMinutes(minute.Minute)) { Viewers = TimeSpan.FromMinutes(minute.Viewers), Peak = minute.Viewers })], Cancel);
}
