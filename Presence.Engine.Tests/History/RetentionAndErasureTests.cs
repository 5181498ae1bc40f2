using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Alerts;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
using Presence.Engine.Storage;
using Presence.Engine.Webhooks;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

public sealed class RetentionAndErasureTests : IAsyncLifetime
{
    private HistoryFolder _folder = null!;
    private HistorySettingsStore _settings = null!;
    private PresenceEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = await OpenAsync();
        _settings = new HistorySettingsStore(_folder.Database);
        _engine = new PresenceEngine(_folder.Time, PresenceSettings.Default, new PresenceLimits());
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        _settings.Dispose();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task RunAsync_EachKind_GoesWhenItsDaysAreOver()
    {
        await FillAsync();
        var told = new List<long>();
        var retention = new HistoryRetention(_folder.Database, _settings);
        await PassAsync(days: 1); // from now on the clock is believed

        var counts = new List<(int Minutes, int Quarters, int Visits, int People, int Broadcasts, int Events, int Rooms)>();
        foreach (var day in (int[])[29, 32, 89, 92, 179, 182, 729, 732])
        {
            await PassAsync(day - (_folder.Time.GetUtcNow() - Eight).Days);
            await retention.RunAsync(new Telling(told), Cancel);
            counts.Add(await CountAsync());
        }

        Assert.Equal(
            [
                (3, 2, 3, 2, 1, 2, 2), (0, 2, 3, 2, 1, 2, 2), (0, 2, 3, 2, 1, 2, 2), (0, 2, 0, 0, 1, 2, 1), (0, 2, 0, 0, 1, 2, 1),
                (0, 2, 0, 0, 1, 1, 1), (0, 2, 0, 0, 1, 1, 1), (0, 0, 0, 0, 0, 1, 0), // the last act of the chain stays
            ],
            counts);
        Assert.Contains(3, told);
    }

    [Fact]
    public async Task RunAsync_ClockSetForward_DeletesNothing()
    {
        await FillAsync();
        _folder.Time.SetUtcNow(Eight.AddYears(5));

        var deleted = await new HistoryRetention(_folder.Database, _settings).RunAsync(null, Cancel);

        Assert.Equal(0, deleted.Total);
        Assert.Equal((3, 2, 3, 2, 1, 2, 2), await CountAsync());
    }

    [Fact]
    public async Task RunAsync_MoreRowsThanAPiece_DeletesAllOfTheOldAndNoneOfTheNew()
    {
        await _folder.WriteAsync([.. Enumerable.Range(0, 3_000).Select(number => Visit($"user {number % 50}", number * 0.01, (number * 0.01) + 5, room: $"room {number % 3}"))]);
        await PassAsync(days: 89);
        await _folder.WriteAsync([.. Enumerable.Range(0, 500).Select(number => Visit($"user {number % 50}", (60 * 24 * 89) + number, (60 * 24 * 89) + number + 5, room: "room 1"))]);
        await PassAsync(days: 3);

        var deleted = await new HistoryRetention(_folder.Database, _settings).RunAsync(null, Cancel);

        Assert.Equal((3_000, 0), (deleted.Visits, deleted.People));
        Assert.Equal((500, 1), ((await CountAsync()).Visits, (await CountAsync()).Rooms));
    }

    [Fact]
    public async Task ChangeAsync_Settings_AreStoredAndVersioned()
    {
        var changed = await _settings.ChangeAsync(HistorySettings.Default with { AttendanceDays = 30, Zone = "Europe/Berlin", EmptyGap = TimeSpan.FromMinutes(10) }, "mia", "law", 0, Cancel);
        using var again = new HistorySettingsStore(_folder.Database);
        await again.LoadAsync(Cancel);

        Assert.Equal((1, "mia", 30), (changed.Version, changed.UpdatedBy, changed.AttendanceDays));
        Assert.Equal(changed, again.Current);
        Assert.Equal("Europe/Berlin", again.Zone.Id);
        Assert.Same(again.Current, await again.ChangeAsync(changed, "ben", null, null, Cancel));
        await Assert.ThrowsAsync<HistorySettingsConflictException>(() => again.ChangeAsync(changed with { EventDays = 7 }, "ben", null, 0, Cancel));
    }

