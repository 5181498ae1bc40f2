namespace Presence.Engine.Rooms;

/// <content>Many answers of one moment.</content>
internal sealed partial class Room
{
    /// <summary>Everything a page shows of the room, and its first viewers: some 20 us under the lock, whatever its size.</summary>
    /// <param name="removals">How many viewers are kept out.</param>
    /// <param name="first">The order of the first viewers, by joining or by heartbeat and without a filter; null for none.</param>
    /// <param name="rows">Takes the first viewers, one more where there are more.</param>
    public RoomSnapshot Snapshot(int removals, ViewerQuery? first, List<ViewerRow> rows)
    {
        RoomSnapshot snapshot;
        DepartureRow[] departures;
        lock (_lock)
        {
            var at = _network.Clock.UtcOf(NowNeedsLock());
            if (first is not null)
                CopyFirstNeedsLock(first, rows);
            departures = _rare.Departures?.Copy() ?? [];
            snapshot = new RoomSnapshot
            {
                Room = SummaryNeedsLock(),
                Explanation = ExplainNeedsLock(removals, at),
                Trend = TrendNeedsLock(at),
                Flow = FlowNeedsLock(),
                Departures = [],
            };
        }
        return snapshot with { Departures = DeparturesOf(departures) };
    }

    /// <summary>The room as lists show it.</summary>
    public RoomGlance Glance()
    {
        lock (_lock)
            return new(SummaryNeedsLock(), TrendNeedsLock(_network.Clock.UtcOf(NowNeedsLock())));
    }

    /// <summary>One viewer, its sessions, and the room; false when it is not here.</summary>
    public bool TryFind(string userId, int hash, out RoomSummary? room, out ViewerRow row, out List<ViewerSession> sessions)
    {
        (room, row, sessions) = (null, default, []);
        lock (_lock)
        {
            var lead = LeadOfNeedsLock(userId, hash);
            if (lead == None)
                return false;
            room = SummaryNeedsLock();
            row = RowNeedsLock(lead);
            CopySessionsNeedsLock(userId, hash, sessions);
        }
        SortSessions(sessions);
        return true;
    }

    private void CopyFirstNeedsLock(ViewerQuery first, List<ViewerRow> rows)
    {
        if (first.IsByHeartbeat)
        {
            CopyByHeartbeatNeedsLock(first.Sort == ViewerSort.LatestHeartbeatFirst, first.Limit, rows, except: null);
            return;
        }
        var lastFirst = first.Sort == ViewerSort.LastJoinedFirst;
        CopyByJoinNeedsLock(lastFirst, lastFirst ? _joinOrder.FromLast(0) : _joinOrder.FromFirst(0), first.Limit + 1, rows);
    }
}
