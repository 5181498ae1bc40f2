using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;
using Presence.Engine.Tests.Storage;
using Presence.Engine.Tests.Support;
using static Presence.Engine.Tests.History.HistoryFolder;

namespace Presence.Engine.Tests.History;

/// <summary>
/// A random day of the whole engine on real files, with restarts, crashes, sleeps, bans and changes of settings: every figure of it equals
/// the one computed from the script of the day.
/// </summary>
public sealed class RecordedDayTests
{
    private static readonly HistoryStep[] Steps = [HistoryStep.Quarter, HistoryStep.Hour, HistoryStep.Day];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(ProofLength.Number("PRESENCE_DAY_SEED") ?? 1, ProofLength.Of("PRESENCE_DAY_SEEDS", usually: 2, full: 6))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Figures_OfARecordedDay_AreThoseOfItsScript(int seed)
    {
        await using var day = new RecordedDay(
            new Random(seed),
            viewers: ProofLength.Of("PRESENCE_DAY_VIEWERS", usually: 200, full: 5_000),
            rooms: ProofLength.Of("PRESENCE_DAY_ROOMS", usually: 8, full: 40),
            length: TimeSpan.FromHours(ProofLength.Of("PRESENCE_DAY_HOURS", usually: 3, full: 24)));
        await day.StartAsync();
        await day.LiveAsync(() => CompareAsync(day, isOver: false));
        await CompareAsync(day, isOver: true);
        TestContext.Current.SendDiagnosticMessage($"Seed {seed}: {day.Beats} heartbeats, {day.Naive.Of(null).Count} visits, {day.Naive.Broadcasts.Count} broadcasts.");
    }

    private static async Task CompareAsync(RecordedDay day, bool isOver)
    {
        await CompareBroadcastsAsync(day, isOver);
        await CompareMomentsAsync(day, isOver);
        if (!isOver)
            return;
        await CompareCurvesAsync(day);
        await ComparePeopleAsync(day);
        await CompareAttendanceAsync(day);
    }

    private static async Task CompareBroadcastsAsync(RecordedDay day, bool isOver)
    {
        var (naive, now) = (day.Naive, day.Now);
        foreach (var room in day.Rooms)
        {
            naive.Look(room, now);
            var expected = naive.Broadcasts.Where(broadcast => broadcast.Room == room && broadcast.HadViewers).OrderBy(broadcast => broadcast.StartedAt).ToList();
            var found = (await day.History.ReadBroadcastsAsync(new BroadcastQuery { RoomId = room, Take = 200 }, Cancel)).Items.Reverse().ToList();
            Assert.Equal(
                expected.Select(broadcast => (broadcast.StartedAt, broadcast.EndedAt, broadcast.End, broadcast.Title)),
                found.Select(broadcast => (broadcast.StartedAt, broadcast.EndedAt, broadcast.End, broadcast.Title)));
            for (var number = 0; number < found.Count; number++)
            {
                if (!isOver && !found[number].IsLive)
                    continue;
                var report = (await day.History.ReadBroadcastAsync(found[number].Id, Cancel))!;
                var figures = naive.Figures(expected[number], now);
                Assert.Equal(figures.Average, report.Broadcast.Figures!.Average, 6);
                Assert.Equal(figures, report.Broadcast.Figures with { Average = figures.Average });
                Assert.True(figures.WatchedEach <= (found[number].EndedAt ?? now) - found[number].StartedAt, "Nobody watches longer than a broadcast lasts.");
                Assert.Equal(
                    naive.Moments(expected[number], now).OrderByDescending(moment => Math.Abs(moment.Change)).ThenBy(moment => moment.From),
                    report.Moments.Select(moment => (moment.From, moment.Until, moment.Change)));
                foreach (var fall in report.Moments.Where(moment => moment.Change < 0))
                    Assert.Equal(naive.Of(room).Count(stay => stay.LeftAt > fall.From && stay.LeftAt <= fall.Until), fall.Finding!.Left);
                if (report.Usual is { } usual && isOver)
                {
                    var before = expected.Take(number).TakeLast(10).Select(broadcast => naive.Figures(broadcast, now)).ToList();
                    Assert.Equal((before.Count, before.Average(other => other.People), before.Average(other => other.Peak)), (usual.Broadcasts, usual.People, usual.Peak));
                }
                if (found[number].EndedAt is { } endedAt && endedAt < now.AddMinutes(-3))
                {
                    foreach (var point in report.Curve.Points)
                        Compare(day, room, point);
                    Assert.Equal(naive.Of(room).Count(stay => stay.LeftAt >= report.Curve.Points[0].Span.From && stay.LeftAt <= endedAt), report.Curve.Leaves.Total - naive.Of(room).Count(stay => stay.LeftAt > endedAt && stay.LeftAt < report.Curve.Points[^1].Span.Until));
                }
            }
        }
    }

