using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Engine.History;
using Presence.Engine.Storage;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

/// <summary>Who is in a room for the first time, and who came back.</summary>
public sealed class RegularsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private HistoryFolder _folder = null!;
    private HistorySettingsStore _settings = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = await OpenAsync();
        _settings = new HistorySettingsStore(_folder.Database);
    }

    public async ValueTask DisposeAsync()
    {
        _settings.Dispose();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task ReadRegularsAsync_BroadcastsThatEnded_AreCountedOnceEach()
    {
        await _folder.AddBroadcastAsync("lobby", 0, 60);
        await _folder.AddBroadcastAsync("lobby", 120, 180);
        await _folder.AddBroadcastAsync("lobby", Eight.AddMinutes(240), endedAt: null); // the one that goes on
        await _folder.WriteAsync(
            Visit("ann", 0, 10), Visit("ann", 20, 30), Visit("ann", 130, 140), // two visits to one broadcast
            Visit("ben", 125, 150), Visit("ben", 0, 50, room: "stage"),
            Visit("cem", 245, 250), // a reload within this evening: not back, never away
            Visit("dee", 5, 6, room: "stage"));
        _folder.Time.SetUtcNow(Eight.AddMinutes(250));

        var read = await _folder.Look(_settings).ReadRegularsAsync("lobby", ["ann", "ben", "cem", "dee", "never"], Cancel);

        Assert.Equal(2, read.Ended);
        Assert.Equal(["ann", "ben"], read.Known.Keys.Order());
        Assert.Equal(new RoomRegular(2, Eight.AddMinutes(120)), read.Known["ann"]);
        Assert.Equal(new RoomRegular(1, Eight.AddMinutes(120)), read.Known["ben"]);
        Assert.Equal(0, (await _folder.Look(_settings).ReadRegularsAsync("nowhere", ["ann"], Cancel)).Ended);
    }

    [Fact]
    public async Task ReadRegularsAsync_RoomThatIsNeverEmpty_KnowsThoseOfHoursAgo()
    {
        await _folder.AddBroadcastAsync("lobby", Eight, endedAt: null);
        await _folder.WriteAsync(Visit("ann", 0, 10), Visit("ben", 400, 410));
        _folder.Time.SetUtcNow(Eight.AddMinutes(410));

        var read = await _folder.Look(_settings).ReadRegularsAsync("lobby", ["ann", "ben"], Cancel);

        Assert.Equal(0, read.Ended);
        Assert.Equal(new RoomRegular(0, null), Assert.Single(read.Known).Value);
        Assert.Equal("ann", read.Known.Keys.Single());
    }

    [Fact]
    public async Task ReadRegularsAsync_AmongManyVisits_LooksIntoTheIndexAlone()
    {
        // 400 broadcasts of one room, 500 people at each.
        await FillAsync(broadcasts: 400, people: 500);
        _folder.Time.SetUtcNow(Eight.AddDays(401));
        string[] page = [.. Enumerable.Range(0, PresenceLimits.Page).Select(person => $"user {person}")];
        var look = _folder.Look(_settings);
        var began = Stopwatch.GetTimestamp();

        var read = await look.ReadRegularsAsync("lobby", page, Cancel);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{PresenceLimits.Page} viewers among 200,000 visits: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms"));
        Assert.Equal((RoomRegulars.Broadcasts, PresenceLimits.Page), (read.Ended, read.Known.Count));
        Assert.All(read.Known.Values, regular => Assert.Equal(RoomRegulars.Broadcasts, regular.Attended));
        using var connection = new SqliteConnection($"Data Source={_folder.Database.FilePath};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(Cancel);
        using var plan = connection.CreateCommand();
        plan.CommandText = "EXPLAIN QUERY PLAN " + HistoryReader.RegularsSql.Replace("$1", "1", StringComparison.Ordinal).Replace("$2", "50", StringComparison.Ordinal).Replace("$3", "'[]'", StringComparison.Ordinal).Replace("$4", "0", StringComparison.Ordinal);
        using var rows = await plan.ExecuteReaderAsync(Cancel);
        var steps = new List<string>();
        while (await rows.ReadAsync(Cancel))
            steps.Add(rows.GetString(3));
        output.WriteLine(string.Join('\n', steps));
        Assert.Equal(2, steps.Count(step => step.StartsWith("SEARCH v ", StringComparison.Ordinal) && step.Contains("INDEX IX_Visits_PersonNo_JoinedAt (PersonNo=? AND JoinedAt", StringComparison.Ordinal)));
        Assert.Equal(2, steps.Count(step => step.StartsWith("SEARCH p ", StringComparison.Ordinal)));
        Assert.DoesNotContain(steps, step => step is "SCAN v" or "SCAN p"); // never the visits, never the people
    }

    /// <summary>Plain SQL: the writers would take a minute.</summary>
    private async Task FillAsync(int broadcasts, int people)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Database.FilePath};Pooling=False");
        await connection.OpenAsync(Cancel);
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            PRAGMA synchronous = OFF;
            BEGIN;
            INSERT INTO "HistoryRooms" ("No", "RoomId") VALUES (1, 'lobby');
            INSERT INTO "HistoryDevices" ("No", "Name", "AppVersion") VALUES (1, '', '');
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {people})
            INSERT INTO "HistoryPeople" ("No", "UserId", "IsGuest", "FirstSeenAt", "LastSeenAt", "Visits", "WatchedMilliseconds") SELECT i + 1, 'user ' || i, 0, 0, 0, 0, 0 FROM n;
            WITH RECURSIVE b(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM b WHERE i + 1 < {broadcasts})
            INSERT INTO "Broadcasts" ("RoomNo", "StartedAt", "HadViewers", "EndedAt", "End", "Peak", "PresentMilliseconds", "WatchedMilliseconds", "HiddenMilliseconds", "Users", "Guests", "Joins", "MedianStayMilliseconds", "Returning")
            SELECT 1, {Eight.ToUnixTimeMilliseconds()} + i * 86400000, 1, {Eight.ToUnixTimeMilliseconds()} + i * 86400000 + 7200000, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM b;
            WITH RECURSIVE b(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM b WHERE i + 1 < {broadcasts}), n(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM n WHERE j + 1 < {people})
            INSERT INTO "Visits" ("RoomNo", "JoinedAt", "PersonNo", "StayedMilliseconds", "UnseenMilliseconds", "HiddenMilliseconds", "Reason", "DeviceNo")
            SELECT 1, {Eight.ToUnixTimeMilliseconds()} + i * 86400000 + j, j + 1, 60000, 0, 0, 0, 1 FROM b, n;
            COMMIT;
            """;
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
