using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class RoomRankingTests : IDisposable
{
    private readonly EngineWorld _world = new(EngineWorld.Seconds(30, 600));

    public RoomRankingTests()
    {
        Fill("grows", 2);
        Fill("falls", 6);
        Fill("stays", 4);
        _world.Advance(20);
        Fill("grows", 5);
        for (var viewer = 1; viewer < 6; viewer++)
            _world.Engine.Leave("falls", $"falls {viewer}", "");
        Fill("new", 9); // too young to have moved
    }

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(RoomOrder.Count, "new grows stays falls")]
    [InlineData(RoomOrder.Name, "falls grows new stays")]
    [InlineData(RoomOrder.Change, "grows new stays falls")]
    [InlineData(RoomOrder.Movement, "falls grows new stays")]
    [InlineData(RoomOrder.Peak, "new falls grows stays")]
    [InlineData(RoomOrder.Since, "falls grows stays new")]
    public void RankRooms_InAnOrder_PutsTheRoomsInIt(RoomOrder order, string expected)
    {
        Assert.Equal(expected, Ranked(new RoomQuery { Order = order }));
        Assert.Equal(string.Join(' ', expected.Split(' ').Reverse()), Ranked(new RoomQuery { Order = order, Reversed = true }));
        Assert.Equal(expected.Split(' ')[0], Ranked(new RoomQuery { Order = order, Limit = 1 }));
    }

    [Fact]
    public void RankRooms_Filtered_HoldsThoseAlone()
    {
        _world.Beat("guest", "stays", guest: true);

        Assert.Equal("grows stays", Ranked(new RoomQuery { Filter = RoomFilter.Growing }));
        Assert.Equal("falls", Ranked(new RoomQuery { Filter = RoomFilter.Falling }));
        Assert.Equal("stays", Ranked(new RoomQuery { Filter = RoomFilter.WithGuests }));
        Assert.Equal("", Ranked(new RoomQuery { Filter = RoomFilter.Falling, Search = "gro" }));
    }

    [Fact]
    public void RankRooms_SwitchedOff_AreThoseOfTheCatalogueWithNobodyIn()
    {
        Define("stays", new RoomDefinition { Overrides = new RoomOverrides { Enabled = false } });
        Define("never", new RoomDefinition { Title = "Closed", Overrides = new RoomOverrides { Enabled = false } });
        Define("on", new RoomDefinition { Overrides = new RoomOverrides { Enabled = true } });

        Assert.Equal("never stays", Ranked(new RoomQuery { Filter = RoomFilter.SwitchedOff, Order = RoomOrder.Name }));
        Assert.Equal("never", Ranked(new RoomQuery { Filter = RoomFilter.SwitchedOff, Search = "closed" }));
        Assert.Equal("new grows falls", Ranked(new RoomQuery()));
    }

    [Fact]
    public void RankRooms_SearchedByTitle_FindsTheRoomByWhatItIsCalled()
    {
        Define("grows", new RoomDefinition { Title = "Main stage" });

        Assert.Equal("grows", Ranked(new RoomQuery { Search = "MAIN" }));
    }

    [Fact]
    public void RankRooms_OfARoomAMinuteOn_HasForgottenTheChange()
    {
        for (var step = 0; step < 5; step++)
        {
            _world.Advance(15);
            foreach (var room in (string[])["grows", "falls"])
                _world.Beat($"{room} 0", room);
        }

        Assert.Equal("", Ranked(new RoomQuery { Filter = RoomFilter.Growing }));
    }

    [Fact]
    public void RankRooms_OfARoomThatFellToNobody_HoldsItWhereFallsAreAskedForAMinuteLong()
    {
        _world.Advance(15);
        for (var viewer = 0; viewer < 9; viewer++)
            _world.Engine.Leave("new", $"new {viewer}", "");

        Assert.Equal("new falls", Ranked(new RoomQuery { Filter = RoomFilter.Falling, Order = RoomOrder.Change, Reversed = true }));
        Assert.Equal("new falls grows stays", Ranked(new RoomQuery { Order = RoomOrder.Movement }));
        Assert.Equal("grows stays falls new", Ranked(new RoomQuery { Order = RoomOrder.Change }));
        Assert.Equal("", Ranked(new RoomQuery { Filter = RoomFilter.Falling, Search = "stay" }));
        Assert.Equal("grows stays falls", Ranked(new RoomQuery()));
        Assert.Equal("falls grows stays", Ranked(new RoomQuery { Order = RoomOrder.Name }));

        _world.Advance(75);
        Assert.DoesNotContain("new", Ranked(new RoomQuery { Order = RoomOrder.Movement }), StringComparison.Ordinal);
        Assert.Equal("", Ranked(new RoomQuery { Filter = RoomFilter.Falling }));
    }

    [Fact]
    public void RankRooms_OfARoomThatEmptiedAndFilledAgain_GoesByWhatItIsSince()
    {
        for (var viewer = 0; viewer < 9; viewer++)
            _world.Engine.Leave("new", $"new {viewer}", "");
        _world.Advance(1);
        Fill("new", 1);

        Assert.Equal("falls grows stays new", Ranked(new RoomQuery { Order = RoomOrder.Peak }));
        Assert.Equal("falls grows stays new", Ranked(new RoomQuery { Order = RoomOrder.Since }));
    }

    [Theory]
    [InlineData(RoomOrder.Change)]
    [InlineData(RoomOrder.Movement)]
    [InlineData(RoomOrder.Peak)]
    [InlineData(RoomOrder.Since)]
    public void Rooms_WithACursorInAnOrderThatHasNone_IsRefused(RoomOrder order) => Assert.Throws<ArgumentException>(() =>
        _world.Engine.Rooms(new RoomQuery { Order = order, After = new RoomCursor("grows", 5) }));

    private string Ranked(RoomQuery query) => string.Join(' ', _world.Engine.RankRooms(query));

    private void Define(string roomId, RoomDefinition definition) => Assert.True(_world.Engine.Define(roomId, definition));

    private void Fill(string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            _world.Beat($"{room} {viewer}", room);
    }
}
