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
