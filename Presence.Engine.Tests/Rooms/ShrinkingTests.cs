using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary>A room whose crowd has gone gives its memory back, and those who stayed notice nothing.</summary>
[Collection(nameof(ShrinkingTests))] // it weighs the process: no other test may run meanwhile
public sealed class ShrinkingTests
{
    private const int Crowd = 50_000;

    [Fact]
    public void Shrink_AfterACrowdHasGone_KeepsThoseWhoStayedInEveryOrder()
    {
        using var world = new EngineWorld();
        world.Beat("first");
        for (var i = 0; i < Crowd; i++)
            world.Beat($"u{i}", guest: i % 3 == 0, profile: new UserProfile($"Name {i}", null));
        world.Beat("u77", session: "second");
        world.Advance(30);
        for (var i = 0; i < Crowd; i += 1_000)
            world.Beat($"u{i}", state: ViewerState.Hidden);
        world.Beat("u77", session: "second");
        world.Engine.Leave(EngineWorld.Lobby, "u77", ""); // the second leads
        world.Advance(31);
        string[] Lists() =>
        [
            string.Join(' ', world.List(ViewerSort.LatestHeartbeatFirst)), string.Join(' ', world.List(ViewerSort.FirstJoinedFirst)),
            string.Join(' ', world.List(ViewerSort.LastJoinedFirst)), string.Join(' ', world.List(ViewerSort.Name)),
            string.Join(' ', world.List(search: "u4")), world.Engine.Count(EngineWorld.Lobby).ToString(),
        ];
        var before = Lists();

        world.Engine.Shrink();

        Assert.Equal(before, Lists());
        Assert.Equal(Crowd / 1_000 + 1, world.Viewers());
        Assert.Empty(world.Engine.Audit());
        world.Advance(20);
        for (var i = 0; i < 100; i++)
            world.Beat($"late{i}");
        world.Advance(40);
        Assert.Equal(100, world.Viewers());
        Assert.Empty(world.Engine.Audit());
    }

    [Fact]
    public void Shrink_AfterACrowdHasGone_GivesItsMemoryBack()
    {
        using var world = new EngineWorld();
        for (var i = 0; i < Crowd; i++)
            world.Beat($"u{i}");
        var full = GC.GetTotalMemory(forceFullCollection: true);
        world.Advance(30);
        for (var i = 0; i < 100; i++)
            world.Beat($"u{i * 400}"); // from one end of the table to the other
        world.Advance(31);
        var left = GC.GetTotalMemory(forceFullCollection: true);

        world.Engine.Shrink();

        Assert.Equal(100, world.Viewers());
        var given = left - GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(given > Crowd * 60, $"Of {full:N0} bytes {left:N0} were left, and {given:N0} given back.");
    }

    [Fact]
    public void Shrink_WhileACopyIsUnderWay_MovesNobody()
    {
        var room = new Room("red", LoneRoom.Network(), now: 0);
        for (var i = 0; i < 10_000; i++)
            room.Beat($"user{i}");
        var noted = room.BeginCopy();
        var rows = new List<ViewerRow>();
        var from = room.CopySlice(0, rows);
        for (var i = 0; i < 9_900; i++)
            room.Leave($"user{i}");

        room.Shrink();
        while (from != SessionTable.None)
            from = room.CopySlice(from, rows);
        room.EndCopy(noted, rows);

        Assert.Equal(Enumerable.Range(9_900, 100).Select(i => $"user{i}"), rows.Select(row => row.UserId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shrink_WhileSomebodyWalksTheNetwork_MovesNobody()
    {
        var network = LoneRoom.Network();
        var room = new Room("red", network, now: 0);
        for (var i = 0; i < 10_000; i++)
            room.Beat($"user{i}");
        var rows = new List<ViewerRow>();
        network.BeginWalk();
        var from = room.CopySlice(0, rows);
        for (var i = 0; i < 9_900; i++)
            room.Leave($"user{i}");

        room.Shrink();
        while (from != SessionTable.None)
            from = room.CopySlice(from, rows);
        network.EndWalk();

        Assert.Superset(Enumerable.Range(9_900, 100).Select(i => $"user{i}").ToHashSet(), rows.Select(row => row.UserId).ToHashSet());
    }
}
