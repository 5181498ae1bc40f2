using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class RoomDefinitionTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Define_ShorterTimeout_AppliesToTheRoomAloneAndDropsNobody()
    {
        _world.Beat("ann");
        _world.Beat("ann", room: "other");
        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Overrides = new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(5), PresenceTimeout = TimeSpan.FromSeconds(10) } });

        _world.Advance(50);
        Assert.Equal(1, _world.Viewers());

        Assert.Equal(10, _world.Beat("ann").Settings.PresenceTimeout.TotalSeconds);
        Assert.Equal(60, _world.Beat("ann", room: "other").Settings.PresenceTimeout.TotalSeconds);
        _world.Advance(10);
        Assert.Equal((0, 1), (_world.Viewers(), _world.Viewers("other")));
    }

    [Fact]
    public void Define_Disabled_EmptiesTheRoomAndRefusesUntilEnabled()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");

        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } });

        Assert.Equal("Left ann Disabled", changes.All()[^1].Text());
        Assert.Equal(HeartbeatOutcome.RoomDisabled, _world.Beat("ann").Outcome);
        Assert.False(_world.Engine.Room(EngineWorld.Lobby).IsEnabled);

        _world.Engine.Define(EngineWorld.Lobby, null);
        Assert.True(_world.Beat("ann").Joined);
    }

    [Fact]
    public void Define_DisabledAndEnabledAgain_KeepsTheEveningsPeak()
    {
        _world.Beat("ann");
        _world.Beat("bob");

        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } });
        Assert.Equal((0, 2), (_world.Viewers(), _world.Engine.Room(EngineWorld.Lobby).Peak));

        _world.Engine.Define(EngineWorld.Lobby, null);
        _world.Beat("ann");
        Assert.Equal((1, 2), (_world.Viewers(), _world.Engine.Room(EngineWorld.Lobby).Peak));
    }

    [Fact]
    public void Define_EndedAndLiveAgain_KeepsThePeakUntilTheNextShow()
    {
        _world.Beat("ann");
        _world.Beat("bob");

        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Status = RoomStatus.Ended });
        Assert.Equal((0, 2), (_world.Viewers(), _world.Engine.Room(EngineWorld.Lobby).Peak));

        _world.Engine.Define(EngineWorld.Lobby, null);
        _world.Beat("ann");
        Assert.Equal(1, _world.Engine.Room(EngineWorld.Lobby).Peak);
    }

    [Fact]
    public void Define_Ended_EmptiesTheRoomAndRefusesWithItsOwnOutcome()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");

        _world.Engine.Define(EngineWorld.Lobby, new RoomDefinition { Title = "Premiere", Status = RoomStatus.Ended });

        Assert.Equal("Left ann Ended", changes.All()[^1].Text());
        Assert.Equal(HeartbeatOutcome.RoomEnded, _world.Beat("ann").Outcome);
        Assert.Equal(("Premiere", RoomStatus.Ended), (_world.Engine.Room(EngineWorld.Lobby).Title, _world.Engine.Room(EngineWorld.Lobby).Status));
        Assert.Equal(HeartbeatOutcome.Accepted, _world.Beat("ann", room: "other").Outcome);
    }

    [Fact]
    public void Define_BeforeTheFirstHeartbeat_IsThereForIt()
    {
        _world.Engine.Define("later", new RoomDefinition { Status = RoomStatus.Ended });

        Assert.Equal(HeartbeatOutcome.RoomEnded, _world.Beat("ann", room: "later").Outcome);
        Assert.Equal(RoomStatus.Ended, _world.Engine.Room("later").Status);
    }

    [Fact]
    public void Define_OverTheCap_IsRefusedAndChangesNothing()
    {
        using var world = new EngineWorld(limits: new PresenceLimits { CatalogueRooms = 1 });
        Assert.True(world.Engine.Define("one", new RoomDefinition { Title = "1" }));

        Assert.False(world.Engine.Define("two", new RoomDefinition { Title = "2" }));
        Assert.True(world.Engine.Define("one", new RoomDefinition { Title = "uno" }));
        Assert.True(world.Engine.Define("one", null));
        Assert.True(world.Engine.Define("two", new RoomDefinition { Title = "2" }));
    }

    [Fact]
    public void Resolve_Overrides_SayWhereEachValueComesFrom()
    {
        var effective = EffectiveSettings.Resolve(PresenceSettings.Default, new RoomOverrides { HeartbeatInterval = TimeSpan.FromSeconds(20) });

        Assert.Equal((SettingsSource.Network, SettingsSource.Room, SettingsSource.Network), (effective.EnabledFrom.Source, effective.HeartbeatIntervalFrom.Source, effective.PresenceTimeoutFrom.Source));
        Assert.Equal((20, 60), (effective.Values.HeartbeatInterval.TotalSeconds, effective.Values.PresenceTimeout.TotalSeconds));
    }

    [Fact]
    public void Resolve_ValuesThatDoNotGoTogether_RaiseTheTimeoutByTheRule()
    {
        var effective = EffectiveSettings.Resolve(EngineWorld.Seconds(60, 150), new RoomOverrides { PresenceTimeout = TimeSpan.FromSeconds(40) });

        Assert.Equal((65.0, SettingsSource.Rule), (effective.Values.PresenceTimeout.TotalSeconds, effective.PresenceTimeoutFrom.Source));
        Assert.Empty(PresenceSettingsRules.Problems(effective.Values));
    }

    [Fact]
    public void Resolve_TimeoutExactlyAtTheMargin_IsNotRaised()
    {
        var effective = EffectiveSettings.Resolve(EngineWorld.Seconds(60, 150), new RoomOverrides { PresenceTimeout = TimeSpan.FromSeconds(65) });

        Assert.Equal((65.0, SettingsSource.Room), (effective.Values.PresenceTimeout.TotalSeconds, effective.PresenceTimeoutFrom.Source));
    }

    [Fact]
    public void Resolve_RoomSwitchedOff_SaysThatTheRoomDecided()
    {
        var effective = EffectiveSettings.Resolve(PresenceSettings.Default, new RoomOverrides { Enabled = false });

        Assert.False(effective.Values.Enabled);
        Assert.Equal(SettingsSource.Room, effective.EnabledFrom.Source);
    }

    [Fact]
    public void Resolve_EnabledRoomInADisabledNetwork_StaysOff()
    {
        var effective = EffectiveSettings.Resolve(PresenceSettings.Default with { Enabled = false }, new RoomOverrides { Enabled = true });

        Assert.False(effective.Values.Enabled);
        Assert.Equal(SettingsSource.Network, effective.EnabledFrom.Source);
    }
}
