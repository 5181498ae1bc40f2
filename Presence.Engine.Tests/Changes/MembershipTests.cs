using Presence.Engine.Changes;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Changes;

/// <summary>What is stored of presence, and what comes back from it.</summary>
public sealed class MembershipTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void TryDrain_HoldsJoinsAndLeavesOfSessionsButNoRefreshes()
    {
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "phone");
        _world.Beat("ann", session: "laptop");
        _world.Engine.Leave(EngineWorld.Lobby, "ann", "phone");

        var changes = Drain();

        Assert.Equal([(1, true, "phone"), (2, true, "laptop"), (1, false, "")], changes.Select(change => ((int)change.Id, change.IsJoin, change.SessionId)));
        Assert.Equal(new MembershipChange(1, IsJoin: false, "", "", "", IsGuest: false, Presence.Engine.Rooms.ViewerState.Visible, default), changes[2]);
        Assert.Empty(Drain());
    }

    [Fact]
    public void TryDrain_AfterAnOverflow_SaysSoOnceAndRecordsOn()
    {
        var journal = new MembershipJournal(() => [], new ManualTimeProvider(), capacity: 2);
        for (var id = 1; id <= 3; id++)
            journal.Record(new MembershipChange(id, true, "r", "u", "", false, ViewerState.Visible, default));

        var changes = new List<MembershipChange>();
        Assert.False(journal.TryDrain(changes));
        Assert.Empty(changes);

        journal.Record(new MembershipChange(4, true, "r", "u", "", false, ViewerState.Visible, default));
        Assert.True(journal.TryDrain(changes));
        Assert.Equal(4, Assert.Single(changes).Id);
    }

    [Fact]
    public void Lag_UntilTheWriterStored_IsTheAgeOfTheOldestChange()
    {
        var time = new ManualTimeProvider();
        var journal = new MembershipJournal(() => [], time);
        var changes = new List<MembershipChange>();
        Assert.Equal((0, TimeSpan.Zero), (journal.Unstored, journal.Lag));

        Record(1);
        time.Advance(TimeSpan.FromSeconds(3));
        Record(2);
        Assert.Equal((2, 3), (journal.Unstored, Math.Round(journal.Lag.TotalSeconds)));

        journal.TryDrain(changes); // and the disk is full
        time.Advance(TimeSpan.FromSeconds(4));
        Record(3);
        Assert.Equal((3, 7), (journal.Unstored, Math.Round(journal.Lag.TotalSeconds)));

        journal.TryDrain(changes);
        Record(4);
        journal.MarkStored();
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 2), (journal.Unstored, Math.Round(journal.Lag.TotalSeconds)));

        void Record(long id) => journal.Record(new MembershipChange(id, true, "r", "u", "", false, ViewerState.Visible, default));
    }

    [Fact]
    public void Snapshot_IsEverySessionPresent()
    {
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user{user}", room: $"room{user % 3}");
        _world.Beat("user0", room: "room0", session: "second");
        _world.Engine.Leave("room1", "user1", "");

        var sessions = _world.Engine.Journal.Snapshot().ToList();

        Assert.Equal(1_000, sessions.Count);
        Assert.Equal(1_000, sessions.DistinctBy(session => session.Id).Count());
        Assert.DoesNotContain(sessions, session => session.UserId == "user1");
        Assert.All(sessions, session => Assert.True(session.IsJoin));
    }

    [Fact]
    public void Snapshot_OfMoreThanOneSlice_IsEverySessionOnce()
    {
        for (var user = 0; user < 1_000; user++)
            _world.Beat($"user{user}");
        for (var user = 0; user < 1_000; user += 3)
            _world.Engine.Leave(EngineWorld.Lobby, $"user{user}", "");

        var stored = _world.Engine.Journal.Snapshot().Select(session => session.UserId).ToList();

        Assert.Equal(666, stored.Count);
        Assert.Equal(666, stored.Distinct().Count());
    }

    [Fact]
    public void Restore_BringsEveryoneBackWithAFullTimeout()
    {
        _world.Beat("ann", session: "phone", state: ViewerState.Hidden);
        _world.Advance(5);
        _world.Beat("g1", guest: true);
        _world.Beat("ann", session: "laptop");
        var joined = _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst }).Viewers.Select(viewer => (viewer.UserId, viewer.JoinedAt)).ToList();
        _world.Advance(20);

        var restarted = Restart();

        var page = restarted.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.FirstJoinedFirst });
        Assert.Equal(joined, page.Viewers.Select(viewer => (viewer.UserId, viewer.JoinedAt)));
        Assert.Equal((2, 3, 1), (page.Count.Viewers, page.Count.Sessions, page.Count.Guests));
        Assert.Equal(joined[0].JoinedAt, restarted.Engine.Room(EngineWorld.Lobby).Since);

        restarted.Advance(59);
        Assert.Equal(2, restarted.Viewers());
        restarted.Advance(1);
        Assert.Equal(0, restarted.Viewers());
    }

    [Fact]
    public void Restore_MoreThanTheCapsAllowNow_LeavesTheRestOut()
    {
        foreach (var session in new[] { "a", "b", "c" })
            _world.Beat("ann", session: session);
        _world.Beat("ben");
        _world.Beat("cat");
        using var restarted = new EngineWorld(limits: new PresenceLimits { SessionsPerUserAndRoom = 2, Sessions = 3 });

        restarted.Engine.Restore(_world.Engine.Journal.Snapshot().Select(session => new RestoredSession(session, null)));

        Assert.Equal((2, 3), (restarted.Viewers(), restarted.Engine.CountNetwork().Sessions));
        Assert.Empty(restarted.Engine.Audit());
    }

    [Fact]
    public void Restore_WarmsForOneInterval()
    {
        _world.Beat("ann");

        var restarted = Restart();

        Assert.True(restarted.Engine.IsWarming);
        restarted.Advance(29);
        Assert.True(restarted.Engine.IsWarming);
        restarted.Advance(1);
        Assert.False(restarted.Engine.IsWarming);
        Assert.False(_world.Engine.IsWarming);
    }

    [Fact]
    public void Restore_NumbersNewStaysAboveAllRestored()
    {
        _world.Beat("ann");
        _world.Beat("ben");

        var restarted = Restart();
        restarted.Beat("ann");
        restarted.Beat("cat");

        var changes = new List<MembershipChange>();
        Assert.True(restarted.Engine.Journal.TryDrain(changes));
        Assert.Equal((3L, "cat"), (Assert.Single(changes).Id, changes[0].UserId));
    }

    [Fact]
    public void Restore_RememberedProfiles_ShowAgain()
    {
        _world.Beat("ann");

        var restarted = Restart(new UserProfile("Ann", null));

        Assert.Equal("Ann", restarted.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].Profile?.DisplayName);
    }

    [Fact]
    public void Restore_JoinInTheFuture_CountsAsNow()
    {
        var restarted = new EngineWorld();
        restarted.Engine.Restore([new(new MembershipChange(1, true, EngineWorld.Lobby, "ann", "", false, ViewerState.Visible, restarted.Now.AddHours(4)), null)]);

        Assert.Equal(restarted.Now, restarted.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery()).Viewers[0].JoinedAt);
    }

    [Fact]
    public void Restore_WhileDisabled_BringsNobodyBack()
    {
        using var restarted = new EngineWorld(PresenceSettings.Default with { Enabled = false });

        restarted.Engine.Restore([new(new MembershipChange(1, true, EngineWorld.Lobby, "ann", "", false, ViewerState.Visible, restarted.Now), null)]);

        Assert.Equal(0, restarted.Viewers());
    }

    private EngineWorld Restart(UserProfile? profile = null)
    {
        var restarted = new EngineWorld();
        restarted.Time.SetUtcNow(_world.Now);
        restarted.Time.Advance(TimeSpan.FromSeconds(5));
        restarted.Engine.Sweep();
        restarted.Engine.Restore(_world.Engine.Journal.Snapshot().Select(session => new RestoredSession(session, profile)));
        return restarted;
    }

    private List<MembershipChange> Drain()
    {
        var changes = new List<MembershipChange>();
        Assert.True(_world.Engine.Journal.TryDrain(changes));
        return changes;
    }
}
