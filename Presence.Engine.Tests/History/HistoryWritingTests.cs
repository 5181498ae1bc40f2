using Microsoft.Data.Sqlite;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class HistoryWritingTests : IAsyncLifetime
{
    private HistoryFolder _history = null!;

    public async ValueTask InitializeAsync() => _history = await OpenAsync();

    public ValueTask DisposeAsync() => _history.DisposeAsync();

    [Fact]
    public async Task Write_Visit_IsStoredWithItsPersonAndDevice()
    {
        await _history.WriteAsync(Visit("ada", 0, 30, unseen: 1, hidden: 5, reason: LeaveReason.Timeout) with { Device = new SessionDevice("Android", "4.2.1") });

        var visit = Assert.Single(await _history.RowsAsync(context => context.Visits));
        Assert.Equal(
            (Eight, 30 * 60_000, 60_000, 5 * 60_000, LeaveReason.Timeout),
            (visit.JoinedAt, visit.StayedMilliseconds, visit.UnseenMilliseconds, visit.HiddenMilliseconds, visit.Reason));
        var person = Assert.Single(await _history.RowsAsync(context => context.HistoryPeople));
        Assert.Equal(("ada", Eight, Eight.AddMinutes(30), 1, 29 * 60_000), (person.UserId, person.FirstSeenAt, person.LastSeenAt, person.Visits, person.WatchedMilliseconds));
        var device = Assert.Single(await _history.RowsAsync(context => context.HistoryDevices));
        Assert.Equal(("Android", "4.2.1"), (device.Name, device.AppVersion));
        Assert.Equal((person.No, device.No), (visit.PersonNo, visit.DeviceNo));
    }

    [Fact]
    public async Task Write_SameVisitTwice_IsOneRowTheLongerOneAndCountsOnce()
    {
        await _history.WriteAsync(Visit("ada", 0, 30), Visit("ada", 0, 40, reason: LeaveReason.Timeout, unseen: 1), Visit("ada", 0, 20));

        var visit = Assert.Single(await _history.RowsAsync(context => context.Visits));
        Assert.Equal((40 * 60_000, 60_000, LeaveReason.Timeout), (visit.StayedMilliseconds, visit.UnseenMilliseconds, visit.Reason));
        var person = Assert.Single(await _history.RowsAsync(context => context.HistoryPeople));
        Assert.Equal((1, 39 * 60_000, Eight.AddMinutes(40)), (person.Visits, person.WatchedMilliseconds, person.LastSeenAt));
    }

    [Fact]
    public async Task Write_ManyVisits_RoomsPeopleAndDevicesAreNumberedOnce()
    {
        await _history.WriteAsync(Visit("ada", 0, 1), Visit("ben", 0, 1), Visit("ada", 2, 3), Visit("ada", 0, 1, room: "stage"));

        Assert.Equal(["lobby", "stage"], (await _history.RowsAsync(context => context.HistoryRooms)).Select(room => room.RoomId));
        Assert.Equal([("ada", 3), ("ben", 1)], (await _history.RowsAsync(context => context.HistoryPeople)).Select(person => (person.UserId!, (int)person.Visits)));
        Assert.Single(await _history.RowsAsync(context => context.HistoryDevices));
        Assert.Equal(4, (await _history.RowsAsync(context => context.Visits)).Count);
    }

    [Fact]
    public async Task Write_ClockSetBackWithinAVisit_NothingIsNegative()
    {
        await _history.WriteAsync(Visit("ada", 10, 5, unseen: 1, hidden: 2));

        var visit = Assert.Single(await _history.RowsAsync(context => context.Visits));
        Assert.Equal((0, 0, 0), (visit.StayedMilliseconds, visit.UnseenMilliseconds, visit.HiddenMilliseconds));
    }

    [Fact]
    public async Task SaveAsync_Minutes_AddUpToTheirQuarter()
    {
        await _history.Minutes.SaveAsync([Minute(0, peak: 3, joins: 2), Minute(14, peak: 7, joins: 1), Minute(15, peak: 4, joins: 5), Minute(0, peak: 9, joins: 9, room: null)], Cancel);

        var rows = await _history.RowsAsync(context => context.Minutes.Where(minute => minute.RoomNo != HistoryTables.Network).OrderBy(minute => minute.Step).ThenBy(minute => minute.At));
        Assert.Equal([(0, 3, 2), (14, 7, 1), (15, 4, 5)], rows.Where(row => row.Step == MinuteStep.Minute).Select(row => ((int)(row.At - Eight).TotalMinutes, row.Peak, row.Joins)));
        Assert.Equal([(0, 7, 3, 2), (15, 4, 5, 1)], rows.Where(row => row.Step == MinuteStep.Quarter).Select(row => ((int)(row.At - Eight).TotalMinutes, row.Peak, row.Joins, row.Recorded)));
        Assert.Equal(120_000, rows.Single(row => row is { Step: MinuteStep.Quarter, Joins: 3 }).ViewersMilliseconds);
    }

    [Fact]
    public async Task SaveAsync_SameMinuteAgainAfterARestart_SumsAreAddedAndThePeakIsTheHigher()
    {
        await _history.Minutes.SaveAsync([Minute(0, peak: 3, joins: 2)], Cancel);
        await _history.Minutes.SaveAsync([Minute(0, peak: 2, joins: 1)], Cancel);

        var rows = await _history.RowsAsync(context => context.Minutes.OrderBy(minute => minute.Step));
        Assert.Equal([(1, 3, 3, 120_000L, 4), (1, 3, 3, 120_000L, 4)], rows.Select(row => (row.Recorded, row.Peak, row.Joins, row.ViewersMilliseconds, row.TimedOut)));
    }

    [Fact]
    public async Task SaveAsync_GivenUp_WritesItWithTheNextCallOnce()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _history.Minutes.SaveAsync([Minute(0, peak: 1, joins: 1)], stopped.Token));
        await _history.Minutes.SaveAsync([Minute(1, peak: 2, joins: 2)], Cancel);
        await _history.Minutes.SaveAsync([], Cancel);

        var rows = await _history.RowsAsync(context => context.Minutes.Where(minute => minute.Step == MinuteStep.Minute).OrderBy(minute => minute.At));
        Assert.Equal([1, 2], rows.Select(row => row.Joins));
    }

    [Fact]
    public async Task Tables_OfManyRows_AreClusteredByTheirKey()
    {
        await using var context = _history.Database.CreateDbContext();
        var clustered = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.SqlQueryRaw<string>(
            context.Database, "SELECT name AS Value FROM pragma_table_list WHERE wr = 1 ORDER BY name");

        Assert.Equal(["Minutes", "Visits"], clustered);
    }

    [Theory]
    [InlineData("Visits", null)]
    [InlineData("Minutes", null)]
    [InlineData("HistoryPeople", "damaged")]
    [InlineData("Memberships", "damaged")]
    public async Task DamageAtStart_OfALargeFile_LooksAtEverythingButHistory(string table, string? found)
    {
        await _history.WriteAsync(Visit("ada", 0, 30));
        await new Checkpointer(_history.Database).CheckpointAsync(Cancel);
        var copy = Path.Combine(_history.Database.Folder, "copy.db");
        File.Copy(_history.Database.FilePath, copy);
        using (var connection = Open(copy))
        {
            Assert.Null(DatabaseGuards.DamageAtStart(connection, largest: 0));
            using var root = connection.CreateCommand();
            root.CommandText = $"SELECT (rootpage - 1) * 4096 FROM sqlite_master WHERE name = '{table}'";
            using var file = File.OpenWrite(copy);
            file.Position = (long)root.ExecuteScalar()!;
            file.Write([255, 255, 255, 255, 255, 255, 255, 255]);
        }

        using var damaged = Open(copy);

        Assert.Equal(found is null, DatabaseGuards.DamageAtStart(damaged, largest: 0) is null);
        Assert.NotNull(DatabaseGuards.DamageAtStart(damaged));

        static SqliteConnection Open(string path)
        {
            var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            return connection;
        }
    }

    private static RoomMinute Minute(int minute, int peak, int joins, string? room = "lobby") => new(room, Eight.AddMinutes(minute))
    {
        Viewers = TimeSpan.FromMinutes(1),
        Peak = peak,
        Joins = joins,
        Leaves = new LeaveCounts(0, 2, 0, 0, 0),
    };
}
