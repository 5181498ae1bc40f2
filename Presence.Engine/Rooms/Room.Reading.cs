using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>Reading. Nothing here changes presence; expired sessions are the sweep's alone to end.</content>
internal sealed partial class Room
{
    public RoomCount Count()
    {
        lock (_lock)
            return CountNeedsLock();
    }

    public RoomSummary Summary()
    {
        lock (_lock)
        {
            var count = CountNeedsLock();
            return count.Viewers == 0
                ? new(Id, count, Since: null, Peak: 0)
                : new(Id, count, _network.Clock.UtcOf(_since), _peak);
        }
    }

    /// <summary>The viewer count, without the lock: for choosing which rooms to read.</summary>
    public int Viewers => Volatile.Read(ref _buckets.Viewers);

    /// <summary>Copies the first viewers in the order asked for, and the count of the same moment.</summary>
    public RoomCount CopyFirst(ViewerSort sort, int limit, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            if (sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst)
                CopyByHeartbeatNeedsLock(sort == ViewerSort.LatestHeartbeatFirst, limit, rows);
            else
                CopyByJoinNeedsLock(sort == ViewerSort.LastJoinedFirst, limit, rows);
            return CountNeedsLock();
        }
    }

    /// <summary>Copies every viewer, in no order, a slice of slots under each hold of the lock: who is present throughout is copied once.</summary>
    public void CopyAll(List<ViewerRow> rows)
    {
        var from = 0;
        while (true)
        {
            lock (_lock)
            {
                var until = Math.Min(from + Slice, _sessions.UsedSlots);
                for (; from < until; from++)
                {
                    if (_sessions[from].IsLead)
                        rows.Add(RowNeedsLock(from));
                }
                if (from >= _sessions.UsedSlots)
                    return;
            }
        }
    }

    /// <summary>Copies the joins of sessions present, a slice under each hold of the lock; false when there are no more.</summary>
    public bool CopyMemberships(ref int from, List<MembershipChange> changes)
    {
        lock (_lock)
        {
            var until = Math.Min(from + Slice, _sessions.UsedSlots);
            for (; from < until; from++)
            {
                ref var slot = ref _sessions[from];
                if (slot.UserId is null)
                    continue;
                ref var lead = ref _sessions[slot.IsLead ? from : LeadOfNeedsLock(slot.UserId, slot.Hash)];
                changes.Add(new MembershipChange(
                    slot.MembershipId, IsJoin: true, Id, slot.UserId, slot.SessionId, lead.IsGuest, slot.State, _network.Clock.UtcOf(lead.JoinedAt)));
            }
            return from < _sessions.UsedSlots;
        }
    }

    private void CopyByJoinNeedsLock(bool lastFirst, int limit, List<ViewerRow> rows)
    {
        var place = lastFirst ? _joinOrder.Before(ref _sessions, long.MaxValue) : _joinOrder.After(ref _sessions, long.MinValue);
        while (rows.Count < limit)
        {
            var lead = lastFirst ? _joinOrder.TakePrevious(ref place) : _joinOrder.TakeNext(ref place);
            if (lead == None)
                return;
            rows.Add(RowNeedsLock(lead));
        }
    }

    /// <summary>Merges the generations from one end. A viewer stands where its latest session stands.</summary>
    private void CopyByHeartbeatNeedsLock(bool latestFirst, int limit, List<ViewerRow> rows)
    {
        Span<int> heads = _generations.Count <= 16 ? stackalloc int[_generations.Count] : new int[_generations.Count];
        for (var number = 0; number < heads.Length; number++)
            heads[number] = latestFirst ? _generations[number].Newest : _generations[number].Oldest;

        while (rows.Count < limit)
        {
            var chosen = None;
            for (var number = 0; number < heads.Length; number++)
            {
                if (heads[number] != None && (chosen == None || IsBefore(heads[number], heads[chosen], latestFirst)))
                    chosen = number;
            }
            if (chosen == None)
                return;

            var index = heads[chosen];
            ref var slot = ref _sessions[index];
            heads[chosen] = latestFirst ? slot.Older : slot.Newer;
            if (LatestOfViewerNeedsLock(index) == index)
                rows.Add(RowNeedsLock(slot.IsLead ? index : LeadOfNeedsLock(slot.UserId!, slot.Hash)));
        }
    }

    private bool IsBefore(int index, int other, bool latestFirst) =>
        latestFirst
            ? _sessions[index].HeartbeatAt > _sessions[other].HeartbeatAt
            : _sessions[index].HeartbeatAt < _sessions[other].HeartbeatAt;

    /// <summary>The viewer's session with the latest heartbeat; of equals the one with the highest slot.</summary>
    private int LatestOfViewerNeedsLock(int index)
    {
        ref var slot = ref _sessions[index];
        if (slot.IsLead && slot.Sessions == 1)
            return index;

        var latest = index;
        for (var other = _sessions.FirstOfUser(slot.Hash, slot.UserId!); other != None; other = _sessions.NextOfUser(other))
        {
            if ((_sessions[other].HeartbeatAt, other).CompareTo((_sessions[latest].HeartbeatAt, latest)) > 0)
                latest = other;
        }
        return latest;
    }

    private ViewerRow RowNeedsLock(int lead)
    {
        ref var slot = ref _sessions[lead];
        return new(slot.UserId!, slot.IsGuest, slot.JoinedAt, _sessions[LatestOfViewerNeedsLock(lead)].HeartbeatAt, MarkOfNeedsLock(lead), slot.Sessions);
    }

    private RoomCount CountNeedsLock() =>
        new(_buckets.Viewers, _sessions.Count, _buckets.Guests, _buckets.Hidden, _buckets.Fading, _network.Clock.UtcOf(_network.SweptAt))
        {
            Sequence = _sequence,
        };
}
