namespace Presence.Engine.Rooms;

/// <summary>
/// The viewers of a room (their lead slots) in the order they joined, in blocks of up to 128: a place in it, the instant
/// somebody joined, is found again in O(log n), however many have joined and left since.
/// </summary>
/// <remarks>
/// Viewers join at the end. The last block fills and a new one begins. A leaving viewer is taken out of its block; a block
/// that has room for its neighbour takes it over, so blocks stay more than a quarter full on average and an order of n
/// viewers is at most n / 16 + 1 blocks.
/// <para><b>Threads.</b> None of its own: the room's lock.</para>
/// </remarks>
internal struct JoinOrder
{
    private const int BlockSize = 128;
    private const int MergeUpTo = BlockSize / 2;
    private const int FirstSlots = 4;

    private readonly List<Block> _order = new(1); // in order of joining; a block's first viewer joined at or after its From
    private Block?[] _blocks = new Block?[1]; // by number, which the slot stores
    private int _freeNumbers; // the lowest number that can be free

    public JoinOrder()
    {
    }

    /// <summary>Adds a viewer that joined after all others.</summary>
    public void Append(ref SessionTable sessions, int lead)
    {
        ref var slot = ref sessions[lead];
        var last = _order.Count == 0 ? null : _order[^1];
        if (last is null || last.Count == BlockSize)
        {
            last = NewBlock(slot.JoinedAt);
            _order.Add(last);
        }
        last.Add(lead);
        slot.JoinBlock = last.Number;
    }

    /// <summary>Takes a viewer out.</summary>
    public void Remove(ref SessionTable sessions, int lead)
    {
        var block = _blocks[sessions[lead].JoinBlock]!;
        block.Remove(lead);
        if (block.Count > MergeUpTo / 2)
            return;

        var at = LastFrom(block.From);
        if (block.Count == 0)
            Drop(at);
        else if (at + 1 < _order.Count && block.Count + _order[at + 1].Count <= MergeUpTo)
            MergeIntoEarlier(ref sessions, at + 1);
        else if (at > 0 && block.Count + _order[at - 1].Count <= MergeUpTo)
            MergeIntoEarlier(ref sessions, at);
    }

    /// <summary>Another session of the same viewer takes the lead, and with it the viewer's place.</summary>
    public readonly void Replace(ref SessionTable sessions, int lead, int successor)
    {
        var number = sessions[lead].JoinBlock;
        _blocks[number]!.Replace(lead, successor);
        sessions[successor].JoinBlock = number;
    }

    /// <summary>Where all viewers begin who joined after <paramref name="joinedAt"/>.</summary>
    public readonly JoinPlace After(ref SessionTable sessions, long joinedAt)
    {
        var block = LastFrom(joinedAt);
        if (block < 0)
            return new(0, 0);
        var leads = _order[block].Leads;
        var index = 0;
        while (index < leads.Length && sessions[leads[index]].JoinedAt <= joinedAt)
            index++;
        return new(block, index);
    }

    /// <summary>Where, going backwards, all viewers begin who joined before <paramref name="joinedAt"/>.</summary>
    public readonly JoinPlace Before(ref SessionTable sessions, long joinedAt)
    {
        var block = LastFrom(joinedAt);
        if (block < 0)
            return new(-1, 0);
        var leads = _order[block].Leads;
        var index = leads.Length - 1;
        while (index >= 0 && sessions[leads[index]].JoinedAt >= joinedAt)
            index--;
        return new(block, index);
    }

    /// <summary>Where to begin so that all but the first <paramref name="skip"/> follow. Blocks are counted, not viewers.</summary>
    public readonly JoinPlace FromFirst(int skip)
    {
        var block = 0;
        for (; block < _order.Count && skip >= _order[block].Count; block++)
            skip -= _order[block].Count;
        return new(block, skip);
    }

    /// <summary>Where to begin backwards so that all but the last <paramref name="skip"/> follow.</summary>
    public readonly JoinPlace FromLast(int skip)
    {
        var block = _order.Count - 1;
        for (; block >= 0 && skip >= _order[block].Count; block--)
            skip -= _order[block].Count;
        return new(block, block < 0 ? 0 : _order[block].Count - 1 - skip);
    }

    /// <summary>The viewer at a place, which moves on to the next in the order of joining; none at the end.</summary>
    public readonly int TakeNext(ref JoinPlace place)
    {
        while (place.Block < _order.Count)
        {
            var leads = _order[place.Block].Leads;
            if (place.Index < leads.Length)
            {
                var lead = leads[place.Index];
                place = place with { Index = place.Index + 1 };
                return lead;
            }
            place = new(place.Block + 1, 0);
        }
        return SessionTable.None;
    }

    /// <summary>The viewer at a place, which moves on to the one that joined before it; none at the end.</summary>
    public readonly int TakePrevious(ref JoinPlace place)
    {
        while (place.Block >= 0)
        {
            if (place.Index >= 0)
            {
                var lead = _order[place.Block].Leads[place.Index];
                place = place with { Index = place.Index - 1 };
                return lead;
            }
            place = new(place.Block - 1, place.Block > 0 ? _order[place.Block - 1].Count - 1 : 0);
        }
        return SessionTable.None;
    }

    /// <summary>How many blocks there are.</summary>
    public readonly int Blocks => _order.Count;

    /// <summary>The last block that began at or before an instant; -1 when all began later.</summary>
    private readonly int LastFrom(long joinedAt)
    {
        int low = 0, high = _order.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_order[middle].From <= joinedAt)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return high;
    }

    private void MergeIntoEarlier(ref SessionTable sessions, int later)
    {
        var into = _order[later - 1];
        foreach (var lead in _order[later].Leads)
        {
            into.Add(lead);
            sessions[lead].JoinBlock = into.Number;
        }
        Drop(later);
    }

    private void Drop(int at)
    {
        var number = _order[at].Number;
        _order.RemoveAt(at);
        _blocks[number] = null;
        _freeNumbers = Math.Min(_freeNumbers, number);
        if (_order.Count == 0)
        {
            _order.TrimExcess();
            _blocks = new Block?[1];
            _freeNumbers = 0;
        }
    }

    private Block NewBlock(long from)
    {
        var number = _freeNumbers;
        while (number < _blocks.Length && _blocks[number] is not null)
            number++;
        if (number == _blocks.Length)
            Array.Resize(ref _blocks, 2 * number);
        _freeNumbers = number + 1;
        return _blocks[number] = new Block(number, from);
    }

    private sealed class Block(int number, long from)
    {
        private int[] _leads = new int[FirstSlots];

        public int Number { get; } = number;

        public long From { get; } = from;

        public int Count { get; private set; }

        public ReadOnlySpan<int> Leads => _leads.AsSpan(0, Count);

        public void Add(int lead)
        {
            if (Count == _leads.Length)
                Array.Resize(ref _leads, Math.Min(BlockSize, Count + Math.Max(FirstSlots, Count / 2)));
            _leads[Count++] = lead;
        }

        public void Remove(int lead)
        {
            var at = Leads.IndexOf(lead);
            Leads[(at + 1)..].CopyTo(_leads.AsSpan(at));
            Count--;
        }

        public void Replace(int lead, int successor) => _leads[Leads.IndexOf(lead)] = successor;
    }
}

/// <summary>A place in a <see cref="JoinOrder"/>, good until the room's lock is let go.</summary>
internal readonly record struct JoinPlace(int Block, int Index);
