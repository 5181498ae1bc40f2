using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <content>Many answers of one moment.</content>
internal sealed partial class Room
{
    /// <summary>Everything a page shows of the room, and its first viewers: some 20 us under the lock, whatever its size.</summary>
    /// <param name="removals">The number of banned viewers.</param>
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
                Hands = HandsNeedsLock(),
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

/// <content>Copies all viewers as of one moment, without holding the lock for long.</content>
internal sealed partial class Room
{
    /// <summary>Slots copied under one hold of the lock, about 0.05 ms.</summary>
    internal const int SlotsPerCopy = 1_024;

    /// <summary>Users recorded during one copy. With more, a surge within milliseconds, the last hold copies all of them again.</summary>
    private const int MostNoted = 10_000;

    /// <summary>Copies every viewer, in no order, and the count of the same moment.</summary>
    /// <param name="rows">Takes them.</param>
    /// <param name="withNames">They will be asked for their names (<see cref="NameOf(in ViewerRow)"/>): what the room remembers of them comes along.</param>
    /// <remarks>
    /// Slots are copied in slices while the room goes on. Who comes, goes or moves to another slot meanwhile is noted, and
    /// looked at again in the last hold of the lock: a viewer's heartbeat and state may be some milliseconds old, but who is
    /// listed is exactly who is counted.
    /// </remarks>
    public RoomCount CopyAll(List<ViewerRow> rows, bool withNames = false)
    {
        var viewers = Viewers;
        rows.EnsureCapacity(viewers + (viewers / 16)); // some are copied twice
        var noted = BeginCopy();
        for (var from = 0; from != None;)
            from = CopySlice(from, rows, withNames);
        return EndCopy(noted, rows);
    }

    /// <summary>What a viewer is called now; the room remembers it for the next who asks.</summary>
    public UserName NameOf(in ViewerRow row)
    {
        if (row.Name is { } kept && kept.Holds(row.UserId))
            return kept;
        var name = _network.Users.NameOf(row.UserId);
        Volatile.Read(ref _rare.RosterReadCache)?.Keep(row.Slot, name);
        return name;
    }

    /// <summary>Releases names that were not read recently.</summary>
    public void ForgetNames(long now)
    {
        if (Volatile.Read(ref _rare.RosterReadCache) is null)
            return;
        lock (_lock)
            _rare.RosterReadCache?.Age(now);
    }

    /// <summary>From now on, who comes, goes or moves is noted.</summary>
    internal HashSet<string> BeginCopy()
    {
        var noted = new HashSet<string>(PresenceComparers.UserId);
        lock (_lock)
        {
            _rare.RosterReadCache ??= new RosterReadCache();
            _rare.RosterReadCache.Copies = [.. _rare.RosterReadCache.Copies, noted];
        }
        return noted;
    }

    /// <summary>Copies the next slots; where to go on, or none behind the last.</summary>
    internal int CopySlice(int from, List<ViewerRow> rows, bool withNames = false)
    {
        LetWaitersIn();
        lock (_lock)
            return CopySliceNeedsLock(from, rows, withNames ? _rare.RosterReadCache!.NamesFrom(from, NowNeedsLock()) : null);
    }

    /// <summary>Looks at those noted again, which makes the copy one of this moment.</summary>
    internal RoomCount EndCopy(HashSet<string> noted, List<ViewerRow> rows)
    {
        var again = new List<ViewerRow>();
        RoomCount count;
        bool isSurge;
        lock (_lock)
        {
            _rare.RosterReadCache!.Copies = Array.FindAll(_rare.RosterReadCache.Copies, copy => copy != noted);
            isSurge = noted.Count >= MostNoted;
            CopyAgainNeedsLock(isSurge ? null : noted, again);
            count = CountNeedsLock();
        }

        if (isSurge)
        {
            rows.Clear();
        }
        else if (noted.Count > 0)
        {
            var hashes = noted.Select(PresenceComparers.UserId.GetHashCode).ToHashSet(); // hashes rule out nearly all rows with one comparison
            rows.RemoveAll(row => hashes.Contains(row.Hash) && noted.Contains(row.UserId));
        }
        rows.AddRange(again);
        return count;
    }

    private int CopySliceNeedsLock(int from, List<ViewerRow> rows, UserName?[]? names = null)
    {
        var until = Math.Min(from + SlotsPerCopy, _sessions.UsedSlots);
        for (; from < until; from++)
        {
            if (!_sessions[from].IsLead || _sessions[from].IsUnlisted)
                continue;
            var row = RowNeedsLock(from);
            row.Name = names?[from % SlotsPerCopy];
            rows.Add(row);
        }
        return from < _sessions.UsedSlots ? from : None;
    }

    private void CopyAgainNeedsLock(HashSet<string>? noted, List<ViewerRow> rows)
    {
        if (noted is null)
        {
            for (var from = 0; from != None;)
                from = CopySliceNeedsLock(from, rows);
            return;
        }
        foreach (var userId in noted)
        {
            var lead = LeadOfNeedsLock(userId, PresenceComparers.UserId.GetHashCode(userId));
            if (lead != None && !_sessions[lead].IsUnlisted)
                rows.Add(RowNeedsLock(lead));
        }
    }

    private void NoteNeedsLock(string userId)
    {
        if (_rare.RosterReadCache is not { Copies: var copies })
            return;
        foreach (var noted in copies)
        {
            if (noted.Count < MostNoted)
                noted.Add(userId);
        }
    }
}
