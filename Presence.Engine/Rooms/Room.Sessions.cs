using Presence.Engine.Changes;

namespace Presence.Engine.Rooms;

/// <content>Sessions and the viewers they stand for: which one leads, what a viewer counts as.</content>
internal sealed partial class Room
{
    /// <summary>Counts one more session, and for a new viewer one more room of its user; a cap that is reached changes nothing.</summary>
    private HeartbeatOutcome AdmitNeedsLock(in Heartbeat heartbeat, int hash, bool isNewViewer)
    {
        if (_network.IsMemoryShort)
            return HeartbeatOutcome.MemoryLimit;
        if (!_network.TryAddSession(heartbeat.Origin))
            return HeartbeatOutcome.SessionLimit;
        var origin = OriginShares.NoShare;
        var outcome = isNewViewer
            ? _network.Users.TryEnter(heartbeat.UserId, hash, heartbeat, _network.Limits.RoomsPerUser, _buckets.Viewers == 0, out origin)
            : _network.Users.TryAddSession(heartbeat.UserId, hash);
        if (outcome != HeartbeatOutcome.Accepted)
            _network.RemoveSession();
        else if (_buckets.Viewers == 0)
            _rare.Origin = origin;
        return outcome;
    }

    /// <summary>Adds a session as its user's only one (<paramref name="lead"/> is none) or as one more. It is in no generation yet.</summary>
    private int AddSessionNeedsLock(in Heartbeat heartbeat, int hash, int lead, long joinedAt, long now)
    {
        var before = lead == None ? default : MarkOfNeedsLock(lead);
        var index = _sessions.Add(hash, heartbeat.UserId, heartbeat.SessionId);
        ref var slot = ref _sessions[index];
        slot.HeartbeatAt = now;
        slot.State = heartbeat.State;
        slot.SettingsVersion = heartbeat.SettingsVersion;
        slot.Device = _network.Devices.NumberOf(heartbeat.Device);

        if (lead != None)
        {
            slot.JoinedAt = Math.Max(now, joinedAt); // viewers of one instant get different ticks
            slot.Flags = _sessions[lead].Flags & (SlotFlags.Guest | SlotFlags.Unlisted);
            _sessions[lead].Sessions++;
            CountChangeNeedsLock(lead, before, MarkOfNeedsLock(lead), now, seenAt: now);
            return index;
        }

        slot.Flags = heartbeat.IsGuest ? SlotFlags.Lead | SlotFlags.Guest : SlotFlags.Lead;
        slot.JoinedAt = joinedAt;
        slot.Sessions = 1;
        if (heartbeat.IsUnlisted)
            slot.Flags |= SlotFlags.Unlisted;
        else
            _joinOrder.Append(ref _sessions, index);
        if (_buckets.Viewers == 0)
        {
            _rare.Since = joinedAt;
            if (_rare.EmptiedBy != LeaveReason.Disabled)
                _rare.Peak = 0;
            _network.RoomBecameLive(this);
        }
        var mark = MarkOfNeedsLock(index);
        if (_network.Feed is not null)
            MinutesNeedsLock(now); // made before it counts
        _buckets.Add(heartbeat.IsGuest, mark);
        _network.CountMark(mark, 1);
        _rare.Peak = Math.Max(_rare.Peak, _buckets.Viewers);
        return index;
    }

    /// <summary>Takes a session out; the viewer leaves with its last one, for <paramref name="reason"/> at <paramref name="at"/>.</summary>
    /// <remarks>What can throw comes before the first change: a session that cannot be ended stays whole, and the next sweep tries again.</remarks>
    private void EndSessionNeedsLock(int index, LeaveReason reason, long at)
    {
        ref var slot = ref _sessions[index];
        var userId = slot.UserId!;
        var hash = slot.Hash;
        var isGuest = slot.IsGuest;
        var lead = slot.IsLead ? index : LeadOfNeedsLock(userId, hash);
        var before = MarkOfNeedsLock(lead);
        var isUnlisted = _sessions[lead].IsUnlisted;
        var isLast = _sessions[lead].Sessions == 1;
        var end = new MembershipChange(slot.MembershipId, IsJoin: false, "", "", "", IsGuest: false, ViewerState.Visible, default);
        var left = default(PresenceFeed.Entry);
        if (isLast && _network.Feed is not null)
        {
            _network.Journal.Record(end, VisitNeedsLock(index, reason, at, out var hidden));
            left = LeftEntry(slot, reason, at, hidden);
        }
        else
        {
            _network.Journal.Record(end);
        }
        PrepareEndNeedsLock(userId, isLast, passesLead: !isLast && lead == index, at);
        if (!isLast)
            NoteSeenNeedsLock(lead, slot, reason, at);

        _generations.Remove(ref _sessions, index, ref slot);
        _network.RemoveSession();
        _rare.OwnJoins?.Remove(index);
        _rare.Patterns?.Remove(index);

        if (!isLast)
        {
            if (lead == index)
                lead = PassLeadNeedsLock(index);
            _sessions[lead].Sessions--;
            _sessions.Remove(index);
            _network.Users.RemoveSession(userId, hash);
            CountChangeNeedsLock(lead, before, MarkOfNeedsLock(lead), at, SeenAtNeedsLock(lead));
            return;
        }

        if (!isUnlisted)
            _joinOrder.Remove(ref _sessions, index);
        _sessions.Remove(index);
        _buckets.Remove(isGuest, before);
        _network.CountMark(before, -1);
        _rare.Stays?.Remove(index);
        var profile = _network.Users.Exit(userId, hash);
        if (!isUnlisted)
            _rare.Departures!.Add(new(userId, profile, isGuest, reason, at), _rare.Peak);
        if (_buckets.Viewers == 0)
        {
            _network.Users.Origins.RemoveRoom(_rare.Origin);
            (_rare.Since, _rare.EmptiedBy) = (at, reason);
            _network.RoomBecameEmpty();
            _rare.RosterReadCache?.ForgetNames();
        }
        RecordLeftNeedsLock(left with { Viewers = _buckets.Viewers }, before.State == ViewerState.Hidden);
        LeaveStageNeedsLock(userId, at);
        EmitNeedsLock(ChangeKind.Left, userId, isGuest, reason, at, isUnlisted);
    }

