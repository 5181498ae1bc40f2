using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Settings;

public sealed class PrefixRulesTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>Room, then the longest prefix that says something of the value, then the network: in what is read and in what heartbeats are promised, whatever was changed in whatever order.</summary>
    [Fact]
    public void Effective_RandomRulesRoomsAndSettings_IsWhatANaiveSearchFinds()
    {
        for (var seed = 0; seed < 300; seed++)
            Live(new Random(seed), seed);
    }

    [Fact]
    public void SetPrefixes_SwitchedOff_EmptiesTheirRoomsAloneAndRefusesUntilDeleted()
    {
        using var changes = _world.Engine.Subscribe("class-1", 10);
        _world.Beat("ann", room: "class-1");
        _world.Beat("ann", room: "lobby");
        _world.Engine.Define("class-2", new RoomDefinition { Overrides = new RoomOverrides { Enabled = true } });

        Set(("class-", new RoomOverrides { Enabled = false }));

        Assert.Equal("Left ann Disabled", changes.All()[^1].Text());
        Assert.Equal(HeartbeatOutcome.RoomDisabled, _world.Beat("ann", room: "class-1").Outcome);
        Assert.Equal(HeartbeatOutcome.RoomDisabled, _world.Beat("ann", room: "class-3").Outcome);
        Assert.Equal(HeartbeatOutcome.Accepted, _world.Beat("ann", room: "class-2").Outcome);
        Assert.Equal((1, false, true), (_world.Viewers("lobby"), _world.Engine.Room("class-9").IsEnabled, _world.Engine.Room("class-2").IsEnabled));
        Assert.Equal(["class-1", "class-3"], _world.Engine.Figures().SwitchedOff.Order(StringComparer.Ordinal));

        Set();
        Assert.True(_world.Beat("ann", room: "class-1").Joined);
    }

    [Fact]
    public void SetPrefixes_ShorterTimeout_DropsNobodyWhoKeepsItsPromise()
    {
        _world.Beat("ann", room: "class-1");
        Set(("class-", Seconds(5, 10)));

        _world.Advance(50);
        Assert.Equal(1, _world.Viewers("class-1"));

        Assert.Equal(10, _world.Beat("ann", room: "class-1").Settings.PresenceTimeout.TotalSeconds);
        _world.Advance(10);
        Assert.Equal(0, _world.Viewers("class-1"));
    }

    [Fact]
    public void SetPrefixes_RoomsWithoutADefinition_ShareOneObjectAndAHeartbeatAllocatesNothing()
    {
        Set(("class-", Seconds(20, 90)));
        _world.Beat("ann", room: "class-1");
        Assert.Same(_world.Beat("bob", room: "class-1").Settings, _world.Beat("bob", room: "class-2").Settings);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _world.Beat("ann", room: "class-1");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Live(Random random, int seed)
    {
        string[] rooms = ["a", "ab", "abc", "abcd", "b", "ba", "bab", "c"];
        using var world = new EngineWorld();
        Dictionary<string, RoomOverrides> rules = [], own = [];
        for (var step = 0; step < 12; step++)
        {
            switch (random.Next(3))
            {
                case 0:
                    rules = Enumerable.Range(0, random.Next(6)).Select(_ => rooms[random.Next(rooms.Length)]).Distinct().ToDictionary(prefix => prefix, _ => Any(random));
                    world.Engine.SetPrefixes(rules);
                    break;
                case 1:
                    var room = rooms[random.Next(rooms.Length)];
                    own[room] = random.Next(3) == 0 ? RoomOverrides.None : Any(random);
                    world.Engine.Define(room, own[room] == RoomOverrides.None ? null : new RoomDefinition { Overrides = own[room] });
                    break;
                default:
                    var interval = random.Next(1, 60);
                    world.Engine.Apply(EngineWorld.Seconds(interval, interval + random.Next(5, 60)) with { Enabled = random.Next(6) > 0, Version = step + 2 });
                    break;
            }
            foreach (var room in rooms)
                Check(world, room, rules, own.GetValueOrDefault(room, RoomOverrides.None), $"seed {seed} step {step} room {room}");
        }
    }

    private static void Check(EngineWorld world, string room, Dictionary<string, RoomOverrides> rules, RoomOverrides own, string at)
    {
        var network = world.Engine.Settings;
        List<(SettingsOrigin From, RoomOverrides Says)> order =
        [
            (SettingsSource.Room, own),
            .. rules.Where(rule => room.StartsWith(rule.Key, StringComparison.Ordinal)).OrderByDescending(rule => rule.Key.Length)
                .Select(rule => (new SettingsOrigin(SettingsSource.Prefix, rule.Key), rule.Value)),
            (SettingsSource.Network, new RoomOverrides { Enabled = true, HeartbeatInterval = network.HeartbeatInterval, PresenceTimeout = network.PresenceTimeout }),
        ];
        var enabled = order.First(say => say.Says.Enabled is not null);
        var interval = order.First(say => say.Says.HeartbeatInterval is not null);
        var timeout = order.First(say => say.Says.PresenceTimeout is not null);
        var least = interval.Says.HeartbeatInterval!.Value + TimeSpan.FromSeconds(5);
        var isRaised = timeout.Says.PresenceTimeout < least;
        var expected = (
            network.Enabled && enabled.Says.Enabled!.Value, network.Enabled ? enabled.From : SettingsSource.Network,
            interval.Says.HeartbeatInterval.Value, interval.From,
            isRaised ? least : timeout.Says.PresenceTimeout!.Value, isRaised ? SettingsSource.Rule : timeout.From);

        var found = world.Engine.Effective(room);
        Assert.True(
            expected == (found.Values.Enabled, found.EnabledFrom, found.Values.HeartbeatInterval, found.HeartbeatIntervalFrom, found.Values.PresenceTimeout, found.PresenceTimeoutFrom),
            $"{at}: {expected} expected, {found} found");
        var receipt = world.Beat("ann", room);
        Assert.True((receipt.Outcome == HeartbeatOutcome.Accepted) == expected.Item1, $"{at}: {receipt.Outcome}");
        if (expected.Item1)
            Assert.True((expected.Item3, expected.Item5) == (receipt.Settings.HeartbeatInterval, receipt.Settings.PresenceTimeout), $"{at}: {receipt.Settings} promised");
    }

    private static RoomOverrides Any(Random random) => new()
    {
        Enabled = random.Next(6) switch { 0 => false, 1 => true, _ => null },
        HeartbeatInterval = random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(1, 90)) : null,
        PresenceTimeout = random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(6, 120)) : null,
    };

    private static RoomOverrides Seconds(int interval, int timeout) => new() { HeartbeatInterval = TimeSpan.FromSeconds(interval), PresenceTimeout = TimeSpan.FromSeconds(timeout) };

    private void Set(params IEnumerable<(string Prefix, RoomOverrides Says)> rules) => _world.Engine.SetPrefixes(rules.Select(rule => KeyValuePair.Create(rule.Prefix, rule.Says)));
}