    private static async Task CompareCurvesAsync(RecordedDay day)
    {
        foreach (var room in day.Rooms.Append(null))
        {
            for (var from = day.Begin; from < day.End; from = from.AddHours(8))
            {
                var minutes = await day.History.ReadCurveAsync(new CurveQuery { RoomId = room, From = from, Until = from.AddHours(8) < day.End ? from.AddHours(8) : day.End, Step = HistoryStep.Minute }, Cancel);
                foreach (var point in minutes.Points)
                    Compare(day, room, point);
            }
            foreach (var step in Steps)
            {
                foreach (var point in (await day.History.ReadCurveAsync(new CurveQuery { RoomId = room, From = day.Begin, Until = day.End, Step = step, Zone = day.Zone }, Cancel)).Points)
                    Compare(day, room, point);
            }
        }
    }

    private static void Compare(RecordedDay day, string? room, in CurvePoint point)
    {
        var expected = day.Naive.Point(room, point.Span, day.Now, out var highestPeak);
        Assert.InRange(point.Hidden, TimeSpan.Zero, point.Viewers);
        Assert.InRange(point.Peak, expected.Peak, highestPeak); // who timed out counts until the next sweep
        Assert.Equal((room, expected), (room, point with { Peak = expected.Peak, Hidden = day.Naive.IsReplayed(point.Span) ? expected.Hidden : point.Hidden }));
    }

