using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Expiry;

public sealed class SweepTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Sweep_LateByHalfASecond_StampsTheDeadline()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann");
        var deadline = _world.Now.AddSeconds(60);
        _world.Advance(59.5);

        _world.Advance(1);

        Assert.Equal(deadline, changes.All()[^1].At);
    }

    [Fact]
    public void Sweep_ViewerWithTwoSessions_LeavesAtTheLaterDeadline()
    {
        using var changes = _world.Engine.Subscribe(EngineWorld.Lobby, 10);
        _world.Beat("ann", session: "phone");
        _world.Advance(20);
        _world.Beat("ann", session: "laptop");
        var deadline = _world.Now.AddSeconds(60);

        _world.Advance(61);

        Assert.Equal(["Joined ann", "Left ann Timeout"], changes.All().Select(change => change.Text()));
        Assert.Equal(0, _world.Viewers());
        Assert.Equal(deadline.AddSeconds(1), _world.Now);
    }

    [Fact]
    public void Sweep_MoreDueThanOneSlice_EndsThemAll()
    {
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user{user}");

        _world.Advance(60);

        Assert.Equal(new NetworkCount(0, 0, 0, 0, 0, 0, _world.Now), _world.Engine.CountNetwork());
    }

    [Fact]
    public void Sweep_WallClockJumpsBothWays_ChangesNoPresence()
    {
        _world.Beat("ann");
        _world.Time.SetUtcNow(_world.Now.AddHours(5));
        _world.Advance(30);
        Assert.Equal(1, _world.Viewers());

        _world.Time.SetUtcNow(_world.Now.AddHours(-9));
        _world.Advance(29.9);
        Assert.Equal(1, _world.Viewers());

        _world.Advance(0.1);
        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Sweep_AfterAnHourOfSleep_SkipsTheSleep()
    {
        _world.Beat("ann");
        _world.Advance(10);

        _world.AdvanceUnswept(3_600);
        _world.Engine.Sweep();

        Assert.Equal(1, _world.Viewers());
        _world.Advance(49);
        Assert.Equal(0, _world.Viewers()); // 10 s before, 1 s for the sweep that was due, 49 s after
    }

    [Fact]
    public void Heartbeat_FirstAfterASleep_IsNotLate()
    {
        _world.Beat("ann");
        _world.Advance(10);

        _world.AdvanceUnswept(3_600);

        Assert.False(_world.Beat("ann").Joined);
        Assert.Equal(_world.Now, _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].LastHeartbeatAt);
    }

    [Fact]
    public void Sweep_SixSecondsLate_IsStillNoSleep()
    {
        _world.Beat("ann");
        _world.Advance(55);

        _world.AdvanceUnswept(6);
        _world.Engine.Sweep();

        Assert.Equal(0, _world.Viewers());
    }

    [Fact]
    public void Reads_CarryTheMomentOfTheLastSweep()
    {
        _world.Advance(3);
        var swept = _world.Now;
        _world.AdvanceUnswept(0.7);
        _world.Beat("ann");

        Assert.Equal(swept, _world.Engine.Count(EngineWorld.Lobby).At);
        Assert.Equal(swept, _world.Engine.Count("nowhere").At);
        Assert.Equal(swept, _world.Engine.CountNetwork().At);
    }

    [Fact]
    public void Sweep_SilentPastTheGrace_FadesUntilTheNextHeartbeat()
    {
        _world.Beat("ann");
        _world.Advance(33);
        Assert.Equal(0, Fading());

        _world.Advance(1);
        Assert.Equal(1, Fading());
        Assert.True(_world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].IsFading);

        _world.Beat("ann");
        Assert.Equal(0, Fading());

        _world.Advance(34);
        Assert.Equal(1, Fading());
    }

    [Fact]
    public void Sweep_OneOfTwoSessionsOverdue_DoesNotFade()
    {
        _world.Beat("ann", session: "phone");
        _world.Advance(20);
        _world.Beat("ann", session: "laptop");

        _world.Advance(20);
        Assert.Equal(0, Fading());

        _world.Advance(14);
        Assert.Equal(1, Fading());

        _world.Engine.Leave(EngineWorld.Lobby, "ann", "laptop");
        Assert.Equal(1, Fading());
    }

    private int Fading() => _world.Engine.Count(EngineWorld.Lobby).Fading;
}
