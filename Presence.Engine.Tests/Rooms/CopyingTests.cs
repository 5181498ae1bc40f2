using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

/// <summary>A copy made in slices while the room goes on, one step at a time.</summary>
public sealed class CopyingTests
{
    private readonly Room _room = new("red", LoneRoom.Network(), now: 0);
    private readonly List<ViewerRow> _rows = [];

    [Fact]
    public void CopyAll_OfManySlices_IsEveryoneOnce()
    {
        Arrive(3_000);

        Assert.Equal(3_000, _room.CopyAll(_rows).Viewers);

        Assert.Equal(3_000, Users().Distinct().Count());
        Assert.Equal(3_000, _rows.Count);
    }

    [Fact]
    public void EndCopy_WhoCameAndWentMeanwhile_IsAsInTheCount()
    {
        Arrive(2_000);
        var noted = _room.BeginCopy();
        var from = _room.CopySlice(0, _rows);

        _room.Leave("user0"); // copied already
        _room.Leave("user1999"); // not yet
        _room.Leave("user7");
        _room.Beat("user7"); // gone and back
        _room.Beat("newcomer");
        for (; from != SessionTable.None;)
            from = _room.CopySlice(from, _rows);
        _room.Beat("latecomer");
        var count = _room.EndCopy(noted, _rows);

        Assert.Equal(2_000, count.Viewers);
        Assert.Equal(count.Viewers, _rows.Count);
        Assert.Equal(Present(count.Viewers), Users().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public void EndCopy_AViewerWhoseOneSessionWentMeanwhile_IsThereOnce(string closed)
    {
        _room.Beat("ann", "first");
        Arrive(2_000);
        _room.Beat("ann", "second");
        if (closed == "second")
        {
            _room.Leave("ann", "first"); // the second leads, and another first comes into its old slot
            _room.Beat("ann", "first");
        }
        var noted = _room.BeginCopy();
        var from = _room.CopySlice(0, _rows);

        _room.Leave("ann", closed);
        for (; from != SessionTable.None;)
            from = _room.CopySlice(from, _rows);
        var count = _room.EndCopy(noted, _rows);

        Assert.Equal((2_001, 2_001), (count.Viewers, _rows.Count));
        Assert.Single(_rows, row => row.UserId == "ann");
    }

    [Fact]
    public void EndCopy_AfterASurge_CopiesEveryoneAnew()
    {
        Arrive(1_500);
        var noted = _room.BeginCopy();
        var from = _room.CopySlice(0, _rows);
        for (var user = 0; user < 20_000; user++)
        {
            _room.Beat($"passer{user}");
            _room.Leave($"passer{user}");
        }
        for (var user = 0; user < 1_400; user++)
            _room.Leave($"user{user}");
        for (; from != SessionTable.None;)
            from = _room.CopySlice(from, _rows);

        var count = _room.EndCopy(noted, _rows);

        Assert.Equal(10_000, noted.Count); // the note is bounded
        Assert.Equal(100, count.Viewers);
        Assert.Equal(Present(100), Users().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EndCopy_StopsTheNote()
    {
        Arrive(10);
        var noted = _room.BeginCopy();
        var other = _room.BeginCopy();
        _room.EndCopy(noted, _rows);

        _room.Beat("newcomer");

        Assert.Empty(noted);
        Assert.Equal(["newcomer"], other);
    }

    private void Arrive(int users)
    {
        for (var user = 0; user < users; user++)
            _room.Beat($"user{user}");
    }

    private IEnumerable<string> Users() => _rows.Select(row => row.UserId);

    /// <summary>By the order of joining, which is read in one hold of the lock.</summary>
    private IEnumerable<string> Present(int viewers)
    {
        var rows = new List<ViewerRow>();
        _room.CopyByJoin(lastFirst: false, long.MinValue, viewers + 1, rows);
        return rows.Select(row => row.UserId).Order(StringComparer.Ordinal);
    }
}