    private static async Task CompareMomentsAsync(RecordedDay day, bool isOver)
    {
        var naive = day.Naive;
        for (var round = 0; round < 60; round++)
        {
            var room = day.Rooms[day.Random.Next(day.Rooms.Count)];
            var from = day.Begin + TimeSpan.FromMilliseconds(day.Random.NextInt64((long)(day.Now - day.Begin).TotalMilliseconds));
            var until = from + TimeSpan.FromSeconds(day.Random.Next(1, 7_200)) is var later && later < day.Now ? later : day.Now;
            if (until == from)
                continue;

            var here = naive.Of(room).Where(stay => stay.IsThere(from)).ToList();
            var moment = await day.History.ReadMomentAsync(room, from, cancellationToken: Cancel);
            Assert.Equal((here.Count, here.Count(stay => stay.IsGuest)), (moment.Viewers, moment.Guests));
            if (here.Count <= PresenceLimits.Page)
                Assert.Equal(here.Select(stay => (stay.User, stay.JoinedAt)).Order(), moment.Page.Select(visit => (visit.UserId, Milliseconds(visit.JoinedAt))).Order());

            var there = naive.Of(room).Where(stay => stay.IsThere(until)).Select(stay => stay.User).ToHashSet();
            var compared = await day.History.CompareMomentsAsync(room, from, until, cancellationToken: Cancel);
            Assert.Equal((here.Count, there.Count, here.Count(stay => there.Contains(stay.User))), (compared.Before, compared.After, compared.Stayed));
            var gone = here.Where(stay => !there.Contains(stay.User)).Select(stay => stay.User).ToHashSet();
            var came = there.Except(here.Select(stay => stay.User)).ToHashSet();
            if (gone.Count <= PresenceLimits.Page && came.Count <= PresenceLimits.Page)
            {
                Assert.Equal(gone.Order(), compared.Gone.Select(visit => visit.UserId).Order());
                Assert.Equal(came.Order(), compared.Came.Select(visit => visit.UserId).Order());
            }

            var drop = await day.History.ReadDropAsync(room, from, until, Cancel);
            var left = naive.Of(room).Where(stay => stay.LeftAt > from && stay.LeftAt <= until).Select(stay => stay.ToVisit(day.Now)).ToList();
            Assert.Equal((here.Count, there.Count), (drop.Before, drop.After));
            Assert.Equal(naive.Of(room).Count(stay => stay.JoinedAt > from && stay.JoinedAt <= until), drop.Joined);
            Assert.Equal(NaiveHistory.Leaves(left), drop.Left);
            Assert.Equal(NaiveHistory.Leaves(naive.Of(room).Where(stay => stay.LeftAt > from.AddMinutes(-15) && stay.LeftAt <= from).Select(stay => stay.ToVisit(day.Now))), drop.LeftBefore);
            Assert.Equal(left.CountBy(visit => visit.Device).OrderBy(device => device.Key.ToString()), drop.Devices.Select(device => KeyValuePair.Create(device.Device, device.Left)).OrderBy(device => device.Key.ToString()));
            if (isOver)
                Assert.All(drop.Devices, device => Assert.Equal(here.Count(stay => stay.ToVisit(day.Now).Device == device.Device), device.Present));
            Assert.All(drop.Stays, stay => Assert.Equal(left.Count(visit => visit.Watched >= stay.From && (stay.Until is null || visit.Watched < stay.Until)), stay.Left));
            Assert.Equal((left.Count, left.CountBy(visit => visit.Reason).Where(reason => reason.Value * 2 > left.Count).Select(reason => (reason.Key, reason.Value)).SingleOrDefault()), (drop.Finding.Left, (drop.Finding.Reason, drop.Finding.OfReason)));
        }
    }

    private static async Task ComparePeopleAsync(RecordedDay day)
    {
        foreach (var user in day.Naive.Users.Take(500))
        {
            var visits = day.Naive.OfUser(user).Where(stay => stay.IsOver).Select(stay => stay.ToVisit(day.Now)).ToList();
            var person = (await day.History.ReadPersonAsync(user, Cancel))!;
            Assert.Equal(
                (visits.Count, visits.Min(visit => visit.JoinedAt), visits.Max(visit => visit.LeftAt), visits.Aggregate(TimeSpan.Zero, (sum, visit) => sum + visit.Watched), visits[0].IsGuest),
                ((int)person.Visits, person.FirstSeenAt, person.LastSeenAt, person.Watched, person.IsGuest));
            Assert.Equal(visits.OrderBy(visit => visit.JoinedAt).ThenBy(visit => visit.RoomId), (await day.History.ReadVisitsAsync(user, cancellationToken: Cancel)).Items.OrderBy(visit => visit.JoinedAt).ThenBy(visit => visit.RoomId));
        }
    }

    private static async Task CompareAttendanceAsync(RecordedDay day)
    {
        foreach (var room in day.Rooms.Append(null))
        {
            var from = day.Begin + ((day.End - day.Begin) * day.Random.NextDouble() * 0.5);
            var until = from + ((day.End - day.Begin) * day.Random.NextDouble() * 0.5);
            var attendance = new List<Visit>();
            await foreach (var visit in day.History.StreamAttendanceAsync(new AttendanceQuery { RoomId = room, From = from, Until = until }, Cancel))
                attendance.Add(visit);
            Assert.Equal(
                InOrder(day.Naive.Of(room).Where(stay => stay.JoinedAt < Milliseconds(until) && stay.LeftAt > Milliseconds(from)).Select(stay => stay.ToVisit(day.Now))),
                InOrder(attendance));
        }

        static IEnumerable<Visit> InOrder(IEnumerable<Visit> visits) =>
            visits.OrderBy(visit => visit.RoomId, StringComparer.Ordinal).ThenBy(visit => visit.JoinedAt).ThenBy(visit => visit.UserId, StringComparer.Ordinal);
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}

/// <summary>Plays a random day on the engine and the naive computation alike.</summary>
internal sealed class RecordedDay : IAsyncDisposable
{
    private const int SettleSeconds = 30;