    /// <summary>Makes room for what the end of a session leaves behind.</summary>
    private void PrepareEndNeedsLock(string userId, bool isLast, bool passesLead, long at)
    {
        NoteNeedsLock(userId); // a running copy finds a viewer by its leading slot
        if (passesLead)
        {
            _rare.OwnJoins ??= [];
            _rare.OwnJoins.EnsureCapacity(_rare.OwnJoins.Count + 1);
        }
        if (!isLast)
        {
            (_rare.Stays ??= []).EnsureCapacity(_rare.Stays.Count + 1);
            return;
        }
        (_rare.Departures ??= new DepartureLog()).MakeRoom(_rare.Peak);
        if (_buckets.Viewers == 1)
            _network.IdleRoomQueue.Add(this, at); // its reader waits for this lock
    }

    /// <summary>Makes another session of the viewer its lead, before the one that was is taken out.</summary>
    private int PassLeadNeedsLock(int lead)
    {
        ref var from = ref _sessions[lead];
        var successor = _sessions.FirstOfUser(from.Hash, from.UserId!);
        if (successor == lead)
            successor = _sessions.NextOfUser(lead);

        ref var to = ref _sessions[successor];
        to.Flags |= SlotFlags.Lead | (from.Flags & SlotFlags.Unlisted);
        _rare.OwnJoins![successor] = to.JoinedAt;
        to.JoinedAt = from.JoinedAt;
        to.Sessions = from.Sessions;
        if (_rare.Stays is { } stays && stays.Remove(lead, out var stay))
        {
            stays[successor] = stay;
            _network.Journal.Record(stay.ToChange(to.MembershipId, _network.Clock));
        }
        if (!from.IsUnlisted)
            _joinOrder.Replace(ref _sessions, lead, successor);
        return successor;
    }

    private int LeadOfNeedsLock(string userId, int hash)
    {
        var index = _sessions.FirstOfUser(hash, userId);
        while (index != None && !_sessions[index].IsLead)
            index = _sessions.NextOfUser(index);
        return index;
    }

    /// <summary>The session of the same user, other than this one, that has been silent for longest; of equals the one that came first.</summary>
    private int LongestSilentNeedsLock(int than)
    {
        ref var slot = ref _sessions[than];
        var silent = None;
        for (var index = _sessions.FirstOfUser(slot.Hash, slot.UserId!); index != None; index = _sessions.NextOfUser(index))
        {
            if (index != than && (silent == None || SilenceOf(_sessions[index]).CompareTo(SilenceOf(_sessions[silent])) < 0))
                silent = index;
        }
        return silent;

        static (long, long) SilenceOf(in SessionSlot session) => (session.HeartbeatAt, session.MembershipId);
    }

    /// <summary>Changes what one session says of itself, and with it what its viewer counts as.</summary>
    private void UpdateStatusNeedsLock(int index, ViewerState state, bool isFading, long at)
    {
        ref var slot = ref _sessions[index];
        var before = MarkOfNeedsLock(index);
        slot.State = state;
        slot.Flags = isFading ? slot.Flags | SlotFlags.Fading : slot.Flags & ~SlotFlags.Fading;
        CountChangeNeedsLock(index, before, MarkOfNeedsLock(index), at, seenAt: at);
    }

    /// <summary>Rule 17: visible if any session is, else hidden if any, else paused; fading while every session is.</summary>
    /// <param name="any">Any session of the viewer; one that leads alone is all there is to look at.</param>
    private ViewerStatus MarkOfNeedsLock(int any)
    {
        ref var slot = ref _sessions[any];
        if (slot.Sessions == 1)
            return new(slot.State, slot.IsFading, slot.IsUnlisted, slot.IsInBand);

        var state = slot.State;
        var isFading = true;
        var isUnlisted = false;
        var isInBand = true;
        for (var index = _sessions.FirstOfUser(slot.Hash, slot.UserId!); index != None; index = _sessions.NextOfUser(index))
        {
            ref var session = ref _sessions[index];
            state = session.State < state ? session.State : state;
            isFading &= session.IsFading;
            isUnlisted |= session.IsUnlisted;
            isInBand &= session.IsInBand;
        }
        return new(state, isFading, isUnlisted, isInBand);
    }
}
