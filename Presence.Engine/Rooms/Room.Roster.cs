namespace Presence.Engine.Rooms;

/// <content>What a moderator's page asks beyond counts and pages: places by number, single viewers, their sessions, who left.</content>
internal sealed partial class Room
{
    /// <summary>Copies viewers in the order of joining behind the first <paramref name="skip"/>, and the count of the same moment.</summary>
    public RoomCount CopyByRank(bool lastFirst, int skip, int limit, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            var place = lastFirst ? _joinOrder.FromLast(skip) : _joinOrder.FromFirst(skip);
            while (rows.Count < limit)
            {
                var lead = lastFirst ? _joinOrder.TakePrevious(ref place) : _joinOrder.TakeNext(ref place);
                if (lead == None)
                    break;
                rows.Add(RowNeedsLock(lead));
            }
            return CountNeedsLock();
        }
    }

    /// <summary>Copies the viewers of a list who are present, in its order.</summary>
    public void CopyUsers(IReadOnlyList<string> userIds, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            foreach (var userId in userIds)
            {
                var lead = LeadOfNeedsLock(userId, PresenceComparers.UserId.GetHashCode(userId));
                if (lead != None)
                    rows.Add(RowNeedsLock(lead));
            }
        }
    }

    /// <summary>A viewer's sessions, the one with the latest heartbeat first.</summary>
    public List<ViewerSession> Sessions(string userId, int hash)
    {
        var sessions = new List<ViewerSession>();
        lock (_lock)
        {
            for (var index = _sessions.FirstOfUser(hash, userId); index != None; index = _sessions.NextOfUser(index))
                sessions.Add(SessionNeedsLock(index));
        }
        sessions.Sort((left, right) => (right.LastHeartbeatAt, left.SessionId).CompareTo((left.LastHeartbeatAt, right.SessionId)));
        return sessions;
    }

    public RoomExplanation Explain(int removals)
    {
        lock (_lock)
        {
            var clock = _network.Clock;
            var (oldest, newest) = _generations.Ends(ref _sessions);
            var isEmpty = _sessions.Count == 0;
            return new(
                CountNeedsLock(),
                isEmpty ? null : clock.UtcOf(oldest),
                isEmpty ? null : clock.UtcOf(newest),
                _rare.Watches?.Count ?? 0,
                removals,
                clock.UtcOf(NowNeedsLock()));
        }
    }

    /// <summary>The latest departures, the latest first.</summary>
    public Departure[] Departures()
    {
        DepartureRow[] rows;
        lock (_lock)
            rows = _rare.Departures?.Copy() ?? [];
        Array.Reverse(rows);
        return Array.ConvertAll(rows, row => new Departure(row.UserId, _network.Users.ProfileOf(row.UserId) ?? row.Profile, row.IsGuest, row.Reason, _network.Clock.UtcOf(row.At)));
    }

    private ViewerSession SessionNeedsLock(int index)
    {
        ref var slot = ref _sessions[index];
        var clock = _network.Clock;
        var joinedAt = _rare.OwnJoins?.TryGetValue(index, out var own) == true ? own : slot.JoinedAt;
        return new(
            slot.SessionId,
            _network.Devices[slot.Device],
            slot.State,
            slot.IsFading,
            clock.UtcOf(joinedAt),
            clock.UtcOf(slot.HeartbeatAt),
            clock.UtcOf(_generations.DeadlineOf(slot)),
            slot.SettingsVersion);
    }
}