    private static readonly SessionDevice[] Devices = [new("Android", "4.2.0"), new("Android", "4.2.1"), new("iPhone", "4.2.1"), new("TV", "1.0"), new("web", null)];
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(2);

    private readonly DatabaseFolder _folder = new();
    private readonly ManualTimeProvider _time = new(TimeSpan.TicksPerSecond);
    private readonly PriorityQueue<Action, (DateTimeOffset At, long Number)> _agenda = new();
    private readonly PriorityQueue<Func<Task>, DateTimeOffset> _incidents = new();
    private readonly int _viewers;
    private readonly TimeSpan _sweepPhase;
    private readonly Dictionary<string, RoomDefinition> _definitions = [];
    private PresenceDatabase _database = null!;
    private PresenceEngine _engine = null!;
    private MembershipStore _memberships = null!;
    private BroadcastStore _broadcasts = null!;
    private MinuteStore _minutes = null!;
    private SettingsStore _settings = null!;
    private RoomStore _rooms = null!;
    private RemovalStore _removals = null!;
    private HistorySettingsStore _historySettings = null!;
    private DateTimeOffset _minutesFrom;
    private DateTimeOffset _storedAt;
    private bool _isLost;
    private long _number;

    public RecordedDay(Random random, int viewers, int rooms, TimeSpan length)
    {
        (Random, _viewers, _sweepPhase) = (random, viewers, TimeSpan.FromMilliseconds(random.Next(1_000)));
        Rooms = [.. Enumerable.Range(1, rooms).Select(number => $"room {number}")];
        Begin = new DateTimeOffset(2026, 10, 24, 19, random.Next(60), random.Next(60), TimeSpan.Zero); // the night in which Berlin's clocks are set back
        End = Begin + length;
        _time.SetUtcNow(Begin);
        for (var viewer = 0; viewer < viewers; viewer++)
            Plan($"{(viewer % 4 == 0 ? "guest" : "user")} {viewer}", viewer % 4 == 0);
    }

    public Random Random { get; }
    public IReadOnlyList<string> Rooms { get; }
    public DateTimeOffset Begin { get; }
    public DateTimeOffset End { get; }
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    public NaiveDay Naive { get; } = new(Gap);
    public HistoryQueries History { get; private set; } = null!;
    public DateTimeOffset Now => _time.GetUtcNow();
    public long Beats { get; private set; }

    public async Task StartAsync()
    {
        _database = _folder.Database(_time);
        await _database.OpenAsync(Cancel);
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        (_memberships, _broadcasts, _minutes) = (new(_database, _engine) { BootId = "this run" }, null!, new(_database));
        (_settings, _rooms, _removals, _historySettings) = (new(_database, _engine), new(_database, _engine), new(_database, _engine), new(_database));
        await _rooms.ReloadAsync(Cancel);
        await _removals.ReloadAsync(Cancel);
        await _historySettings.LoadAsync(Cancel);
        if (_historySettings.Current.EmptyGap != Gap)
            await _historySettings.ChangeAsync(HistorySettings.Default with { EmptyGap = Gap }, "mia", null, null, Cancel);
        await _settings.LoadAsync(PresenceSettings.Default, Cancel);
        await _memberships.RestoreAsync(Cancel);
        if (_memberships.LastAlive is { } lastAlive)
            await _minutes.RecoverAsync(_engine, _memberships.Forgotten, lastAlive, Cancel);
        _broadcasts = new BroadcastStore(_database, _engine, _historySettings);
        await _broadcasts.LoadAsync(Cancel);
        History = new HistoryQueries(_database, _historySettings, _engine.VisitsUnderWay, _ => PresenceSettings.Default);
        Naive.Start(_storedAt, Now);
        await SettleAsync();
    }

