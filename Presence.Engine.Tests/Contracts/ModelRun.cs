using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;
using Xunit.Sdk;

namespace Presence.Engine.Tests.Contracts;

/// <summary>One random life of a small network, lived twice.</summary>
internal sealed class ModelRun : IDisposable
{
    private const int Steps = 80;

    /// <summary>No two heartbeats at one instant, whose order would be anybody's; instants are stored in milliseconds.</summary>
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromMilliseconds(2);

    /// <summary>Seconds whose tenth, where it matters, is whole: the odd clock cannot be asked for less.</summary>
    private static readonly int[] Intervals = [1, 2, 3, 5, 8, 10, 15, 20, 30, 40];

    private static readonly string[] Rooms = ["red", "blue"];
    private static readonly string[] Devices = ["", "phone", "laptop"];
    private static readonly PresenceLimits Limits = new() { SessionsPerUserAndRoom = 2, RoomsPerUser = 2, Sessions = 12, Removals = 100 };

    private readonly int _seed;
    private readonly IModelStore _store;
    private readonly Random _random;
    private readonly ManualTimeProvider _time = new();
    private readonly NaivePresence _model = new(Limits);
    private readonly List<string> _story = [];
    private readonly Dictionary<string, ChangeSubscription> _subscriptions = [];
    private PresenceEngine _engine;
    private TimeSpan _sinceSweep;

    public ModelRun(int seed, IModelStore store)
    {
        _seed = seed;
        _store = store;
        _random = new Random(seed);
        _model.Epoch = _time.GetUtcNow();
        _engine = NewEngine(PresenceSettings.Default);
        store.Attach(_engine);
    }

    public void Run()
    {
        for (var step = 0; step < Steps; step++)
        {
            Step();
            Compare();
        }
    }

