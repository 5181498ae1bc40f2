namespace Presence.Engine.Rooms;

/// <content>Copying everybody without holding the lock for long, and still from one moment.</content>
internal sealed partial class Room
{
    /// <summary>Slots copied under one hold of the lock, about 0.05 ms.</summary>
    private const int SlotsPerCopy = 1_024;

    /// <summary>Users noted during one copy. With more, a surge within milliseconds, the last hold copies everybody anew.</summary>
    private const int MostNoted = 10_000;


    /// <summary>Copies every viewer, in no order, and the count of the same moment.</summary>
    /// <remarks>
    /// Slots are copied in slices while the room goes on. Who comes, goes or moves to another slot meanwhile is noted, and
    /// looked at again in the last hold of the lock: a viewer's heartbeat and state may be some milliseconds old, but who is
    /// listed is exactly who is counted.
    /// </remarks>
    public RoomCount CopyAll(List<ViewerRow> rows)
    {
        var noted = BeginCopy();
        for (var from = 0; from != None;)
            from = CopySlice(from, rows);
        return EndCopy(noted, rows);
    }

    /// <summary>From now on, who comes, goes or moves is noted.</summary>
    internal HashSet<string> BeginCopy()
    {
        var noted = new HashSet<string>(PresenceComparers.UserId);
        lock (_lock)
            _rare.Copies = [.. _rare.Copies, noted];
        return noted;
    }

    /// <summary>Copies the next slots; where to go on, or none behind the last.</summary>
    internal int CopySlice(int from, List<ViewerRow> rows)
    {
        LetWaitersIn();
        lock (_lock)
            return CopySliceNeedsLock(from, rows);
    }

    /// <summary>Looks at those noted again, which makes the copy one of this moment.</summary>
    internal RoomCount EndCopy(HashSet<string> noted, List<ViewerRow> rows)
    {
        var again = new List<ViewerRow>();
        RoomCount count;
        bool isSurge;
        lock (_lock)
        {
            _rare.Copies = Array.FindAll(_rare.Copies, copy => copy != noted);
            isSurge = noted.Count >= MostNoted;
            CopyAgainNeedsLock(isSurge ? null : noted, again);
            count = CountNeedsLock();
        }

        rows.RemoveAll(row => isSurge || noted.Contains(row.UserId));
        rows.AddRange(again);
        return count;
    }

    private int CopySliceNeedsLock(int from, List<ViewerRow> rows)
    {
        var until = Math.Min(from + SlotsPerCopy, _sessions.UsedSlots);
        for (; from < until; from++)
        {
            if (_sessions[from].IsLead)
                rows.Add(RowNeedsLock(from));
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
            if (lead != None)
                rows.Add(RowNeedsLock(lead));
        }
    }

    private void NoteNeedsLock(string userId)
    {
        foreach (var noted in _rare.Copies)
        {
            if (noted.Count < MostNoted)
                noted.Add(userId);
        }
    }
}