    /// <summary>Lives the day, second by second, and a while beyond in which everybody leaves.</summary>
    public async Task LiveAsync(Func<Task> look)
    {
        PlanIncidents(look);
        for (var second = 0; Now < End || Naive.Present > 0 || Now < End + TimeSpan.FromMinutes(10); second++)
        {
            Run(NextSweep());
            Sweep();
            if (second % SettleSeconds == 0)
                await SettleAsync();
            if (second % 60 == 41)
                await SaveMinutesAsync(ends: false);
            while (_incidents.TryPeek(out var act, out var at) && at <= Now)
            {
                _incidents.Dequeue();
                await act();
            }
        }
        await SettleAsync();
        await SaveMinutesAsync(ends: false);
        await _broadcasts.SummariseAsync(null, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private DateTimeOffset NextSweep() => Begin + _sweepPhase + TimeSpan.FromSeconds(Math.Floor((Now - Begin - _sweepPhase).TotalSeconds) + 1);

    private void Sweep()
    {
        _engine.Sweep();
        if (!_isLost)
            Naive.Sweep(Now);
    }

    /// <summary>Does what the viewers do until an instant, at which the clock stands afterwards.</summary>
    private void Run(DateTimeOffset until)
    {
        while (_agenda.TryPeek(out var act, out var due) && due.At < until)
        {
            _agenda.Dequeue();
            if (due.At > Now)
                _time.Advance(due.At - Now);
            act();
        }
        _time.Advance(until - Now);
    }

    private void At(DateTimeOffset at, Action act) => _agenda.Enqueue(act, (DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), _number++));

    /// <summary>Some visits of a viewer, on one or several devices, in one room or two at a time.</summary>
    private void Plan(string user, bool isGuest)
    {
        for (var visits = Random.Next(1, 8); visits > 0; visits--)
        {
            var from = Begin + ((End - Begin) * Random.NextDouble());
            var until = from + TimeSpan.FromMinutes(40 * Math.Pow(Random.NextDouble(), 3));
            for (var tabs = Random.Next(5) == 0 ? Random.Next(2, 4) : 1; tabs > 0; tabs--)
            {
                // Large rooms and small ones, and each is asleep for half of the time.
                var room = (int)(Rooms.Count * Math.Pow(Random.NextDouble(), 2));
                if (((int)(from - Begin).TotalMinutes / (20 + room)) % 2 == 1)
                    room = (room + 1) % Rooms.Count;
                var tab = new Tab(Rooms[room], user, $"tab {tabs}", isGuest, until + TimeSpan.FromSeconds(Random.Next(-60, 60)), Random.Next(2) == 0)
                {
                    Device = Devices[Random.Next(Devices.Length)],
                    State = (ViewerState)Random.Next(3),
                };
                At(from + TimeSpan.FromSeconds(Random.Next(90) * Random.NextDouble()), () => Beat(tab));
                for (var twin = Random.Next(6); twin == 0; twin--) // of the same room
                {
                    var other = tab with { Session = "other " + tabs, Device = Devices[Random.Next(Devices.Length)], State = (ViewerState)Random.Next(3), Until = tab.Until + TimeSpan.FromSeconds(Random.Next(-90, 90)) };
                    At(from + TimeSpan.FromSeconds(60 * Random.NextDouble()), () => Beat(other));
                }
            }
        }
    }

    private void Beat(Tab tab)
    {
        if (Now >= tab.Until || Now > End)
        {
            if (!tab.SaysGoodbye)
                return;
            _engine.Leave(tab.Room, tab.User, tab.Session);
            if (!_isLost)
                Naive.Leave(tab.Room, tab.User, tab.Session, Now);
            return;
        }
        if (Random.Next(5) == 0)
            tab.State = (ViewerState)Random.Next(3);
        if (Random.Next(200) == 0)
            tab.Device = Devices[Random.Next(Devices.Length)];
        Beats++;
        var receipt = _engine.Heartbeat(new Heartbeat { RoomId = tab.Room, UserId = tab.User, SessionId = tab.Session, IsGuest = tab.IsGuest, State = tab.State, Device = tab.Device });
        if (!_isLost)
            Assert.Equal(Naive.Beat(tab.Room, tab.User, tab.Session, tab.IsGuest, tab.State, tab.Device, Now), receipt.Outcome == HeartbeatOutcome.Accepted);
        var next = receipt.Settings.HeartbeatInterval * (Random.Next(15) == 0 ? 0.2 + (Random.NextDouble() * 3) : 0.9 + (Random.NextDouble() * 0.2));
        At(Now + next < tab.Until || Random.Next(2) == 0 ? Now + next : tab.Until, () => Beat(tab));
    }

    private void PlanIncidents(Func<Task> look)
    {
        var part = (End - Begin) / 12;
        // Restarts, crashes and sleeps have a part of the day each, so that none falls into another.
        var pauses = new Func<Task>[]
        {
            () => RestartAsync(isCrash: false, TimeSpan.FromSeconds(Random.Next(1, 50))),
            () => RestartAsync(isCrash: true, TimeSpan.FromSeconds(Random.Next(1, 50))),
            () => RestartAsync(isCrash: false, TimeSpan.FromSeconds(Random.Next(70, 900))),
            () => RestartAsync(isCrash: true, TimeSpan.FromSeconds(Random.Next(70, 900))),
            () => SleepAsync(TimeSpan.FromSeconds(Random.Next(10, 40))),
            () => SleepAsync(TimeSpan.FromSeconds(Random.Next(40, 900))),
        };
        Random.Shuffle(pauses);
        for (var number = 0; number < pauses.Length; number++)
            _incidents.Enqueue(pauses[number], Begin + (part * ((number * 2) + 0.2 + (Random.NextDouble() * 0.6))));
        for (var number = 0; number < 5; number++)
            Anywhere(() => SetAsync(PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromSeconds(Random.Next(5, 40)), PresenceTimeout = TimeSpan.FromSeconds(Random.Next(45, 100)) }));
        for (var number = 0; number < 2; number++)
        {
            Anywhere(async () =>
            {
                await SetAsync(_engine.Settings with { Enabled = false });
                _incidents.Enqueue(() => SetAsync(_engine.Settings with { Enabled = true }), Now.AddSeconds(Random.Next(5, 300)));
            });
        }
        for (var number = 0; number < 6 + (Rooms.Count / 2); number++)
        {
            Anywhere(() => DefineAsync(new RoomDefinition { Title = $"Evening {Random.Next(9)}", Status = Random.Next(2) == 0 ? RoomStatus.Ended : RoomStatus.Live }));
            Anywhere(() => DefineAsync(new RoomDefinition { Title = "Live", Overrides = new RoomOverrides { Enabled = Random.Next(3) == 0 ? false : null, PresenceTimeout = TimeSpan.FromSeconds(Random.Next(30, 200)) } }));
            Anywhere(() => DefineAsync(null));
        }
        for (var number = 0; number < 6 + (_viewers / 50); number++)
            Anywhere(BanAsync);
        for (var number = 0; number < 3; number++)
        {
            Anywhere(async () =>
            {
                await SettleAsync();
                await SaveMinutesAsync(ends: false);
                await new HistoryRetention(_database, _historySettings).RunAsync(null, Cancel);
                await _broadcasts.SummariseAsync(null, Cancel);
                await look();
            });
        }

        void Anywhere(Func<Task> act) => _incidents.Enqueue(act, Begin + ((End - Begin) * Random.NextDouble()));
    }

