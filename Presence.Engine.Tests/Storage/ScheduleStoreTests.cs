using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class ScheduleStoreTests : AdministrationTest
{
    private Stores _stores = null!;

    [Fact]
    public async Task PassAsync_Network_BeginsGoesBackAndRecordsBothSwitches()
    {
        await StartAsync();
        var made = await _stores.Schedules.ScheduleAsync(In(10, 130, Values(50, 120)) with { Reason = "finals" }, "ada", Cancel);
        Assert.Equal((ScheduleState.Waiting, 30), (made.State, Interval()));

        await PassAtAsync(10);
        Assert.Equal((ScheduleState.InForce, 50, "schedule of ada"), (Only().State, Interval(), Engine.Settings.UpdatedBy));
        Assert.Equal(TimeSpan.FromSeconds(60), Only().Before!.PresenceTimeout);

        await PassAtAsync(129);
        Assert.Equal(50, Interval());
        await PassAtAsync(130);
        Assert.Equal((ScheduleState.Over, 30, 3), (Only().State, Interval(), Engine.Settings.Version));
        Assert.Equal(
            [(AuditActs.SettingsChanged, "schedule of ada", "finals"), (AuditActs.SettingsChanged, "schedule of ada", "finals"), (AuditActs.ScheduleCreated, "ada", "finals")],
            (await new AuditLog(Database).ListAsync(new AuditQuery(), 10, Cancel)).Select(act => (act.Act, act.Actor, act.Reason!)));
    }

    [Fact]
    public async Task PassAsync_RoomAndPrefix_HoldForTheirTimeAndTakeNothingElseBack()
    {
        await StartAsync();
        await _stores.Rooms.DefineAsync("class-1", new RoomDefinition { Title = "Owls" }, "ada", null, Cancel);
        await _stores.Schedules.ScheduleAsync(In(0, 60, Values(20, null)) with { RoomId = "class-1" }, "ada", Cancel);
        await _stores.Schedules.ScheduleAsync(In(0, 60, new RoomOverrides { Enabled = false }) with { Prefix = "class-" }, "ada", Cancel);

        Assert.Equal((20, false), (Engine.Effective("class-1").Values.HeartbeatInterval.TotalSeconds, Engine.Effective("class-1").Values.Enabled));
        Assert.Equal("schedule of ada", _stores.Prefixes.Find("class-").UpdatedBy);
        await _stores.Rooms.DefineAsync("class-1", Engine.Definition("class-1") with { Title = "Cats" }, "ben", null, Cancel);

        await PassAtAsync(60);
        Assert.Equal(new RoomDefinition { Title = "Cats" }, Engine.Definition("class-1"));
        Assert.Empty(_stores.Prefixes.All);
        Assert.All(_stores.Schedules.All, change => Assert.Equal(ScheduleState.Over, change.State));
    }

    [Fact]
    public async Task PassAsync_ChangedByHandMeanwhile_StaysAndSaysWho()
    {
        await StartAsync();
        await _stores.Schedules.ScheduleAsync(In(0, 60, Values(50, 120)), "ada", Cancel);
        await _stores.Settings.ChangeAsync(new SettingsChange { Settings = EngineWorld.Seconds(40, 120), By = "ben" }, Cancel);

        await PassAtAsync(1);
        Assert.Equal((ScheduleState.Overtaken, "ben"), (Only().State, Only().Note));

        await PassAtAsync(60);
        Assert.Equal((40, 3), (Interval(), Engine.Settings.Version));
    }

    [Fact]
    public async Task PassAsync_OtherValuesChangedByHand_GoesBackAllTheSame()
    {
        await StartAsync();
        await _stores.Schedules.ScheduleAsync(In(0, 60, Values(50, 120)), "ada", Cancel);
        await _stores.Settings.ChangeAsync(new SettingsChange { Settings = Engine.Settings with { ListLimit = 50 }, By = "ben" }, Cancel);

        await PassAtAsync(60);

        Assert.Equal((ScheduleState.Over, 30, 50), (Only().State, Interval(), Engine.Settings.ListLimit));
    }

    [Fact]
    public async Task CancelAsync_InForce_GoesBackAtOnceByWhoeverCancels()
    {
        await StartAsync();
        var made = await _stores.Schedules.ScheduleAsync(In(0, 60, Values(50, 120)), "ada", Cancel);

        var cancelled = await _stores.Schedules.CancelAsync(made.Id, "ben", Cancel);

        Assert.Equal((ScheduleState.Cancelled, "ben", 30, "ben"), (cancelled!.State, cancelled.Note, Interval(), Engine.Settings.UpdatedBy));
        Assert.Equal(cancelled, await _stores.Schedules.CancelAsync(made.Id, "eve", Cancel));
        Assert.Null(await _stores.Schedules.CancelAsync("none", "eve", Cancel));
        Assert.Single(await new AuditLog(Database).ListAsync(new AuditQuery { Acts = [AuditActs.ScheduleCancelled] }, 10, Cancel));
    }

    [Fact]
    public async Task ScheduleAsync_FromThisVeryMoment_IsInForceWhenItReturns()
    {
        await StartAsync();
        Time.Advance(TimeSpan.FromTicks(5_001)); // between two milliseconds

        await _stores.Schedules.ScheduleAsync(In(0, 60, Values(50, 120)) with { From = Time.GetUtcNow() }, "ada", Cancel);

        Assert.Equal((ScheduleState.InForce, 50), (Only().State, Interval()));
    }

    [Fact]
    public async Task ScheduleAsync_SameSettingsAtTheSameTime_IsRefusedByName()
    {
        await StartAsync();
        var first = await _stores.Schedules.ScheduleAsync(In(10, 60, Values(50, 120)), "ada", Cancel);

        var overlap = await Assert.ThrowsAsync<ScheduleOverlapException>(() => _stores.Schedules.ScheduleAsync(In(59, 90, Values(20, null)), "ben", Cancel));
        Assert.Equal(first, overlap.Other);
        Assert.Contains("ada scheduled a change of the same settings from 2026-03-01T12:10:00Z until 2026-03-01T13:00:00Z", overlap.Message, StringComparison.Ordinal);

        await _stores.Schedules.ScheduleAsync(In(60, 90, Values(20, null)), "ben", Cancel); // right behind it
        await _stores.Schedules.ScheduleAsync(In(10, 60, Values(20, null)) with { RoomId = "lobby" }, "ben", Cancel);
        await PassAtAsync(10);
        await PassAtAsync(60);
        Assert.Equal((20, 60), (Interval(), Engine.Settings.PresenceTimeout.TotalSeconds)); // not on top of the first
    }

    [Theory]
    [InlineData(5, 30, ScheduleState.InForce, 50, 120)]
    [InlineData(5, 70, ScheduleState.Over, 30, 120)]
    [InlineData(30, 50, ScheduleState.InForce, 50, 120)]
    [InlineData(70, 200, ScheduleState.Missed, 30, 60)]
    public async Task ReloadAsync_AfterAStopOrASleep_AppliesWhatIsDueAndEndsWhatIsOver(int stoppedAt, int startedAt, ScheduleState state, int interval, int until)
    {
        await StartAsync();
        await _stores.Schedules.ScheduleAsync(stoppedAt == 70 ? In(80, 140, Values(50, 120)) : In(stoppedAt == 30 ? 40 : 0, 60, Values(50, 120)), "ada", Cancel);
        await PassAtAsync(stoppedAt);
        _stores.Dispose();
        Time.Advance(TimeSpan.FromMinutes(startedAt - stoppedAt));

        await RestartAsync();
        await StartAsync();

        Assert.Equal((state, interval), (Only().State, Interval()));
        await PassAtAsync(Math.Max(until, startedAt));
        Assert.Equal(30, Interval());
    }

    [Fact]
    public async Task PassAsync_SwitchThatCannotBeStored_IsNotMade()
    {
        await StartAsync();
        await _stores.Schedules.ScheduleAsync(In(10, 60, Values(50, 120)), "ada", Cancel);
        await ExecuteAsync("""CREATE TRIGGER "Broken" BEFORE INSERT ON "Schedules" BEGIN SELECT RAISE(ABORT, 'broken'); END""");

        Time.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<DbUpdateException>(() => _stores.Schedules.PassAsync(Cancel));
        Assert.Equal((1, ScheduleState.Waiting), (Engine.Settings.Version, Only().State));

        await ExecuteAsync("""DROP TRIGGER "Broken" """);
        await _stores.Schedules.PassAsync(Cancel);
        Assert.Equal((2, ScheduleState.InForce), (Engine.Settings.Version, Only().State));
    }

    [Fact]
    public async Task PassAsync_ValuesThatNoLongerGoTogether_AreRefusedAndSaySo()
    {
        await StartAsync();
        await _stores.Schedules.ScheduleAsync(In(10, 60, Values(55, null)), "ada", Cancel);
        await _stores.Settings.ChangeAsync(new SettingsChange { Settings = EngineWorld.Seconds(20, 40), By = "ben" }, Cancel);

        await PassAtAsync(10);

        Assert.Equal((ScheduleState.Refused, 20), (Only().State, Interval()));
        Assert.Contains("at least 5 s longer", Only().Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScheduleAsync_OverTheCap_IsRefusedAndThoseOverMakeWay()
    {
        await StartAsync();
        for (var i = 0; i < ScheduleRules.Most; i++)
            await _stores.Schedules.ScheduleAsync(In(10, 60, Values(20, null)) with { Prefix = $"p{i}-" }, "ada", Cancel);

        await Assert.ThrowsAsync<StoreFullException>(() => _stores.Schedules.ScheduleAsync(In(10, 60, Values(20, null)), "ada", Cancel));

        foreach (var change in _stores.Schedules.All.ToList())
            await _stores.Schedules.CancelAsync(change.Id, "ada", Cancel);
        var one = await _stores.Schedules.ScheduleAsync(In(10, 60, Values(20, null)), "ada", Cancel);
        await _stores.Schedules.CancelAsync(one.Id, "ada", Cancel);
        await using var context = Database.CreateDbContext();
        Assert.Equal((ScheduleStore.MostEnded, ScheduleStore.MostEnded), (_stores.Schedules.All.Count, await context.Schedules.CountAsync(Cancel)));
    }

    [Theory]
    [InlineData("r", "p", 0, 60, 20, "roomId or prefix, not both")]
    [InlineData("r/1", null, 0, 60, 20, "must not contain")]
    [InlineData(null, "p/1", 0, 60, 20, "prefix must not contain")]
    [InlineData(null, null, 0, 60, null, "at least one value")]
    [InlineData(null, null, 0, 60, 58, "at least 5 s longer")]
    [InlineData("r", null, 0, 60, 700, "between 1 s and 600 s")]
    [InlineData(null, null, -5, 60, 20, "in the past")]
    [InlineData(null, null, 600_000, 600_060, 20, "within 366 days")]
    [InlineData(null, null, 10, 10, 20, "lasts 1 minute to 31 days")]
    [InlineData(null, null, 0, 50_000, 20, "lasts 1 minute to 31 days")]
    public void ProblemOf_AgainstARule_SaysIt(string? roomId, string? prefix, int from, int until, int? interval, string message)
    {
        var change = In(from, until, Values(interval, null)) with { RoomId = roomId, Prefix = prefix };

        Assert.Contains(message, ScheduleRules.ProblemOf(change, PresenceSettings.Default, Start), StringComparison.Ordinal);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, ProofLength.Of("PRESENCE_SCHEDULE_SEEDS", usually: 2, full: 20))];

    /// <summary>Random schedules, cancellations, changes by hand, sleeps and restarts, against a list that is walked minute by minute.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Schedules_OfARandomLife_AreWhatANaiveModelSays(int seed)
    {
        await StartAsync();
        var random = new Random(seed);
        var model = new NaiveSchedules();
        for (var step = 0; step < 60; step++)
        {
            var story = await StepAsync(random, model);
            Assert.True(model.Held.SequenceEqual(Held()), $"seed {seed} step {step} {story}: {string.Join(" | ", model.Held)} expected, {string.Join(" | ", Held())} found");
            foreach (var (id, state) in model.States)
                Assert.True(_stores.Schedules.All.First(change => change.Id == id).State == state, $"seed {seed} step {step} {story}: {id} should be {state}, is {_stores.Schedules.All.First(change => change.Id == id)}");
        }
    }

    private async Task<string> StepAsync(Random random, NaiveSchedules model)
    {
        var target = random.Next(3);
        switch (random.Next(10))
        {
            case < 4:
                var from = random.Next(6);
                var change = In(from, from + random.Next(1, 8), AnyValues(random)) with { RoomId = target == 2 ? "p1" : null, Prefix = target == 1 ? "p" : null, };
                change = change with { From = Time.GetUtcNow().AddMinutes(from), Until = Time.GetUtcNow() + (change.Until - Start) };
                if (model.Overlaps(target, change.From, change.Until))
                {
                    await Assert.ThrowsAsync<ScheduleOverlapException>(() => _stores.Schedules.ScheduleAsync(change, "ada", Cancel));
                    return "overlap";
                }
                model.Add((await _stores.Schedules.ScheduleAsync(change, "ada", Cancel)).Id, target, change.Values, change.From, change.Until, Time.GetUtcNow());
                return $"schedule {target} {change.From:HH:mm} {change.Until:HH:mm} {change.Values}";
            case 4:
                if (model.AnyOpen(random) is not { } open)
                    return "nothing to cancel";
                await _stores.Schedules.CancelAsync(open, "ben", Cancel);
                model.Cancel(open);
                return $"cancel {open}";
            case 5:
                var by = target == 0 ? new RoomOverrides { Enabled = true, HeartbeatInterval = Any(random, 10, 15, 25), PresenceTimeout = Any(random, 70, 80) } : AnyValues(random);
                await ChangeByHandAsync(target, by);
                await _stores.Schedules.PassAsync(Cancel);
                model.ChangeByHand(target, by);
                return $"by hand {target} {by}";
            case < 8:
                Time.Advance(TimeSpan.FromMinutes(1));
                await _stores.Schedules.PassAsync(Cancel);
                model.WakeAt(Time.GetUtcNow());
                return "a minute";
            case 8:
                Time.Advance(TimeSpan.FromMinutes(random.Next(1, 12)));
                await _stores.Schedules.PassAsync(Cancel);
                model.WakeAt(Time.GetUtcNow());
                return "slept";
            default:
                _stores.Dispose();
                Time.Advance(TimeSpan.FromMinutes(random.Next(12)));
                await RestartAsync();
                await StartAsync();
                model.WakeAt(Time.GetUtcNow());
                return "restart";
        }
    }

    private async Task ChangeByHandAsync(int target, RoomOverrides values)
    {
        if (target == 0)
            await _stores.Settings.ChangeAsync(new SettingsChange { Settings = new PresenceSettings { HeartbeatInterval = values.HeartbeatInterval!.Value, PresenceTimeout = values.PresenceTimeout!.Value }, By = "ben" }, Cancel);
        else if (target == 1)
            await _stores.Prefixes.DefineAsync("p", values, "ben", null, Cancel);
        else
            await _stores.Rooms.DefineAsync("p1", new RoomDefinition { Overrides = values }, "ben", null, Cancel);
    }

    private RoomOverrides[] Held() =>
    [
        new() { Enabled = Engine.Settings.Enabled, HeartbeatInterval = Engine.Settings.HeartbeatInterval, PresenceTimeout = Engine.Settings.PresenceTimeout },
        _stores.Prefixes.Find("p").Overrides,
        Engine.Definition("p1").Overrides,
    ];

    private static RoomOverrides AnyValues(Random random)
    {
        var values = new RoomOverrides
        {
            Enabled = random.Next(4) == 0 ? random.Next(2) == 0 : null,
            HeartbeatInterval = random.Next(2) == 0 ? Any(random, 10, 20, 30) : null,
            PresenceTimeout = random.Next(2) == 0 ? Any(random, 60, 90, 120) : null,
        };
        return values == RoomOverrides.None ? new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(12) } : values;
    }

    private static TimeSpan Any(Random random, params int[] seconds) => TimeSpan.FromSeconds(seconds[random.Next(seconds.Length)]);

    private static readonly DateTimeOffset Start = new ManualTimeProvider().GetUtcNow();

    private static RoomOverrides Values(int? interval, int? timeout) => new()
    {
        HeartbeatInterval = interval is { } i ? TimeSpan.FromSeconds(i) : null,
        PresenceTimeout = timeout is { } t ? TimeSpan.FromSeconds(t) : null,
    };

    private static ScheduledChange In(int from, int until, RoomOverrides values) => new() { From = Start.AddMinutes(from), Until = Start.AddMinutes(until), Values = values };

    private ScheduledChange Only() => Assert.Single(_stores.Schedules.All);

    private double Interval() => Engine.Settings.HeartbeatInterval.TotalSeconds;

    private async Task PassAtAsync(int minute)
    {
        Time.Advance(Start.AddMinutes(minute) - Time.GetUtcNow());
        await _stores.Schedules.PassAsync(Cancel);
    }

    private async Task StartAsync()
    {
        _stores = new Stores(Database, Engine);
        await _stores.Rooms.ReloadAsync(Cancel);
        await _stores.Prefixes.ReloadAsync(Cancel);
        await _stores.Settings.LoadAsync(PresenceSettings.Default, Cancel);
        await _stores.Schedules.ReloadAsync(Cancel);
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var context = Database.CreateDbContext();
#pragma warning disable EF1002 // a test's own words
        await context.WriteAsync(() => context.Database.ExecuteSqlRawAsync(statement, Cancel), Cancel);
#pragma warning restore EF1002
    }

    private sealed class Stores : IDisposable
    {
        public Stores(PresenceDatabase database, PresenceEngine engine)
        {
            Settings = new SettingsStore(database, engine);
            Rooms = new RoomStore(database, engine);
            Prefixes = new RoomPrefixStore(database, engine);
            Schedules = new ScheduleStore(database, engine, Settings, Rooms, Prefixes);
        }

        public SettingsStore Settings { get; }

        public RoomStore Rooms { get; }

        public RoomPrefixStore Prefixes { get; }

        public ScheduleStore Schedules { get; }

        public void Dispose()
        {
            Schedules.Dispose();
            Settings.Dispose();
            Rooms.Dispose();
            Prefixes.Dispose();
        }
    }

    /// <summary>What schedules mean, walked minute by minute.</summary>
    private sealed class NaiveSchedules
    {
        private readonly List<Entry> _entries = [];
        private DateTimeOffset _walked = Start;

        public RoomOverrides[] Held { get; } = [new() { Enabled = true, HeartbeatInterval = TimeSpan.FromSeconds(30), PresenceTimeout = TimeSpan.FromSeconds(60) }, RoomOverrides.None, RoomOverrides.None];

        public IEnumerable<(string Id, ScheduleState State)> States => _entries.Select(entry => (entry.Id, entry.State));

        public bool Overlaps(int target, DateTimeOffset from, DateTimeOffset until) => _entries.Exists(entry => entry.IsOpen && entry.Target == target && from < entry.Until && entry.From < until);

        public string? AnyOpen(Random random) => _entries.FindAll(entry => entry.IsOpen) is { Count: > 0 } open ? open[random.Next(open.Count)].Id : null;

        public void Add(string id, int target, RoomOverrides values, DateTimeOffset from, DateTimeOffset until, DateTimeOffset now)
        {
            var entry = new Entry(id, target, values, from, until);
            _entries.Add(entry);
            if (from == now)
                Begin(entry);
        }

        public void Cancel(string id)
        {
            var entry = _entries.Find(known => known.Id == id)!;
            if (entry.State == ScheduleState.InForce)
                Held[entry.Target] = entry.Before;
            entry.State = ScheduleState.Cancelled;
        }

        public void ChangeByHand(int target, RoomOverrides values)
        {
            Held[target] = values;
            foreach (var entry in _entries.FindAll(entry => entry.State == ScheduleState.InForce && entry.Target == target && entry.Applied != values))
                entry.State = ScheduleState.Overtaken;
        }

        public void WakeAt(DateTimeOffset now)
        {
            for (; _walked < now; _walked = _walked.AddMinutes(1))
                Minute(_walked.AddMinutes(1), now);
        }

        private void Minute(DateTimeOffset minute, DateTimeOffset now)
        {
            foreach (var entry in _entries.FindAll(entry => entry.State == ScheduleState.InForce && entry.Until == minute))
            {
                Held[entry.Target] = entry.Before;
                entry.State = ScheduleState.Over;
            }
            foreach (var entry in _entries.FindAll(entry => entry.State == ScheduleState.Waiting && entry.From == minute))
            {
                if (entry.Until <= now)
                    entry.State = ScheduleState.Missed;
                else
                    Begin(entry);
            }
        }

        private void Begin(Entry entry)
        {
            entry.Before = Held[entry.Target];
            entry.Applied = new RoomOverrides
            {
                Enabled = entry.Values.Enabled ?? entry.Before.Enabled,
                HeartbeatInterval = entry.Values.HeartbeatInterval ?? entry.Before.HeartbeatInterval,
                PresenceTimeout = entry.Values.PresenceTimeout ?? entry.Before.PresenceTimeout,
            };
            Held[entry.Target] = entry.Applied;
            entry.State = ScheduleState.InForce;
        }

        private sealed class Entry(string id, int target, RoomOverrides values, DateTimeOffset from, DateTimeOffset until)
        {
            public string Id => id;

            public int Target => target;

            public RoomOverrides Values => values;

            public DateTimeOffset From => from;

            public DateTimeOffset Until => until;

            public ScheduleState State { get; set; }

            public RoomOverrides Before { get; set; } = RoomOverrides.None;

            public RoomOverrides Applied { get; set; } = RoomOverrides.None;

            public bool IsOpen => State is ScheduleState.Waiting or ScheduleState.InForce;
        }
    }
}
