using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>The last hour, over a restart.</content>
internal sealed partial class Room
{
    /// <summary>What it remembers; null before its first sample.</summary>
    public RoomTrendSnapshot? Memory()
    {
        lock (_lock)
        {
            if (_isRetired || _rare.Trend is not { } trend)
                return null;
            var clock = _network.Clock;
            return trend.ToMemory(Id, clock.UtcOf(NowNeedsLock()), trend.SampledAt is { } at ? clock.UtcOf(at) : null) with
            {
                Since = clock.UtcOf(_rare.Since),
                Peak = _buckets.Viewers > 0 ? _rare.Peak : 0,
            };
        }
    }

    /// <summary>Continues from the state of an earlier run. Joins in between count in the current minute.</summary>
    public void Restore(RoomTrendSnapshot memory)
    {
        lock (_lock)
        {
            if (_isRetired || _rare.Trend is not null)
                return;
            var clock = _network.Clock;
            var trend = TrendRecorder.Of(memory, clock.UtcOf(NowNeedsLock()), clock);
            trend.ContinueFrom(_rare.Joined, _buckets.Viewers);
            if (_buckets.Viewers == 0)
            {
                _rare.Since = clock.PresenceTimeOf(memory.EmptySince);
                _network.IdleRoomQueue.Add(this, _rare.Since);
            }
            else if (memory is { Since: { } since, Peak: > 0 })
            {
                _rare.Since = Math.Min(_rare.Since, clock.PresenceTimeOf(since));
                _rare.Peak = Math.Max(_rare.Peak, memory.Peak);
            }
            Volatile.Write(ref _rare.MinuteBefore, trend.MinuteBefore);
            Volatile.Write(ref _rare.Trend, trend); // published last: a reader takes the rest with it
        }
    }

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

/// <content>Coming back after a restart.</content>
internal sealed partial class Room
{
    /// <summary>
    /// Brings one session back with a full timeout from now (rule 10). Sessions of a room come in the order their viewers
    /// joined. No change is emitted and nothing is journalled: it is stored already. Who is removed, or over a cap, is left out.
    /// </summary>
    public void Restore(in RestoredSession session, int hash)
    {
        lock (_lock)
        {
            var membership = session.Membership;
            var rules = RulesNeedsLock();
            var now = NowNeedsLock();
            if (_isRetired || rules.Verdict != HeartbeatOutcome.Accepted || _sessions.Find(hash, membership.UserId, membership.SessionId) != None)
                return;
            if (_network.Removals.Find(membership.UserId, Id, _network.Clock.UtcOf(now)) is not null)
                return;

            var lead = LeadOfNeedsLock(membership.UserId, hash);
            if (lead != None && _sessions[lead].Sessions >= _network.Limits.SessionsPerUserAndRoom)
                return;
            var heartbeat = new Heartbeat
            {
                RoomId = Id,
                UserId = membership.UserId,
                SessionId = membership.SessionId,
                IsGuest = membership.IsGuest,
                State = membership.State,
                IsUnlisted = membership.IsUnlisted,
                Profile = session.Profile,
            };
            if (AdmitNeedsLock(heartbeat, hash, isNewViewer: lead == None) != HeartbeatOutcome.Accepted)
                return;

            var joinedAt = lead == None ? NextJoinedAtNeedsLock(Math.Min(now, _network.Clock.PresenceTimeOf(membership.JoinedAt))) : _sessions[lead].JoinedAt;
            var index = AddSessionNeedsLock(heartbeat, hash, lead, joinedAt, now);
            ref var slot = ref _sessions[index];
            slot.MembershipId = membership.Id;
            slot.JoinedAt = joinedAt; // a second session is stored with the time its viewer joined
            AppendNeedsLock(index, ref slot, rules, now);
            if (membership.IsUnlisted)
                UnlistNeedsLock(index, now, isRestored: true);
            RecordReturnedNeedsLock(index, isNewViewer: lead == None, session.Hidden, now);
        }
    }
}
