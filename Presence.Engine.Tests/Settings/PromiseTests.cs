using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Settings;

/// <summary>Rules 4 and 6: what a settings change does to those present.</summary>
public sealed class PromiseTests : IDisposable
{
    private static readonly PresenceSettings Disabled = PresenceSettings.Default with { Enabled = false };
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Apply_ShorterTimeout_DropsNobodyWhoKeepsTheOldPromise()
    {
        _world.Beat("ann");
        _world.Engine.Apply(EngineWorld.Seconds(5, 10));

        _world.Advance(59);
        Assert.Equal(1, _world.Viewers());

        _world.Beat("ann");
        _world.Advance(9.9);
        Assert.Equal(1, _world.Viewers());

        _world.Advance(0.1);
        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Apply_LongerTimeout_CountsFromTheNextHeartbeat()
    {
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Engine.Apply(EngineWorld.Seconds(30, 120));
        _world.Advance(30);
        _world.Beat("ann");

        _world.Advance(30);
        Assert.Equal(["ann"], _world.List());

        _world.Advance(89);
        Assert.Equal(["ann"], _world.List());

        _world.Advance(1);
        Assert.Empty(_world.List());
    }

    [Fact]
    public void Apply_BackAndForth_KeepsEverySessionsOwnPromise()
    {
        _world.Beat("ann");
        _world.Engine.Apply(EngineWorld.Seconds(5, 10));
        _world.Beat("ben");
        _world.Engine.Apply(EngineWorld.Seconds(30, 60));
        _world.Beat("cat");

        _world.Advance(10);
        Assert.Equal(["cat", "ann"], _world.List());

        _world.Advance(50);
        Assert.Empty(_world.List());
    }

    [Fact]
    public void Heartbeat_Reply_CarriesTheSettingsInForce()
    {
        var changed = EngineWorld.Seconds(20, 50) with { Version = 7 };
        _world.Beat("ann");

        _world.Engine.Apply(changed);

        Assert.Same(changed, _world.Beat("ann").Settings);
    }

    [Fact]
    public void Apply_Disabled_EmptiesEveryRoomWithReasonDisabled()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        _world.Beat("ben", room: "other");

        _world.Engine.Apply(Disabled);

        Assert.Equal(["Joined ann", "Left ann Disabled"], changes.All().Select(change => change.Text()));
        Assert.Equal(new NetworkCount(0, 0, 0, 0, 0, 0, _world.Engine.CountNetwork().At), _world.Engine.CountNetwork());
        Assert.Equal(HeartbeatOutcome.NetworkDisabled, _world.Beat("ann").Outcome);
        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Apply_Disabled_LeavesStampedBeforeItStayTimeouts()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Advance(30);
        _world.Beat("cat");
        _world.Advance(29);
        _world.AdvanceUnswept(2);

        _world.Engine.Apply(Disabled);

        Assert.Equal(["Left ann Timeout", "Left ben Timeout", "Left cat Disabled"], changes.All()[3..].Select(change => change.Text()));
    }

    [Fact]
    public void Apply_DisabledWithMoreThanOneSlicePresent_EmptiesTheRoom()
    {
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user{user}");

        _world.Engine.Apply(Disabled);

        Assert.Equal((0, 0), (_world.Viewers(), _world.Engine.CountNetwork().Sessions));
    }

    [Fact]
    public void Apply_EnabledAgain_ViewersComeBackWithTheirNextHeartbeat()
    {
        _world.Beat("ann");
        _world.Engine.Apply(Disabled);

        _world.Engine.Apply(PresenceSettings.Default);

        Assert.Equal(0, _world.Viewers());
        Assert.True(_world.Beat("ann").Joined);
    }

    [Fact]
    public void Apply_SignalsWhoeverWatches()
    {
        using var network = _world.Engine.WatchNetwork();
        using var room = _world.Engine.Watch(EngineWorld.Lobby);

        _world.Engine.Apply(EngineWorld.Seconds(20, 50));

        Assert.True(network.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompleted);
        Assert.True(room.WaitAsync(TestContext.Current.CancellationToken).AsTask().IsCompleted);
    }

    [Fact]
    public void SessionsAnswering_CountsWhoSaidSoWithTheirLastHeartbeat()
    {
        for (var user = 0; user < 1_100; user++)
            Say($"user{user}", version: 1);
        Assert.Equal(1_100, _world.Engine.SessionsAnswering(1));

        Say("user7", version: 2);
        Say("newcomer", version: 2);
        _world.Engine.Leave(EngineWorld.Lobby, "user9", "");

        Assert.Equal((1_098, 2, 0), (_world.Engine.SessionsAnswering(1), _world.Engine.SessionsAnswering(2), _world.Engine.SessionsAnswering(0)));

        void Say(string user, int version) =>
            _world.Engine.Heartbeat(new Heartbeat { RoomId = EngineWorld.Lobby, UserId = user, SessionId = "", SettingsVersion = version });
    }
}
