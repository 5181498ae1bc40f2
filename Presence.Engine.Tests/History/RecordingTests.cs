using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.History;

/// <summary>What the engine records of visits and minutes, held against lists of tenths of a second.</summary>
public sealed class RecordingTests
{
    private const int Ticks = 3_000; // five minutes
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Users = ["ann", "ben", "cat", "guest1", "guest2"];
    private static readonly string[] Sessions = ["phone", "laptop", "tv"];

    [Fact]
    public void VisitsAndMinutes_OfRandomLives_AreThoseOfANaiveComputation()
    {
        for (var seed = 0; seed < ProofLength.Of("PRESENCE_RECORDING_LIVES", usually: 60, full: 5_000); seed++)
            Live(seed);
    }

    [Fact]
    public void Minutes_ATimeoutNoticedInTheNextMinute_EndsInItsOwn()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(1, 6));
        Align(world);
        world.Advance(53.5);
        world.Beat("ann"); // until 59.5
        world.Advance(5);
        world.AdvanceUnswept(1.4);
        world.Beat("ben");
        world.AdvanceUnswept(0.5);
        world.Beat("cat"); // the next minute begins here
        world.Engine.Sweep();
        world.Engine.Leave(EngineWorld.Lobby, "ben", "");
        world.Engine.Leave(EngineWorld.Lobby, "cat", "");
        world.Advance(60);

        var minutes = Minutes(world.Engine).Where(minute => minute.RoomId is not null).ToList();

        Assert.Equal(2, minutes.Count);
        Assert.Equal((new LeaveCounts(0, 1, 0, 0, 0), TimeSpan.FromSeconds(6.1)), (minutes[0].Leaves, Rounded(minutes[0].Viewers)));
        Assert.Equal((new LeaveCounts(2, 0, 0, 0, 0), TimeSpan.FromSeconds(0.4)), (minutes[1].Leaves, Rounded(minutes[1].Viewers)));
    }

    [Fact]
    public void Minutes_OfARoomInWhichNothingHappens_AreRecordedWhileSomebodyIsThere()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Beat("ann", state: ViewerState.Hidden);
        world.Advance(300);
        world.Engine.Leave(EngineWorld.Lobby, "ann", "");
        world.Advance(300);

        var minutes = Minutes(world.Engine);

        var room = minutes.Where(minute => minute.RoomId == EngineWorld.Lobby).ToList();
        Assert.Equal(6, room.Count);
        Assert.All(room.Take(5), minute => Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 1), (minute.Viewers, minute.Hidden, minute.Peak)));
        Assert.Equal((TimeSpan.Zero, 1), (room[5].Viewers, room[5].Leaves.Left));
        var network = minutes.Where(minute => minute.RoomId is null).ToList();
        Assert.Equal(10, network.Count); // while the server runs, also when nobody is there
        Assert.Equal((1, 1), (network.Sum(minute => minute.Joins), network.Sum(minute => minute.Leaves.Total)));
        Assert.All(network.Skip(1).Take(4), minute => Assert.Equal((TimeSpan.FromMinutes(1), 1), (minute.Viewers, minute.Peak)));
    }

    [Fact]
    public void Minutes_HeartbeatsThatAreLate_AreCountedByDeviceAndSeconds()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(10, 60));
        Align(world);
        var (pixel, web) = (new SessionDevice("Pixel", "4.2"), new SessionDevice("web", null));
        world.Beat("ann", device: pixel);
        world.Beat("ben", device: web);
        world.Advance(10);
        world.Beat("ann"); // in time
        world.Beat("ben");
        world.Advance(15);
        world.Beat("ann"); // 5 s late
        world.Advance(0.5);
        world.Beat("ben"); // 5.5 s late
        world.Advance(16);
        world.Beat("ann"); // 6.5 s late
        world.Advance(60);

        var late = Minutes(world.Engine).Where(minute => minute.RoomId is not null).SelectMany(minute => minute.Late ?? []).ToList();

        Assert.Equal([new LateHeartbeats(pixel, 5, 1), new LateHeartbeats(pixel, 7, 1), new LateHeartbeats(web, 6, 1)], late.OrderBy(found => found.Device.Name).ThenBy(found => found.Seconds));
    }

    [Fact]
    public void Minutes_AViewerInTwoRooms_CountsOnceInTheNetwork()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Beat("ann", "red");
        world.Beat("ann", "blue");
        world.Advance(60);

        var minutes = Minutes(world.Engine);

        Assert.Equal(["blue", "red"], minutes.Select(minute => minute.RoomId).OfType<string>().Order());
        Assert.Equal((1, 2), minutes.Where(minute => minute.RoomId is null).Select(minute => (minute.Peak, minute.Joins)).Single());
    }

    [Fact]
    public void Minutes_WhenTheMachineSlept_AreAsLongAsItRan()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Beat("ann");
        world.Advance(20);
        world.Time.Advance(TimeSpan.FromHours(3));
        world.Engine.Sweep();
        world.Advance(60);

        var minutes = new List<RoomMinute>();
        world.Engine.TakeMinutes(minutes, ends: true);

        Assert.Equal(TimeSpan.FromSeconds(81), new TimeSpan(minutes.Where(minute => minute.RoomId is not null).Sum(minute => minute.Viewers.Ticks))); // the sleep was one second of presence
        Assert.All(minutes, minute => Assert.InRange(minute.Viewers, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(40)] // its end, by the clock afterwards, was while the machine ran
    [InlineData(30.4)]
    [InlineData(600)]
    public void Minutes_WhoseEndWasSleptThrough_EndWithThePause(double slept)
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Beat("ann");
        world.Advance(30);
        world.Time.Advance(TimeSpan.FromSeconds(slept));
        world.Engine.Sweep();
        world.Advance(60 - ((30 + slept) % 60));

        var minutes = Minutes(world.Engine);

        foreach (var room in (string?[])[EngineWorld.Lobby, null])
        {
            Assert.Equal(
                [TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(60 - ((30 + slept) % 60))], // the sleep was one second of presence
                minutes.Where(minute => minute.RoomId == room).Select(minute => Rounded(minute.Viewers)));
        }
    }

    [Fact]
    public void Minutes_ATimeoutJustBeforeASleep_IsInTheMinuteInWhichItWas()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(1, 6));
        Align(world);
        world.Advance(24.4);
        world.Beat("ann"); // until 30.4
        world.Advance(5.6);
        world.Time.Advance(TimeSpan.FromSeconds(58)); // asleep from 31 on
        world.Engine.Sweep();
        world.Advance(60);

        var minute = Minutes(world.Engine).Single(minute => minute.RoomId == EngineWorld.Lobby);

        Assert.Equal((TimeSpan.FromSeconds(6), 1), (Rounded(minute.Viewers), minute.Leaves.Timeout));
    }

    [Fact]
    public void Minutes_InWhichNoSweepRan_HaveTheNetworksJoinsAndLeaves()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Advance(59);
        for (var seconds = 0; seconds < 120; seconds += 4)
        {
            world.AdvanceUnswept(4);
            world.Beat("ann");
            world.Engine.Leave(EngineWorld.Lobby, "ann", "");
        }
        world.Advance(120);

        var minutes = Minutes(world.Engine);

        Assert.Equal(30, minutes.Where(minute => minute.RoomId is not null).Sum(minute => minute.Joins));
        Assert.Equal((30, 30), (minutes.Where(minute => minute.RoomId is null).Sum(minute => minute.Joins), minutes.Where(minute => minute.RoomId is null).Sum(minute => minute.Leaves.Left)));
    }

    [Fact]
    public void Minutes_AHiddenSessionThatHadEndedUnnoticed_WasNotHiddenForLessThanNothing()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(1, 6));
        Align(world);
        world.Beat("ann", session: "phone", state: ViewerState.Hidden); // until 6
        world.Advance(2.5);
        world.Beat("ann", session: "laptop");
        world.Advance(3);
        world.AdvanceUnswept(0.8);
        world.Beat("ann", session: "laptop", state: ViewerState.Paused); // the phone alone says hidden, and is gone
        world.Engine.Sweep();
        world.Engine.Leave(EngineWorld.Lobby, "ann", "laptop");
        world.Advance(60);

        Assert.Equal(TimeSpan.FromSeconds(2.5), Rounded(Minutes(world.Engine).First(minute => minute.RoomId == EngineWorld.Lobby).Hidden));
    }

    [Fact]
    public void Minutes_TakenWhenTheProcessEnds_AreWhole()
    {
        using var world = new EngineWorld(EngineWorld.Seconds(30, 600));
        Align(world);
        world.Beat("ann");
        world.Advance(20);
        var minutes = new List<RoomMinute>();
        world.Engine.TakeMinutes(minutes, ends: true);
        Assert.Equal([TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)], minutes.Select(minute => minute.Viewers));

        world.Advance(40); // it ends a little later

        Assert.Equal([TimeSpan.FromSeconds(40)], Minutes(world.Engine).Where(minute => minute.RoomId is not null).Select(minute => minute.Viewers));
    }

    [Fact]
    public void Visits_OverARestart_GoOn()
    {
        using var world = new EngineWorld();
        world.Beat("ann");
        var joined = world.Now;
        world.Beat("ann", state: ViewerState.Hidden);
        world.Advance(20);
        world.Beat("ann");
        world.Advance(10);
        world.Beat("ann", state: ViewerState.Hidden);
        world.Advance(20);
        var hidden = new List<HiddenChange>();
        world.Engine.Journal.DrainHidden(hidden);
        using var restarted = new EngineWorld();
        restarted.Time.SetUtcNow(world.Now);
        restarted.Engine.Sweep();
        restarted.Engine.Restore(world.Engine.Journal.Snapshot().Select(session => new RestoredSession(session, null) { Hidden = hidden[^1] }));
        restarted.Advance(10);
        restarted.Engine.Leave(EngineWorld.Lobby, "ann", "");

        var visit = Assert.Single(Visits(restarted.Engine));
        Assert.Equal((joined, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(50)), (visit.JoinedAt, visit.Watched, Rounded(visit.Hidden)));
    }

    [Fact]
    public void DrainVisits_WithoutAWriter_KeepsTheFirstAndCountsTheRest()
    {
        var journal = new MembershipJournal(() => [], new ManualTimeProvider(), capacity: 2);
        for (var id = 1; id <= 5; id++)
            journal.Record(new MembershipChange(id, IsJoin: false, "", "", "", false, ViewerState.Visible, default), new Visit("r", $"u{id}", false, default, default, LeaveReason.Left));

        var visits = new List<Visit>();
        Assert.Equal(3, journal.DrainVisits(visits));
        Assert.Equal(["u1", "u2"], visits.Select(visit => visit.UserId));
        Assert.Equal(0, journal.DrainVisits(visits));
        Assert.Equal(2, visits.Count);
    }

    private static void Align(EngineWorld world)
    {
        world.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (world.Now.UtcTicks % TimeSpan.TicksPerMinute)).TotalSeconds);
        Minutes(world.Engine);
    }

    private static List<RoomMinute> Minutes(PresenceEngine engine)
    {
        var minutes = new List<RoomMinute>();
        engine.TakeMinutes(minutes);
        return minutes;
    }

    private static List<Visit> Visits(PresenceEngine engine)
    {
        var visits = new List<Visit>();
        engine.Journal.DrainVisits(visits);
        return visits;
    }

    private static void Live(int seed)
    {
        var random = new Random(seed);
        using var world = new EngineWorld(EngineWorld.Seconds(1, 6));
        Align(world);
        var naive = new NaiveRecord(world.Now);
        for (var tick = 0; tick < Ticks; tick++)
        {
            naive.Tick();
            world.AdvanceUnswept(Tick.TotalSeconds);
            world.Engine.Sweep();
            if (random.Next(3) > 0)
                continue;
            var (user, session, state) = (Users[random.Next(Users.Length)], Sessions[random.Next(Sessions.Length)], (ViewerState)random.Next(3));
            switch (random.Next(12))
            {
                case < 9:
                    world.Beat(user, session: session, state: state, guest: user.StartsWith("guest", StringComparison.Ordinal));
                    naive.Beat(user, session, state);
                    break;
                case < 11:
                    world.Engine.Leave(EngineWorld.Lobby, user, session);
                    naive.End(other => other == (user, session), LeaveReason.Left);
                    break;
                case 11 when random.Next(10) == 0:
                    world.Engine.Apply(EngineWorld.Seconds(1, 6) with { Enabled = false });
                    world.Engine.Apply(EngineWorld.Seconds(1, 6));
                    naive.End(_ => true, LeaveReason.Disabled);
                    break;
                default:
                    world.Engine.Remove(new Removal(user, null, world.Now + (Tick / 2), null));
                    naive.End(other => other.User == user, LeaveReason.Removed);
                    break;
            }
        }
        naive.Tick(); // so that nobody leaves at the instant of joining
        world.AdvanceUnswept(Tick.TotalSeconds);
        world.Engine.Sweep();
        world.Engine.Apply(EngineWorld.Seconds(1, 6) with { Enabled = false });
        naive.End(_ => true, LeaveReason.Disabled);
        world.Advance(61);

        var recorded = Visits(world.Engine);
        var visits = recorded.Select(visit => (visit.UserId, visit.JoinedAt, visit.LeftAt, visit.Reason, visit.SeenAt, visit.Hidden))
            .Select(visit => visit with { Item2 = WholeMilliseconds(visit.Item2), Item3 = WholeMilliseconds(visit.Item3), Item6 = Rounded(visit.Item6) });
        AssertSame(seed, naive.Visits.Select(visit => visit.ToString()), visits.Select(visit => visit.ToString()));

        var minutes = Minutes(world.Engine).Where(minute => minute.RoomId is not null).OrderBy(minute => minute.At).ToList();
        AssertSame(seed, naive.Minutes().Select(minute => minute.ToString()), minutes.Select(minute => Rounded(minute).ToString()));
        Assert.Empty(world.Engine.Audit());

        var replayed = MinuteReplay.Of(recorded.ConvertAll(Rounded), minutes[0].At, minutes[^1].At.AddMinutes(1));
        AssertSame(seed, minutes.Select(minute => (Rounded(minute) with { Hidden = default }).ToString()), replayed.Where(minute => minute.RoomId is not null).Select(minute => (Rounded(minute) with { Hidden = default }).ToString()));
        AssertSame(seed, replayed.Where(minute => minute.RoomId is null && minute.Peak + minute.Leaves.Total > 0).Select(minute => minute.ToString()), replayed.Where(minute => minute.RoomId is not null).Select(minute => (minute with { RoomId = null }).ToString()));
    }

    /// <summary>The clock's timestamps are no whole ticks.</summary>
    private static RoomMinute Rounded(RoomMinute minute) =>
        minute with { RoomId = null, Late = null, Viewers = Rounded(minute.Viewers), Hidden = Rounded(minute.Hidden), Guests = Rounded(minute.Guests) };

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds));

    private static Visit Rounded(Visit visit) => visit with { JoinedAt = WholeMilliseconds(visit.JoinedAt), LeftAt = WholeMilliseconds(visit.LeftAt) };

    private static void AssertSame(int seed, IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (missing, surplus) = (expected.Except(actual).ToList(), actual.Except(expected).ToList());
        if (missing.Count + surplus.Count > 0)
            Assert.Fail($"Seed {seed}. Missing:\n{string.Join('\n', missing)}\nSurplus:\n{string.Join('\n', surplus)}");
    }

    /// <summary>Of two who join a room at one instant, the second joined a tick later.</summary>
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.AddTicks(TimeSpan.TicksPerMillisecond / 2).ToUnixTimeMilliseconds());

    /// <summary>Counts tenths of a second; a tick is what the room was like from its beginning to its end.</summary>
    private sealed class NaiveRecord(DateTimeOffset beginning)
    {
        private const int Timeout = 60;

        private readonly Dictionary<(string User, string Session), (int BeatAt, ViewerState State)> _sessions = [];
        private readonly Dictionary<string, (int JoinedAt, int SeenAt, List<int> HiddenTicks)> _viewers = [];
        private readonly List<(int Viewers, int Hidden, int Guests)> _ticks = [];
        private readonly List<(int At, int Peak, string? Joined, LeaveReason Left)> _events = [];
        private int _now;

        public List<(string, DateTimeOffset, DateTimeOffset, LeaveReason, DateTimeOffset, TimeSpan)> Visits { get; } = [];

        public void Tick()
        {
            var hidden = _viewers.Keys.Where(IsHidden).ToList();
            foreach (var user in hidden)
                _viewers[user].HiddenTicks.Add(_now);
            _ticks.Add((_viewers.Count, hidden.Count, _viewers.Keys.Count(user => user.StartsWith("guest", StringComparison.Ordinal))));
            _now++;
            foreach (var (session, (beatAt, _)) in _sessions.Where(session => session.Value.BeatAt + Timeout <= _now).ToList())
                Remove(session, LeaveReason.Timeout, seenAt: beatAt);
        }

        public void Beat(string user, string session, ViewerState state)
        {
            _sessions[(user, session)] = (_now, state);
            if (_viewers.TryAdd(user, (_now, _now, [])))
                _events.Add((_now, _viewers.Count, user, LeaveReason.None));
        }

        public void End(Predicate<(string User, string Session)> which, LeaveReason reason)
        {
            foreach (var session in _sessions.Keys.Where(session => which(session)).ToList())
                Remove(session, reason, seenAt: _now);
        }

        public IEnumerable<RoomMinute> Minutes()
        {
            for (var minute = 0; minute * 600 <= Ticks; minute++) // its first instant is the last one of the minute before
            {
                var ticks = _ticks.Skip(minute * 600).Take(600).ToList();
                var events = _events.Where(happened => happened.At / 600 == minute).ToList();
                var leaves = events.Where(happened => happened.Left != LeaveReason.None).CountBy(happened => happened.Left).ToDictionary();
                var found = new RoomMinute(null, beginning.AddMinutes(minute))
                {
                    Viewers = ticks.Sum(tick => tick.Viewers) * RecordingTests.Tick,
                    Hidden = ticks.Sum(tick => tick.Hidden) * RecordingTests.Tick,
                    Guests = ticks.Sum(tick => tick.Guests) * RecordingTests.Tick,
                    Peak = _ticks.Take((minute + 1) * 600).Skip(Math.Max(0, (minute * 600) - 1)).Select(tick => tick.Viewers).Concat(events.Select(happened => happened.Peak)).DefaultIfEmpty().Max(),
                    Joins = events.Count(happened => happened.Joined is not null),
                    Leaves = new LeaveCounts(
                        leaves.GetValueOrDefault(LeaveReason.Left),
                        leaves.GetValueOrDefault(LeaveReason.Timeout),
                        leaves.GetValueOrDefault(LeaveReason.Disabled),
                        leaves.GetValueOrDefault(LeaveReason.Removed),
                        leaves.GetValueOrDefault(LeaveReason.Ended)),
                };
                if (found.Peak > 0 || found.Leaves.Total > 0)
                    yield return found;
            }
        }

        private bool IsHidden(string user)
        {
            var states = _sessions.Where(session => session.Key.User == user).Select(session => session.Value.State).ToList();
            return !states.Contains(ViewerState.Visible) && states.Contains(ViewerState.Hidden);
        }

        private void Remove((string User, string Session) session, LeaveReason reason, int seenAt)
        {
            _sessions.Remove(session);
            var (joinedAt, seenBefore, hidden) = _viewers[session.User];
            seenAt = Math.Max(seenAt, seenBefore);
            _viewers[session.User] = (joinedAt, seenAt, hidden);
            if (_sessions.Keys.Any(other => other.User == session.User))
                return;
            _viewers.Remove(session.User);
            Visits.Add((session.User, At(joinedAt), At(_now), reason, At(seenAt), hidden.Count(tick => tick < seenAt) * RecordingTests.Tick));
            _events.Add((_now, 0, null, reason));
        }

        private DateTimeOffset At(int tick) => beginning + (tick * RecordingTests.Tick);
    }
}