    private async Task SetAsync(PresenceSettings settings)
    {
        await SettleAsync();
        Naive.Apply(await _settings.ChangeAsync(new SettingsChange { Settings = settings, By = "mia" }, Cancel), Now);
        await SettleAsync();
    }

    private async Task DefineAsync(RoomDefinition? definition)
    {
        await SettleAsync();
        var room = Rooms[Random.Next(Rooms.Count)];
        if (definition is null && !await _rooms.ForgetAsync(room, "mia", null, Cancel))
            return;
        if (definition is not null)
        {
            if (_definitions.GetValueOrDefault(room) == definition)
                return; // nothing changes, and nothing happens
            await _rooms.DefineAsync(room, definition, "mia", null, Cancel);
        }
        _definitions[room] = definition ?? RoomDefinition.Unknown;
        Naive.Define(room, _definitions[room], Now);
        await SettleAsync();
    }

    private async Task BanAsync()
    {
        var (user, room) = (Naive.Users.ElementAt(Random.Next(Naive.Users.Count())), Random.Next(2) == 0 ? null : Rooms[Random.Next(Rooms.Count)]);
        var until = Now + TimeSpan.FromSeconds(Random.Next(10, 1_800));
        await _removals.RemoveAsync(new Removal(user, room, until, null), "mia", Cancel);
        Naive.Ban(user, room, until, Now);
        if (Random.Next(3) > 0 || !await _removals.LiftAsync(user, room, "mia", Cancel))
            return;
        Naive.Lift(user, room);
    }

