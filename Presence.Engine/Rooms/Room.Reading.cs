using Presence.Engine.Changes;
using Presence.Engine.Users;

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
            return SummaryNeedsLock();
    }

    /// <summary>Presence time of a user's latest heartbeat; null when it is not present.</summary>
    public long? LastHeartbeatOf(string userId, int hash)
    {
        lock (_lock)
        {
            var index = _sessions.FirstOfUser(hash, userId);
            return index == None ? null : _sessions[LatestOfViewerNeedsLock(index)].HeartbeatAt;
        }
    }

    public bool HasUser(string userId, int hash)
    {
        lock (_lock)
            return _sessions.FirstOfUser(hash, userId) != None;
    }

    /// <summary>What lists call it, kept for the next who asks.</summary>
    /// <param name="title">The title in the catalogue; null where there is none.</param>
    public ListedName NameOf(string? title)
    {
        var text = title ?? Id;
        if (Volatile.Read(ref _rare.Name) is { } known && known.Text == text)
            return known;
        var name = new ListedName(text);
        Volatile.Write(ref _rare.Name, name);
        return name;
    }

    /// <summary>The viewer count, without the lock: for choosing which rooms to read.</summary>
    public int Viewers => Volatile.Read(ref _buckets.Viewers);

    /// <summary>Those without an account, without the lock.</summary>
    public int Guests => Volatile.Read(ref _buckets.Guests);

    /// <summary>The most viewers since it is live, without the lock. Meaningless while the room is empty.</summary>
    public int Peak => Volatile.Read(ref _rare.Peak);

    /// <summary>The presence time since which it is live, without the lock. Meaningless while the room is empty.</summary>
    public long Since => Volatile.Read(ref _rare.Since);

    /// <summary>Copies viewers in heartbeat order, those who opted out left out, and the count of the same moment.</summary>
    public RoomCount CopyByHeartbeat(bool latestFirst, int limit, List<ViewerRow> rows, OptOuts? except = null)
    {
        lock (_lock)
        {
            CopyByHeartbeatNeedsLock(latestFirst, limit, rows, except);
            return CountNeedsLock();
        }
    }

    /// <summary>Copies viewers in the order of joining from an instant on (exclusive), and the count of the same moment.</summary>
    public RoomCount CopyByJoin(bool lastFirst, long from, int limit, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            CopyByJoinNeedsLock(lastFirst, lastFirst ? _joinOrder.Before(ref _sessions, from) : _joinOrder.After(ref _sessions, from), limit, rows);
            return CountNeedsLock();
        }
    }

    /// <summary>Copies the joins of sessions present, a slice under each hold of the lock; false when there are no more.</summary>
    public bool CopyMemberships(ref int from, List<MembershipChange> changes)
    {
        LetWaitersIn();
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
                    slot.MembershipId, IsJoin: true, Id, slot.UserId, slot.SessionId, lead.IsGuest, slot.State, _network.Clock.UtcOf(lead.JoinedAt))
                { IsUnlisted = lead.IsUnlisted });
            }
            return from < _sessions.UsedSlots;
        }
    }

    /// <summary>Counts sessions that said they answer to these settings, a slice under each hold of the lock; false when there are no more.</summary>
    public bool CountAnswering(int settingsVersion, ref int from, ref int sessions)
    {
        LetWaitersIn();
        lock (_lock)
        {
            var until = Math.Min(from + SlotsPerCopy, _sessions.UsedSlots);
            for (; from < until; from++)
            {
                ref var slot = ref _sessions[from];
                if (slot.UserId is not null && slot.SettingsVersion == settingsVersion)
                    sessions++;
            }
            return from < _sessions.UsedSlots;
        }
    }

    /// <summary>Merges the generations from one end. A viewer stands where its latest session stands.</summary>
    private void CopyByHeartbeatNeedsLock(bool latestFirst, int limit, List<ViewerRow> rows, OptOuts? except)
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
            if (LatestOfViewerNeedsLock(index) != index || except?.Contains(slot.UserId!) == true)
                continue;
            var lead = slot.IsLead ? index : LeadOfNeedsLock(slot.UserId!, slot.Hash);
            if (!_sessions[lead].IsUnlisted)
                rows.Add(RowNeedsLock(lead));
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

    private void CopyByJoinNeedsLock(bool lastFirst, JoinPlace place, int limit, List<ViewerRow> rows)
    {
        while (rows.Count < limit)
        {
            var lead = lastFirst ? _joinOrder.TakePrevious(ref place) : _joinOrder.TakeNext(ref place);
            if (lead == None)
                return;
            rows.Add(RowNeedsLock(lead));
        }
    }

    private RoomSummary SummaryNeedsLock()
    {
        var count = CountNeedsLock();
        var rules = RulesNeedsLock();
        var isLive = count.Viewers > 0;
        return new(Id, count, isLive ? _network.Clock.UtcOf(_rare.Since) : null, isLive || _rare.EmptiedBy is LeaveReason.Disabled or LeaveReason.Ended ? _rare.Peak : 0)
        {
            Title = rules.Definition.Title,
            Status = rules.Definition.Status,
            IsEnabled = rules.Effective.Values.Enabled,
        };
    }

    private ViewerRow RowNeedsLock(int lead)
    {
        ref var slot = ref _sessions[lead];
        var mark = MarkOfNeedsLock(lead);
        return new(slot.UserId!, slot.IsGuest, slot.JoinedAt, _sessions[LatestOfViewerNeedsLock(lead)].HeartbeatAt, mark.State, mark.IsFading, slot.Sessions) { Slot = lead, Hash = slot.Hash, Device = slot.Device, IsUnlisted = slot.IsUnlisted, Band = mark.IsInBand ? BandOfNeedsLock(lead) : BandReason.None };
    }

    private RoomCount CountNeedsLock() =>
        new(_buckets.Viewers, _sessions.Count, _buckets.Guests, _buckets.Hidden, _buckets.Fading, _network.Clock.UtcOf(_network.SweptAt))
        {
            Sequence = _rare.Sequence,
            Hands = _hasHands ? _rare.Hands!.Count : 0,
            Unlisted = _buckets.Unlisted,
            Unverified = _buckets.Band,
        };
}
