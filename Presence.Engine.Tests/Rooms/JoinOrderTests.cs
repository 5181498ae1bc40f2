using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Rooms;

/// <summary>The order itself, in sizes a room's tests do not reach: blocks fill, shrink, merge and go.</summary>
public sealed class JoinOrderTests
{
    private readonly List<(long JoinedAt, int Slot)> _expected = [];
    private SessionTable _sessions = new();
    private JoinOrder _order = new();
    private long _now;

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(2, 0.48)]
    [InlineData(3, 0.5)]
    [InlineData(4, 0.52)]
    public void AppendAndRemove_AtRandom_KeepOrderPlacesAndFewBlocks(int seed, double leaves)
    {
        var random = new Random(seed);
        for (var step = 0; step < 6_000; step++)
        {
            if (_expected.Count > 0 && random.NextDouble() < leaves)
                Remove(random.Next(_expected.Count));
            else
                Append();
            Assert.True(_order.Blocks <= _expected.Count / 16 + 1, $"seed {seed}, step {step}: {_order.Blocks} blocks for {_expected.Count}");
            if (step % 100 == 0)
                AssertInOrder();
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(10, true)]
    [InlineData(50, true)]
    [InlineData(2, false)]
    [InlineData(10, false)]
    [InlineData(50, false)]
    public void Remove_AllButEveryFew_MergesWhatIsLeft(int every, bool lastFirst)
    {
        for (var viewer = 0; viewer < 1_500; viewer++)
            Append();

        var leaving = _expected.Where((_, place) => place % every != 0).ToList();
        foreach (var viewer in lastFirst ? leaving.AsEnumerable().Reverse() : leaving)
            Remove(_expected.IndexOf(viewer));

        Assert.True(_order.Blocks <= _expected.Count / 16 + 1, $"{_order.Blocks} blocks for {_expected.Count}");
        AssertInOrder();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remove_FromOneEnd_LeavesNoEmptyBlockBehind(bool first)
    {
        for (var viewer = 0; viewer < 600; viewer++)
            Append();

        while (_expected.Count > 0)
        {
            Remove(first ? 0 : _expected.Count - 1);
            Assert.True(_order.Blocks <= _expected.Count / 16 + 1, $"{_order.Blocks} blocks for {_expected.Count}");
        }

        Assert.Equal(0, _order.Blocks);
        Append();
        AssertInOrder();
    }

    [Fact]
    public void Replace_TakesThePlaceOfTheLeadBefore()
    {
        for (var viewer = 0; viewer < 200; viewer++)
            Append();
        var (joinedAt, lead) = _expected[70];
        var successor = _sessions.Add(-1, "successor", "");
        _sessions[successor].JoinedAt = joinedAt;

        _order.Replace(ref _sessions, lead, successor);
        _sessions.Remove(lead);
        _expected[70] = (joinedAt, successor);

        AssertInOrder();
        Remove(70);
        AssertInOrder();
    }

    private void Append()
    {
        var slot = _sessions.Add((int)_now, $"user{_now}", "");
        _sessions[slot].JoinedAt = ++_now * 10;
        _order.Append(ref _sessions, slot);
        _expected.Add((_now * 10, slot));
    }

    private void Remove(int place)
    {
        var slot = _expected[place].Slot;
        _order.Remove(ref _sessions, slot);
        _sessions.Remove(slot);
        _expected.RemoveAt(place);
    }

    private void AssertInOrder()
    {
        Assert.Equal(_expected.Select(viewer => viewer.Slot), From(_order.After(ref _sessions, long.MinValue)));
        Assert.Equal(_expected.Select(viewer => viewer.Slot).Reverse(), Before(_order.Before(ref _sessions, long.MaxValue)));
        for (var place = 0; place < _expected.Count; place += 7)
        {
            var after = _order.After(ref _sessions, _expected[place].JoinedAt);
            Assert.Equal(place + 1 < _expected.Count ? _expected[place + 1].Slot : SessionTable.None, _order.TakeNext(ref after));
            var between = _order.After(ref _sessions, _expected[place].JoinedAt - 1);
            Assert.Equal(_expected[place].Slot, _order.TakeNext(ref between));
            var before = _order.Before(ref _sessions, _expected[place].JoinedAt);
            Assert.Equal(place > 0 ? _expected[place - 1].Slot : SessionTable.None, _order.TakePrevious(ref before));
        }
    }

    private List<int> From(JoinPlace place)
    {
        var slots = new List<int>();
        for (var slot = _order.TakeNext(ref place); slot != SessionTable.None; slot = _order.TakeNext(ref place))
            slots.Add(slot);
        return slots;
    }

    private List<int> Before(JoinPlace place)
    {
        var slots = new List<int>();
        for (var slot = _order.TakePrevious(ref place); slot != SessionTable.None; slot = _order.TakePrevious(ref place))
            slots.Add(slot);
        return slots;
    }
}