    [Theory]
    [InlineData("minuteDays", "1 to 366, not 0")]
    [InlineData("quarterDays", "at least minuteDays (30), not 10")]
    [InlineData("attendanceDays", "1 to 3660, not 4000")]
    [InlineData("zone", "Europe/Berlin")]
    [InlineData("emptyGapSeconds", "0 to 86400, not 90000")]
    public async Task ChangeAsync_AgainstTheRules_NamesFieldAndRule(string field, string rule)
    {
        var settings = field switch
        {
            "minuteDays" => HistorySettings.Default with { MinuteDays = 0 },
            "quarterDays" => HistorySettings.Default with { QuarterDays = 10 },
            "attendanceDays" => HistorySettings.Default with { AttendanceDays = 4_000 },
            "zone" => HistorySettings.Default with { Zone = "Mars/Olympus" },
            _ => HistorySettings.Default with { EmptyGap = TimeSpan.FromHours(25) },
        };

        var refused = await Assert.ThrowsAsync<HistorySettingsRefusedException>(() => _settings.ChangeAsync(settings, "mia", null, null, Cancel));

        Assert.Equal(field, Assert.Single(refused.Problems).Field);
        Assert.Contains(rule, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EraseAsync_PersonInEveryTable_IsNamedNowhereAndKeepsCounting()
    {
        using var person = new PersonWorld(_folder, _engine, _settings);
        await person.PlantAsync("planted-id", "Planted Name");
        var before = (await _folder.RowsAsync(context => context.Visits)).Count;
        await using (var context = _folder.Database.CreateDbContext())
        {
            // Every table that can name a person does, or the test would miss one.
            var naming = context.Model.GetEntityTypes().Where(entity => entity.FindProperty("UserId") is not null).Select(entity => entity.GetTableName()!).Append("Channels").Append("Draws");
            Assert.Equal(naming.Order(), (await FindAsync("planted")).Append("Memberships").Distinct().Order());
        }

        var erased = await person.Data.EraseAsync("planted-id", bansToo: true, "ada", Cancel);

        Assert.Empty(await FindAsync("planted"));
        Assert.Equal(new ErasedPerson(Profile: true, Visits: 2, Bans: 2, Channels: 1, Switch: true) { Invitations = 1, Notes = 2 }, erased);
        Assert.Equal(before, (await _folder.RowsAsync(context => context.Visits)).Count);
        Assert.Equal([1], (await _folder.RowsAsync(context => context.Draws)).Select(draw => draw.Erased));
        Assert.Equal(["", ""], (await person.History.ReadAttendanceAsync(new AttendanceQuery { From = Eight, Until = Eight.AddHours(1), RoomId = "lobby" }, Cancel)).Items.Where(visit => visit.UserId != "other").Select(visit => visit.UserId));
        Assert.False((await person.Data.EraseAsync("planted-id", bansToo: true, "ada", Cancel)).IsKnown);
    }

    [Fact]
    public async Task EraseAsync_BansKept_StayInForce()
    {
        using var person = new PersonWorld(_folder, _engine, _settings);
        await person.PlantAsync("planted-id", "Planted Name");

        await person.Data.EraseAsync("planted-id", bansToo: false, "ada", Cancel);

        Assert.Equal(["Removals"], (await FindAsync("planted")).Distinct());
        Assert.NotNull(_engine.RemovalOf("planted-id", "lobby"));
    }

    [Fact]
    public async Task EraseAsync_BansKept_NameNobodyOnceTheyHaveEnded()
    {
        using var person = new PersonWorld(_folder, _engine, _settings);
        await person.PlantAsync("planted-id", "Planted Name");
        await person.Removals.LiftAsync("planted-id", "stage", "mia", Cancel);
        Assert.Equal(2, (await person.Removals.OfUserAsync("planted-id", Cancel)).Count);

        await person.Data.EraseAsync("planted-id", bansToo: false, "ada", Cancel);
        Assert.Equal("lobby", Assert.Single(await person.Removals.OfUserAsync("planted-id", Cancel)).Removal.RoomId);
        _folder.Time.Advance(TimeSpan.FromDays(2));
        await person.Removals.PruneAsync(Cancel);

        Assert.Empty(await person.Removals.OfUserAsync("planted-id", Cancel));
    }

    [Fact]
    public async Task RunAsync_PastBans_AreKeptAsLongAsEvents()
    {
        using var person = new PersonWorld(_folder, _engine, _settings);
        await person.PlantAsync("planted-id", "Planted Name");
        await person.Removals.LiftAsync("planted-id", "stage", "mia", Cancel);
        _folder.Time.Advance(TimeSpan.FromDays(3));
        await person.Removals.PruneAsync(Cancel);
        await new HistoryRetention(_folder.Database, _settings).RunAsync(null, Cancel);
        Assert.Equal(2, (await person.Removals.OfUserAsync("planted-id", Cancel)).Count);

        _folder.Time.Advance(TimeSpan.FromDays(_settings.Current.EventDays));
        await new HistoryRetention(_folder.Database, _settings).RunAsync(null, Cancel);

        Assert.Empty(await person.Removals.OfUserAsync("planted-id", Cancel));
    }

    [Fact]
    public async Task ExportAsync_PersonInEveryTable_NamesAllOfIt()
    {
        using var person = new PersonWorld(_folder, _engine, _settings);
        await person.PlantAsync("planted-id", "Planted Name");
        using var output = new MemoryStream();

        await person.Data.ExportAsync("planted-id", output, "ada", Cancel);

        using var document = JsonDocument.Parse(output.ToArray());
        var root = document.RootElement;
        Assert.Equal("Planted Name", root.GetProperty("profile").GetProperty("displayName").GetString());
        Assert.False(root.GetProperty("presenceSwitch").GetProperty("enabled").GetBoolean());
        Assert.Equal("friends", root.GetProperty("channels")[0].GetString());
        Assert.Equal(["noise", "spam"], root.GetProperty("bans").EnumerateArray().Select(ban => ban.GetProperty("reason").GetString()!).Order());
        Assert.Equal("Pending", root.GetProperty("invitations")[0].GetProperty("status").GetString());
        Assert.Equal(["Trouble", null], root.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("flag").GetString()));
        Assert.Equal(("stage", "Trouble"), (root.GetProperty("alerts")[0].GetProperty("roomId").GetString(), root.GetProperty("alerts")[0].GetProperty("flag").GetString()));
        Assert.True(root.GetProperty("draws")[0].GetProperty("won").GetBoolean());
        Assert.Equal("s1", root.GetProperty("sessions")[0].GetProperty("sessionId").GetString());
        Assert.Equal(2, root.GetProperty("history").GetProperty("visits").GetInt32());
        Assert.Equal([600.0, 300.0], root.GetProperty("visits").EnumerateArray().Select(visit => visit.GetProperty("watchedSeconds").GetDouble()));
        Assert.Equal(["note.created", "note.created", "invitation.created", "ban.created", "ban.created", "person.exported"], root.GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("act").GetString()!));
        Assert.DoesNotContain("other", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    /// <summary>The tables in which a text is, whatever the column.</summary>
    private async Task<List<string>> FindAsync(string text)
    {
        await Task.Yield();
        using var connection = new SqliteConnection($"Data Source={_folder.Database.FilePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var tables = Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table'");
        return [.. tables.Where(table => Read(connection, $"SELECT * FROM \"{table}\"").Exists(value => value.Contains(text, StringComparison.OrdinalIgnoreCase))).Where(table => table != "Memberships")];
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var values = new List<string>();
        while (rows.Read())
        {
            for (var column = 0; column < rows.FieldCount; column++)
                values.Add(rows.GetValue(column) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(rows.GetValue(column), CultureInfo.InvariantCulture)!);
        }
        return values;
    }

    private async Task FillAsync()
    {
        await _folder.WriteAsync(Visit("ada", 0, 10), Visit("ben", 5, 15), Visit("ada", 20, 30, room: "stage"));
        await _folder.Minutes.SaveAsync([.. ((int[])[0, 1, 20]).Select(minute => new RoomMinute("lobby", Eight.AddMinutes(minute)) { Peak = 1, Viewers = TimeSpan.FromMinutes(1) })], Cancel);
        await _folder.AddBroadcastAsync("lobby", 0, 15);
        using var rooms = new RoomStore(_folder.Database, _engine);
        await rooms.DefineAsync("stage", new RoomDefinition { Title = "Stage" }, "mia", null, Cancel);
        await rooms.DefineAsync("stage", new RoomDefinition { Title = "Big stage" }, "mia", null, Cancel);
    }

    /// <summary>Lets days pass while the product runs.</summary>
    private async Task PassAsync(int days)
    {
        await Task.Yield();
        for (var hour = 0; hour < days * 24; hour += 6)
        {
            _folder.Time.Advance(TimeSpan.FromHours(6));
            _folder.Database.LongAgo();
        }
    }

    private async Task<(int Minutes, int Quarters, int Visits, int People, int Broadcasts, int Events, int Rooms)> CountAsync()
    {
        await Task.Yield();
        await using var context = _folder.Database.CreateDbContext();
        return (
            context.Minutes.Count(minute => minute.Step == MinuteStep.Minute), context.Minutes.Count(minute => minute.Step == MinuteStep.Quarter), context.Visits.Count(),
            context.HistoryPeople.Count(), context.Broadcasts.Count(), context.Audit.Count(), context.HistoryRooms.Count());
    }

    private sealed class Telling(List<long> told) : IProgress<HistoryDeleted>
    {
        public void Report(HistoryDeleted value) => told.Add(value.Total);
    }

    /// <summary>The stores in which a person is named.</summary>
    private sealed class PersonWorld : IDisposable
    {
        private readonly HistoryFolder _folder;
        private readonly PresenceEngine _engine;
        private readonly UserPresenceSettingStore _switches;
        private readonly ChannelStore _channels;
        private readonly RemovalStore _removals;
        private readonly StageStore _stages;
        private readonly ViewerNoteStore _notes;
        private readonly WatchedArrivals _arrivals;
        private readonly AlertWatch _alerts;

        public PersonWorld(HistoryFolder folder, PresenceEngine engine, HistorySettingsStore settings)
        {
            (_folder, _engine) = (folder, engine);
            (_switches, _channels, _removals) = (new(folder.Database, engine), new(folder.Database, engine), new(folder.Database, engine));
            _stages = new StageStore(folder.Database, engine);
            _notes = new ViewerNoteStore(folder.Database);
            _arrivals = new WatchedArrivals(engine, _notes);
            _alerts = new AlertWatch(new LocalPresence(engine), new AlertStore(folder.Database), _arrivals, folder.Time);
            History = folder.Look(settings);
            Data = new PersonData(folder.Database, engine, History, _switches, _channels, _removals, _stages, _notes, _alerts);
        }

        public HistoryQueries History { get; }

        public PersonData Data { get; }

        public RemovalStore Removals => _removals;

        public async Task PlantAsync(string userId, string name)
        {
            using var webhooks = new WebhookStore(_folder.Database);
            await webhooks.CreateAsync("https://example.com/", new WebhookFilter([], [], []), "mia", Cancel);
            await new UserStore(_folder.Database).ChangeAsync(userId, new UserChange(name, "https://example.com/planted.png", """{"planted":true}"""), null, Cancel);
            await _switches.SetAsync(userId, enabled: false, Cancel);
            await _channels.SetMembersAsync("friends", ["other", userId], Cancel);
            await _channels.SetMembersAsync("strangers", ["other"], Cancel);
            using var memberships = new MembershipStore(_folder.Database, _engine);
            await memberships.RestoreAsync(Cancel);
            _engine.Heartbeat(new Heartbeat { RoomId = "side", UserId = userId, SessionId = "s1" });
            await memberships.FlushAsync(Cancel);
            await _notes.AddAsync(userId, new NoteDraft("planted: speaks French"), "mia", Cancel);
            await _notes.AddAsync(userId, new NoteDraft("", ViewerFlag.Trouble), "mia", Cancel);
            await _alerts.SaveRuleAsync(new AlertRule { Kind = AlertKind.Watched, Prefix = "" }, "mia", Cancel);
            await _arrivals.PassAsync(Cancel);
            _engine.Heartbeat(new Heartbeat { RoomId = "stage", UserId = userId, SessionId = "s2" });
            await _arrivals.PassAsync(Cancel);
            await _alerts.PassAsync(Cancel);
            _engine.Leave("stage", userId, "s2");
            Assert.Equal(userId, Assert.Single(_alerts.Open).UserId);
            Assert.NotNull(await _stages.InviteAsync("side", userId, InvitationRules.Default, "mia", Cancel));
            using var draws = new DrawStore(_folder.Database, _engine);
            await draws.DrawAsync("side", (await draws.PrepareAsync("side", 1, new DrawFilter { Search = userId }, "mia", Cancel)).Id, "mia", Cancel);
            await draws.PrepareAsync("side", 1, new DrawFilter { Search = name }, "mia", Cancel);
            await _removals.RemoveAsync(new Removal(userId, "lobby", _folder.Time.GetUtcNow().AddDays(1), "spam"), "mia", Cancel);
            await _removals.RemoveAsync(new Removal(userId, "stage", _folder.Time.GetUtcNow().AddDays(1), "noise"), "mia", Cancel);
            await _folder.WriteAsync(Visit(userId, 0, 5), Visit(userId, 10, 20, reason: LeaveReason.Timeout), Visit("other", 0, 20));
        }

        public void Dispose()
        {
            _switches.Dispose();
            _channels.Dispose();
            _removals.Dispose();
            _stages.Dispose();
            _notes.Dispose();
            _arrivals.Dispose();
            _alerts.Dispose();
        }
    }
}