    public void Dispose() => _engine.Dispose();

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 44:
                Heartbeat();
                break;
            case < 50:
                UserHeartbeat();
                break;
            case < 60:
                Leave();
                break;
            case < 80:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 30) * 500), swept: true);
                break;
            case < 84:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 5_000)), swept: false);
                break;
            case < 86:
                JumpWallClock();
                break;
            case < 88:
                Sleep();
                break;
            case < 91:
                ChangeSettings();
                break;
            case < 93:
                Define();
                break;
            case < 96:
                RemoveOrLift();
                break;
            case < 97:
                OptOut();
                break;
            case < 98:
                Resubscribe();
                break;
            default:
                Restart();
                break;
        }
    }

    private void Heartbeat()
    {
        var (room, user, session) = (Pick(Rooms), $"user{_random.Next(6)}", Pick(Devices));
        var state = (ViewerState)_random.Next(3);
        var guest = user is "user4" or "user5";
        Tell($"heartbeat {room} {user} '{session}' {state}");

        var receipt = _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session, State = state, IsGuest = guest });

        Equal("outcome", _model.Heartbeat(room, user, session, state, guest), receipt.Outcome);
        Advance(BetweenHeartbeats, swept: false);
    }

    private void Leave()
    {
        var (room, user, session) = (Pick(Rooms), $"user{_random.Next(6)}", Pick(Devices));
        Tell($"leave {room} {user} '{session}'");

        var wasPresent = _engine.Leave(room, user, session);

        Equal("leave", _model.Leave(room, user, session), wasPresent);
    }

    private void Advance(TimeSpan by, bool swept)
    {
        if (!swept && _sinceSweep + by > TimeSpan.FromSeconds(4.9))
            swept = true; // longer would be a sleep
        Tell($"advance {by.TotalSeconds} s {(swept ? "swept" : "unswept")}");

        for (var left = by; left > TimeSpan.Zero;)
        {
            var step = !swept || left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
            _time.Advance(step);
            _model.Now += step;
            _sinceSweep += step;
            left -= step;
            if (swept)
                Sweep();
        }
    }

    private void Sweep()
    {
        _engine.Sweep();
        _model.Sweep();
        _sinceSweep = TimeSpan.Zero;
    }

    private void JumpWallClock()
    {
        if (_store.StoresInstants)
            return;
        Sweep();
        Compare(); // what was stamped by the old clock is compared by the old clock
        var by = TimeSpan.FromSeconds(_random.Next(-100_000, 100_000));
        Tell($"wall clock jumps {by.TotalSeconds} s");

        // Whether a removal that has ended is in force again when the clock is set back depends on whether it was dropped already.
        foreach (var ended in _model.Removals.Where(removal => removal.Until <= _model.Epoch + _model.Now).ToList())
        {
            _engine.Lift(ended.UserId, ended.RoomId);
            _model.Lift(ended.UserId, ended.RoomId);
        }
        _time.SetUtcNow(_time.GetUtcNow() + by);
        _model.Epoch += by;
        Sweep();
    }

    private void Sleep()
    {
        if (_store.StoresInstants)
            return;
        Sweep();
        Compare();
        var slept = TimeSpan.FromSeconds(_random.Next(7, 10_000));
        Tell($"sleep {slept.TotalSeconds} s");

        _time.Advance(slept);
        _model.Now += TimeSpan.FromSeconds(1);
        _model.Epoch += slept - TimeSpan.FromSeconds(1);
        Sweep();
        foreach (var subscription in _subscriptions.Values)
            Equal("after a sleep", SubscriptionItem.Gap, subscription.TryRead(out _));
        _model.Changes.Clear();
    }

    private void ChangeSettings()
    {
        var interval = Pick(Intervals);
        var settings = PresenceSettings.Default with
        {
            Enabled = _random.Next(8) > 0,
            HeartbeatInterval = TimeSpan.FromSeconds(interval),
            PresenceTimeout = TimeSpan.FromSeconds(interval + _random.Next(5, 60)),
        };
        Tell($"settings {settings.Enabled} {interval} {settings.PresenceTimeout.TotalSeconds}");

        _engine.Apply(settings);
        _model.Apply(settings);
    }

    private void UserHeartbeat()
    {
        var user = $"user{_random.Next(6)}";
        Tell($"user heartbeat {user}");

        Equal("outcome", _model.Heartbeat("", user, "", ViewerState.Visible, guest: false), _engine.UserHeartbeat(user).Outcome);
        Advance(BetweenHeartbeats, swept: false);
    }

    private void Define()
    {
        var room = Pick(Rooms);
        var definition = _random.Next(4) == 0 ? null : new RoomDefinition
        {
            Status = (RoomStatus)(_random.Next(6) / 5),
            Overrides = new RoomOverrides
            {
                Enabled = _random.Next(5) == 0 ? false : null,
                HeartbeatInterval = _random.Next(2) == 0 ? TimeSpan.FromSeconds(Pick(Intervals)) : null,
                PresenceTimeout = _random.Next(2) == 0 ? TimeSpan.FromSeconds(_random.Next(6, 90)) : null,
            },
        };
        Tell($"define {room} {definition}");

        _engine.Define(room, definition);
        _model.Define(room, definition);
    }

    private void RemoveOrLift()
    {
        var (user, room) = ($"user{_random.Next(6)}", _random.Next(3) == 0 ? null : Pick(Rooms));
        if (_random.Next(3) == 0)
        {
            Tell($"lift {user} {room}");
            _engine.Lift(user, room);
            _model.Lift(user, room);
            return;
        }
        // Engine and model may be a tick of the odd clock apart: no removal ends on the millisecond that is looked at.
        var removal = new Removal(user, room, _model.Epoch + _model.Now + TimeSpan.FromSeconds(_random.Next(1, 60)) + TimeSpan.FromTicks(5_003), null);
        Tell($"remove {user} {room} until {removal.Until:HH:mm:ss.fffffff}");
        _engine.Remove(removal);
        _model.Remove(removal);
    }

    private void OptOut()
    {
        var (user, isOut) = ($"user{_random.Next(6)}", _random.Next(2) == 0);
        Tell($"opt out {user} {isOut}");
        _engine.SetOptOut(user, isOut);
        _model.SetOptOut(user, isOut);
    }

    private void Resubscribe()
    {
        Compare();
        var room = Pick(Rooms);
        Tell($"resubscribe {room}");
        _subscriptions[room].Dispose();
        _subscriptions[room] = _engine.Subscribe(room, 1_000);
        Equal("started after", _engine.Count(room).Sequence, _subscriptions[room].StartedAfter);
    }

    private void Restart()
    {
        Sweep();
        Compare();
        Tell("restart");

        var last = _engine;
        _engine = NewEngine(_model.Settings);
        foreach (var (room, definition) in _model.Definitions)
            _engine.Define(room, definition);
        foreach (var removal in _model.Removals)
            _engine.Remove(removal);
        foreach (var user in _model.OptOuts)
            _engine.SetOptOut(user, isOut: true);
        _store.Restart(_engine);
        last.Dispose();
        _model.Restart(_store.RemembersFirstState);
    }

    private PresenceEngine NewEngine(PresenceSettings settings)
    {
        var engine = new PresenceEngine(_time, settings, Limits);
        foreach (var room in Rooms)
            _subscriptions[room] = engine.Subscribe(room, 1_000);
        return engine;
    }

    private void Compare()
    {
        foreach (var room in Rooms)
        {
            var count = _engine.Count(room);
            Equal($"count of {room}", _model.Count(room), count with { At = default, Sequence = 0 });
            CompareLists(room);
            CompareChanges(room);
        }
        Equal("distinct viewers", _model.DistinctViewers, _engine.CountNetwork().Viewers);
        CompareOnline();
        Equal("sessions", _model.Sessions, _engine.CountNetwork().Sessions);
        var problems = _engine.Audit();
        if (problems.Count > 0)
            Fail(string.Join("; ", problems));
    }

    private void CompareOnline()
    {
        var online = _model.OnlineUsers.OrderByDescending(session => session.HeartbeatAt).ToList();
        Equal("online", online.Count, _engine.CountOnline().Users);
        var listed = online.Where(session => !_model.OptOuts.Contains(session.User)).Select(session => (session.User, Milliseconds(session.HeartbeatAt)));
        var actual = _engine.OnlineUsers(latestFirst: true, 100).Select(user => (user.UserId, Milliseconds(user.LastHeartbeatAt - _model.Epoch)));
        Equal("online users", string.Join(' ', listed.OrderByDescending(user => user.Item2).ThenBy(user => user.User, StringComparer.Ordinal)),
            string.Join(' ', actual.OrderByDescending(user => user.Item2).ThenBy(user => user.UserId, StringComparer.Ordinal)));
    }

    private void CompareLists(string room)
    {
        var byJoin = _engine.Viewers(room, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers.Select(viewer => viewer.UserId);
        Equal("by join", string.Join(' ', _model.ByJoin(room)), string.Join(' ', byJoin));

        var byHeartbeat = _engine.Viewers(room, new ViewerQuery()).Viewers
            .Select(viewer => (viewer.UserId, Milliseconds(viewer.LastHeartbeatAt - _model.Epoch), viewer.State, viewer.Sessions))
            .OrderByDescending(viewer => viewer.Item2).ThenBy(viewer => viewer.UserId, StringComparer.Ordinal);
        var expected = _model.ByHeartbeat(room)
            .Select(viewer => (viewer.User, Milliseconds(viewer.LastHeartbeat), viewer.State, viewer.Sessions))
            .OrderByDescending(viewer => viewer.Item2).ThenBy(viewer => viewer.User, StringComparer.Ordinal);
        Equal("by heartbeat", string.Join(' ', expected), string.Join(' ', byHeartbeat));
    }

    private void CompareChanges(string room)
    {
        var expected = _model.Changes.Where(change => change.Room == room)
            .Select(change => (Milliseconds(change.At), $"{change.Kind} {change.User} {change.Reason}"));
        var emitted = _subscriptions[room].All();
        var viewers = emitted.Count == 0 ? 0 : emitted[0].Viewers;
        for (var i = 1; i < emitted.Count; i++)
        {
            viewers += emitted[i].Kind == ChangeKind.Joined ? 1 : -1;
            Equal("sequence", emitted[i - 1].Sequence + 1, emitted[i].Sequence);
            Equal("viewers after the change", viewers, emitted[i].Viewers);
        }
        var actual = emitted.Select(change => (Milliseconds(change.At - _model.Epoch), $"{change.Kind} {change.UserId} {change.Reason}"));
        Equal("changes", string.Join(", ", expected.Order()), string.Join(", ", actual.Order()));
        _model.Changes.RemoveAll(change => change.Room == room);
    }

    private static long Milliseconds(TimeSpan span) => (long)Math.Round(span.TotalMilliseconds);

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private void Tell(string step) => _story.Add($"{_model.Now.TotalSeconds:0.000} {step}");

    private void Equal<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Fail($"{what}: expected {expected}, was {actual}");
    }

    private void Fail(string why) => throw new XunitException($"Seed {_seed}: {why}\nAfter:\n{string.Join('\n', _story)}");
}