    /// <summary>Stores what is stored all the time: who is there, who left, that the server lives, which broadcasts go on.</summary>
    private async Task SettleAsync()
    {
        if (_isLost)
            return;
        await _memberships.FlushAsync(Cancel);
        await _memberships.StampAliveAsync(Cancel);
        await _broadcasts.PassAsync(Cancel);
        _storedAt = Now;
    }

    private async Task SaveMinutesAsync(bool ends)
    {
        if (_isLost)
            return;
        var ended = new List<RoomMinute>();
        _engine.TakeMinutes(ended, ends);
        await _minutes.SaveAsync(ended, Cancel);
        _minutesFrom = Now.AddTicks(-(Now.UtcTicks % TimeSpan.TicksPerMinute));
    }

    /// <summary>The process ends and begins again. A crash takes what happened since it was last stored, and the minutes that were not written.</summary>
    private async Task RestartAsync(bool isCrash, TimeSpan down)
    {
        await SettleAsync();
        if (isCrash)
        {
            Naive.Crash(Now, _minutesFrom);
            _isLost = true;
            for (var second = Random.Next(3); second > 0; second--)
            {
                Run(NextSweep());
                Sweep();
            }
            Run(Now + TimeSpan.FromMilliseconds(Random.Next(500)));
        }
        else
        {
            Run(Now + TimeSpan.FromMilliseconds(Random.Next(500)));
            await SettleAsync();
            await SaveMinutesAsync(ends: true);
            Naive.Stop(Now);
        }
        await CloseAsync();
        _isLost = false;
        Postpone(Now + down);
        _time.Advance(down);
        await StartAsync();
    }

    private async Task SleepAsync(TimeSpan asleep)
    {
        while (Now.Second is > 50 or < 5)
        {
            Run(NextSweep());
            Sweep();
        }
        await SettleAsync();
        await SaveMinutesAsync(ends: false);
        var from = Now;
        Postpone(from + asleep);
        _time.Advance(asleep);
        Naive.Sleep(from, Now);
        Sweep();
    }

    /// <summary>What viewers would do while nobody answers, they do when somebody does, one after the other.</summary>
    private void Postpone(DateTimeOffset until)
    {
        var acts = new List<Action>();
        while (_agenda.TryPeek(out var act, out var due) && due.At < until)
        {
            _agenda.Dequeue();
            acts.Add(act);
        }
        foreach (var act in acts)
            At(until + TimeSpan.FromMilliseconds(Random.Next(1, 20_000)), act);
    }

    private async Task CloseAsync()
    {
        foreach (var part in new IDisposable?[] { _broadcasts, _memberships, _minutes, _settings, _rooms, _removals, _historySettings, _engine })
            part?.Dispose();
        await _database.DisposeAsync();
    }

    private sealed record Tab(string Room, string User, string Session, bool IsGuest, DateTimeOffset Until, bool SaysGoodbye)
    {
        public ViewerState State { get; set; }
        public SessionDevice Device { get; set; }
    }
}
