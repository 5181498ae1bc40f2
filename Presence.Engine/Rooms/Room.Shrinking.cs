namespace Presence.Engine.Rooms;

/// <content>Frees the memory of a crowd that has left. An empty room frees its own; this is for rooms where a few stay.</content>
internal sealed partial class Room
{
    /// <summary>Smaller tables aren't worth shrinking.</summary>
    private const int SmallestShrunk = 4_096;

    /// <summary>At most so many sessions are moved under one hold of the lock, about 0.8 ms. A room with more keeps its table.</summary>
    private const int MostMoved = 4_096;

    /// <summary>Moves the sessions that are left to a table of their size, where less than an eighth of the old one is used.</summary>
    /// <remarks>Not during a walk over the slots in several holds: the walk could miss a session.</remarks>
    public void Shrink()
    {
        lock (_lock)
        {
            if (_sessions.UsedSlots >= SmallestShrunk && _sessions.Count <= Math.Min(MostMoved, _sessions.UsedSlots / 8) && _rare.RosterReadCache is not { Copies.Length: > 0 } && _network.Walks == 0)
                ShrinkNeedsLock();
        }
    }

    private void ShrinkNeedsLock()
    {
        var sessions = new SessionTable();
        var places = new Dictionary<int, int>(_sessions.Count) { [None] = None };
        for (var number = 0; number < _generations.Count; number++)
        {
            for (var index = _generations[number].Oldest; index != None; index = _sessions[index].Newer)
                places[index] = Move(ref _sessions[index], ref sessions);
        }
        foreach (var (_, moved) in places)
        {
            if (moved == None)
                continue;
            ref var slot = ref sessions[moved];
            (slot.Older, slot.Newer) = (places[slot.Older], places[slot.Newer]);
        }
        for (var number = 0; number < _generations.Count; number++)
        {
            ref var generation = ref _generations[number];
            (generation.Oldest, generation.Newest, generation.OldestFresh) = (places[generation.Oldest], places[generation.Newest], places[generation.OldestFresh]);
        }

        var joinOrder = new JoinOrder();
        var place = _joinOrder.After(ref _sessions, long.MinValue);
        for (var lead = _joinOrder.TakeNext(ref place); lead != None; lead = _joinOrder.TakeNext(ref place))
            joinOrder.Append(ref sessions, places[lead]);
        _rare.OwnJoins = _rare.OwnJoins?.ToDictionary(own => places[own.Key], own => own.Value);
        _rare.Patterns = _rare.Patterns?.ToDictionary(pattern => places[pattern.Key], pattern => pattern.Value);
        _rare.Stays = _rare.Stays?.ToDictionary(stay => places[stay.Key], stay => stay.Value);
        (_sessions, _joinOrder) = (sessions, joinOrder);
        _rare.RosterReadCache = null;
    }

    /// <summary>Copies a session to another table. Its neighbours are still those of the old one.</summary>
    private static int Move(ref SessionSlot from, ref SessionTable to)
    {
        var index = to.Add(from.Hash, from.UserId!, from.SessionId);
        ref var slot = ref to[index];
        var next = slot.Next;
        slot = from;
        slot.Next = next;
        return index;
    }
}
