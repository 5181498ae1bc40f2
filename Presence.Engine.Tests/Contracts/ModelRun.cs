using Presence.Engine.Changes;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Contracts;

/// <summary>One random life of a small network, lived twice.</summary>
internal sealed partial class ModelRun : IDisposable
{
    public const int Steps = 80;

    /// <summary>No two heartbeats at one instant, whose order would be anybody's; instants are stored in whole milliseconds.</summary>
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromMilliseconds(2);

    private static readonly int[] Intervals = [1, 2, 3, 5, 8, 10, 15, 20, 27, 40];

    private static readonly string[] Rooms = ["red", "blue", "Green"];
    private static readonly string[] Users = ["user0", "user1", "user2", "user3", "guest4", "guest5"];
    private static readonly string[] Devices = ["", "phone", "laptop"];
    private static readonly string[] Channels = ["sports", "news"];
    private static readonly PresenceLimits Limits = new() { SessionsPerUserAndRoom = 2, RoomsPerUser = 2, Sessions = 12, Removals = 100 };

    private readonly int _seed;
    private readonly IModelStore _store;
    private readonly Random _random;

    /// <summary>Its timestamps are no ticks, but milliseconds are whole numbers of them: engine and model agree to the tick.</summary>
    private readonly ManualTimeProvider _time = new(frequency: 4_000_000);
    private readonly NaivePresence _model = new(Limits);
    private readonly List<string> _story = [];
    private readonly Dictionary<string, ChangeSubscription> _subscriptions = [];

    /// <summary>The sequence and the count of viewers that the subscriber to a room was told last.</summary>
    private readonly Dictionary<string, (long Sequence, int Viewers)> _told = [];
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
        Restart(); // so that every run has seen one
        Compare();
    }

    public void Dispose() => _engine.Dispose();

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 43:
                Heartbeat();
                break;
            case < 47:
                UserHeartbeat();
                break;
            case < 56:
                Leave();
                break;
            case < 73:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 30) * 500), swept: true);
                break;
            case < 78:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 5_000)), swept: false);
                break;
            case < 80:
                JumpWallClock();
                break;
            case < 82:
                Sleep();
                break;
            case < 85:
                ChangeSettings();
                break;
            case < 87:
                Define();
                break;
            case < 90:
                RemoveOrLift();
                break;
            case < 92:
                OptOut();
                break;
            case < 93:
                SetChannelMembers();
                break;
            case < 94:
                Resubscribe();
                break;
            case < 98:
                Read();
                break;
            default:
                Restart();
                break;
        }
    }

    private void Heartbeat()
    {
        var (room, user, session) = (Pick(Rooms), Pick(Users), Pick(Devices));
        var state = (ViewerState)_random.Next(3);
        var guest = user.StartsWith("guest", StringComparison.Ordinal);
        Tell($"heartbeat {room} {user} '{session}' {state}");

        var receipt = _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = session, State = state, IsGuest = guest });

        var outcome = _model.Heartbeat(room, user, session, state, guest);
        var isAccepted = outcome == HeartbeatOutcome.Accepted;
        Equal("outcome", outcome, receipt.Outcome);
        Equal("joined", _model.Changes is [.., { Kind: ChangeKind.Joined } last] && last.At == _model.Now && last.User == user && isAccepted, receipt.Joined);
        Equal("viewers", isAccepted ? _model.Viewers(room).Count : 0, receipt.Viewers);
        Equal("promise", _model.InForce(room), (receipt.Settings.HeartbeatInterval, receipt.Settings.PresenceTimeout));
        Equal("removal", outcome is HeartbeatOutcome.Banned or HeartbeatOutcome.Removed ? _model.RemovalOf(user, room) : null, receipt.Removal);
        Advance(BetweenHeartbeats, swept: false);
    }

    private void Leave()
    {
        var (room, user, session) = (Pick(Rooms), Pick(Users), Pick(Devices));
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
        Sweep();
        Compare(); // changes were stamped by the old clock, and are compared by it
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
        Sweep();
        Compare();
        var slept = TimeSpan.FromSeconds(_random.Next(7, 10_000));
        Tell($"sleep {slept.TotalSeconds} s");

        _time.Advance(slept);
        _model.Now += TimeSpan.FromSeconds(1);
        _model.Epoch += slept - TimeSpan.FromSeconds(1);
        _model.Slept += slept - TimeSpan.FromSeconds(1);
        Sweep();
        foreach (var (room, subscription) in _subscriptions)
        {
            Equal("after a sleep", SubscriptionItem.Gap, subscription.TryRead(out _));
            ReadAgain(room);
        }
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
        var user = Pick(Users);
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
        var (user, room) = (Pick(Users), _random.Next(3) == 0 ? null : Pick(Rooms));
        if (_random.Next(3) == 0)
        {
            Tell($"lift {user} {room}");
            _engine.Lift(user, room);
            _model.Lift(user, room);
            return;
        }
        var removal = new Removal(user, room, _model.Epoch + _model.Now + TimeSpan.FromSeconds(_random.Next(1, 60)), null);
        Tell($"remove {user} {room} until {removal.Until:HH:mm:ss}");
        _engine.Remove(removal);
        _model.Remove(removal);
    }

    private void OptOut()
    {
        var (user, isOut) = (Pick(Users), _random.Next(2) == 0);
        Tell($"opt out {user} {isOut}");
        _engine.SetOptOut(user, isOut);
        _model.SetOptOut(user, isOut);
    }

    private void SetChannelMembers()
    {
        var (channel, members) = (Pick(Channels), Users.Where(_ => _random.Next(2) == 0).ToArray());
        Tell($"members of {channel}: {string.Join(' ', members)}");
        _engine.SetChannelMembers(channel, members);
        _model.SetChannelMembers(channel, members);
    }

    private void Resubscribe()
    {
        Compare();
        var room = Pick(Rooms);
        Tell($"resubscribe {room}");
        _subscriptions[room].Dispose();
        Subscribe(_engine, room);
    }

    private void Subscribe(PresenceEngine engine, string room)
    {
        _subscriptions[room] = engine.Subscribe(room, 1_000);
        _told[room] = (_subscriptions[room].StartedAfter, engine.Count(room).Viewers);
    }

    private void ReadAgain(string room)
    {
        var count = _engine.Count(room);
        _told[room] = (count.Sequence, count.Viewers);
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
        foreach (var (channel, members) in _model.ChannelMembers)
            _engine.SetChannelMembers(channel, members);
        _store.Restart(_engine);
        last.Dispose();
        _model.Restart(_store.StoresJoins);
        foreach (var room in Rooms)
            ReadAgain(room);
    }

    private PresenceEngine NewEngine(PresenceSettings settings)
    {
        var engine = new PresenceEngine(_time, settings, Limits);
        foreach (var room in Rooms)
            Subscribe(engine, room);
        return engine;
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private void Tell(string step) => _story.Add($"{_model.Now.TotalSeconds:0.000} {step}");
}
