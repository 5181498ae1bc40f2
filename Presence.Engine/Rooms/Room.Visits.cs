using System.Runtime.InteropServices;
using Presence.Engine.Changes;
using Presence.Engine.History;

namespace Presence.Engine.Rooms;

/// <content>What is recorded of viewers for later: visits, minutes, and events of the feed. User presence is not recorded.</content>
internal sealed partial class Room
{
    /// <summary>Takes the minutes that are over.</summary>
    public void TakeMinutes(long now, bool ends, List<RoomMinute> into)
    {
        if (Volatile.Read(ref _rare.Minutes) is null)
            return;
        lock (_lock)
        {
            if (_rare.Minutes is not { } minutes)
                return;
            now = Math.Max(now, _latest);
            if (ends)
                minutes.TakeAll(_network.Clock, _network.Devices, Id, now, into);
            else if (!minutes.Take(_network.Clock, _network.Devices, Id, now, into))
                _rare.Minutes = null;
        }
    }

    private MinuteRecorder MinutesNeedsLock(long at)
    {
        if (_rare.Minutes is { } minutes)
            return minutes;
        minutes = new MinuteRecorder(_network.Clock, _buckets, at);
        Volatile.Write(ref _rare.Minutes, minutes);
        return minutes;
    }

    /// <summary>A heartbeat of a session that was fading came: what a rehearsal of other settings counts with.</summary>
    private void NoteLateNeedsLock(in SessionSlot slot, long now)
    {
        if (_network.Feed is not null)
            MinutesNeedsLock(now).Late(_network.Clock, slot.Device, now - slot.HeartbeatAt - _generations[slot.Generation].Interval, now);
    }

    /// <summary>The viewer that any session is of became hidden, or is no longer.</summary>
    private void NoteHiddenNeedsLock(int any, bool isHidden, long at, long seenAt)
    {
        if (_network.Feed is null)
            return;
        var lead = _sessions[any].IsLead ? any : LeadOfNeedsLock(_sessions[any].UserId!, _sessions[any].Hash);
        ref var stay = ref StayOfNeedsLock(lead);
        // A session that was hidden may have ended, unnoticed, before another one became hidden.
        if (!isHidden && _network.Clock.ElapsedAt(at) < stay.HiddenSince)
            at = _network.Clock.PresenceTimeThen(_network.Clock.UtcOfElapsed(stay.HiddenSince));
        MinutesNeedsLock(at).Hide(_network.Clock, isHidden, at);
        if (isHidden)
            stay.Hide(_network.Clock.ElapsedAt(at));
        else
            stay.Show(_network.Clock.ElapsedAt(at), _network.Clock.ElapsedAt(seenAt));
        _network.Journal.Record(stay.ToChange(_sessions[lead].MembershipId, _network.Clock));
    }

    /// <summary>What is kept of a viewer's stay besides its slots.</summary>
    private ref Stay StayOfNeedsLock(int lead) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_rare.Stays ??= [], lead, out _);

    /// <summary>A session of a viewer goes, and others stay: what was watched until then counts.</summary>
    private void NoteSeenNeedsLock(int lead, in SessionSlot slot, LeaveReason reason, long at)
    {
        if (_network.Feed is null)
            return;
        ref var stay = ref StayOfNeedsLock(lead);
        stay.SeenAt = Math.Max(stay.SeenAt, reason == LeaveReason.Timeout ? slot.HeartbeatAt : at);
    }

    private void RecordJoinedNeedsLock(int index, long now)
    {
        if (_network.Feed is not { } feed)
            return;
        ref var slot = ref _sessions[index];
        var isHidden = slot.State == ViewerState.Hidden;
        if (isHidden)
        {
            ref var stay = ref StayOfNeedsLock(index);
            stay.Hide(_network.Clock.ElapsedAt(now));
            _network.Journal.Record(stay.ToChange(slot.MembershipId, _network.Clock));
        }
        MinutesNeedsLock(now).Join(_network.Clock, slot.IsGuest, isHidden, now);
        var entry = EntryOf(slot, FeedEventKind.Joined, now) with { Viewers = _buckets.Viewers };
        if (_buckets.Viewers == 1)
            feed.Record(entry with { Kind = FeedEventKind.RoomLive });
        feed.Record(entry);
    }

    /// <summary>A session is back after a restart: its viewer counts, and nothing happened.</summary>
    private void RecordReturnedNeedsLock(int index, bool isNewViewer, HiddenChange? stored, long now)
    {
        if (_network.Feed is null)
            return;
        ref var slot = ref _sessions[index];
        var isHidden = slot.State == ViewerState.Hidden;
        if (isNewViewer)
        {
            if (isHidden)
                StayOfNeedsLock(index).Hide(_network.Clock.ElapsedAt(now));
            MinutesNeedsLock(now).Return(_network.Clock, slot.IsGuest, isHidden, now);
        }
        if (stored is { } hidden)
            StayOfNeedsLock(LeadOfNeedsLock(slot.UserId!, slot.Hash)).Restore(hidden, now, _network.Clock);
    }

    /// <summary>What is stored of a viewer who is no longer listed, and what the feed tells of it.</summary>
    private void RecordUnlistedNeedsLock(int lead, long at)
    {
        ref var slot = ref _sessions[lead];
        var clock = _network.Clock;
        _network.Journal.Record(new MembershipChange(slot.MembershipId, IsJoin: true, Id, slot.UserId!, slot.SessionId, slot.IsGuest, slot.State, clock.UtcThen(slot.JoinedAt)) { IsUnlisted = true });
        if (_rare.Stays is { } stays && stays.TryGetValue(lead, out var stay))
            _network.Journal.Record(stay.ToChange(slot.MembershipId, clock)); // the row above replaces the one that had it
        if (_network.Feed is not { } feed)
            return;
        feed.Record(LeftEntry(slot, LeaveReason.Left, at, hidden: 0) with { Viewers = _buckets.Viewers });
        feed.Record(EntryOf(slot, FeedEventKind.Joined, at) with { Viewers = _buckets.Viewers, UserId = null, SessionId = null });
    }

    private PresenceFeed.Entry LeftEntry(in SessionSlot slot, LeaveReason reason, long at, long hidden) =>
        EntryOf(slot, FeedEventKind.Left, at) with { Reason = reason, JoinedAt = slot.JoinedAt, Hidden = hidden };

    private PresenceFeed.Entry EntryOf(in SessionSlot slot, FeedEventKind kind, long at) => new()
    {
        Kind = kind,
        RoomId = Id,
        UserId = slot.IsUnlisted ? null : slot.UserId,
        SessionId = slot.IsUnlisted ? null : slot.SessionId,
        IsGuest = slot.IsGuest,
        Device = slot.Device,
        At = at,
    };

    private void RecordLeftNeedsLock(in PresenceFeed.Entry entry, bool wasHidden)
    {
        if (_network.Feed is not { } feed)
            return;
        MinutesNeedsLock(entry.At).Leave(_network.Clock, entry.IsGuest, wasHidden, entry.Reason, entry.At);
        feed.Record(entry);
        _rare.LastLeftAt = Math.Max(_rare.LastLeftAt, entry.At); // a timeout is noticed after who left later
        if (_buckets.Viewers == 0)
            feed.Record(entry with { Kind = FeedEventKind.RoomEmpty, At = _rare.LastLeftAt });
    }

    /// <summary>The latest heartbeat or leave of any session of a viewer.</summary>
    private long SeenAtNeedsLock(int lead)
    {
        var seenAt = _rare.Stays is { } stays && stays.TryGetValue(lead, out var stay) ? stay.SeenAt : long.MinValue;
        ref var slot = ref _sessions[lead];
        for (var index = _sessions.FirstOfUser(slot.Hash, slot.UserId!); index != None; index = _sessions.NextOfUser(index))
            seenAt = Math.Max(seenAt, _sessions[index].HeartbeatAt);
        return seenAt;
    }

    /// <summary>The visit that ends with a viewer's last session.</summary>
    private Visit VisitNeedsLock(int lead, LeaveReason reason, long at, out long hidden)
    {
        ref var slot = ref _sessions[lead];
        var stay = _rare.Stays is { } stays && stays.TryGetValue(lead, out var kept) ? kept : default;
        var left = Math.Max(at, slot.JoinedAt);
        var sign = reason switch
        {
            LeaveReason.None => SeenAtNeedsLock(lead),
            LeaveReason.Timeout => Math.Max(slot.HeartbeatAt, stay.SeenAt), // who leaves has no other session: no walk in the sweep
            _ => at,
        };
        var seenAt = Math.Clamp(sign, slot.JoinedAt, left);
        var clock = _network.Clock;
        hidden = stay.Show(clock.ElapsedAt(seenAt), clock.ElapsedAt(seenAt));
        return new Visit(Id, slot.UserId!, slot.IsGuest, clock.UtcThen(slot.JoinedAt), clock.UtcThen(left), reason)
        {
            SeenAt = clock.UtcThen(seenAt),
            Hidden = new TimeSpan(hidden),
            Device = _network.Devices[slot.Device],
            SessionId = slot.SessionId,
            IsUnlisted = slot.IsUnlisted,
        };
    }

    /// <summary>Copies the visits under way as if they ended now, without a reason; seen until the latest heartbeat.</summary>
    /// <remarks>In slices while the room goes on: who comes or goes meanwhile may be left out.</remarks>
    public void CopyVisits(List<Visit> into)
    {
        for (var from = 0; from != None;)
        {
            LetWaitersIn();
            lock (_lock)
                from = CopyVisitsNeedsLock(from, into);
        }
    }

    private int CopyVisitsNeedsLock(int from, List<Visit> into)
    {
        var now = NowNeedsLock();
        var until = Math.Min(from + SlotsPerCopy, _sessions.UsedSlots);
        for (; from < until; from++)
        {
            if (_sessions[from].IsLead)
                into.Add(VisitNeedsLock(from, LeaveReason.None, now, out _));
        }
        return from < _sessions.UsedSlots ? from : None;
    }
}

/// <summary>What a room keeps of a stay besides its slots, for viewers who were hidden or had several sessions. Hidden time is told by <see cref="PresenceClock.ElapsedAt"/>.</summary>
internal struct Stay
{
    private bool _isHidden;
    private long _hiddenSince;
    private long _hidden;

    /// <summary>Hidden time after the last heartbeat, and when it ended: it counts if another heartbeat comes.</summary>
    private long _doubtful;
    private long _doubtfulUntil;

    /// <summary>Until when sessions that are gone vouched for it, in presence time.</summary>
    public long SeenAt { get; set; }

    public readonly HiddenChange ToChange(long id, PresenceClock clock) => new(id, new TimeSpan(_hidden + _doubtful), _isHidden ? clock.UtcOfElapsed(_hiddenSince) : null);

    /// <summary>Goes on from what an earlier run stored. The time in between was hidden if its ends were.</summary>
    public void Restore(in HiddenChange stored, long now, PresenceClock clock)
    {
        _hidden += stored.Hidden.Ticks;
        if (stored.Since is not { } since)
            return;
        now = clock.ElapsedAt(now);
        var hiddenSince = Math.Min(now, clock.ElapsedAt(clock.PresenceTimeOf(since)));
        if (_isHidden)
            _hiddenSince = hiddenSince;
        else
            _hidden += now - hiddenSince;
    }

    /// <summary>When the hidden time under way began.</summary>
    public readonly long HiddenSince => _hiddenSince;

    public void Hide(long at) => (_isHidden, _hiddenSince) = (true, at);

    /// <summary>Ends the hidden time under way.</summary>
    /// <param name="at">When.</param>
    /// <param name="seenAt">The latest heartbeat or leave of any session.</param>
    /// <returns>How long it was hidden until <paramref name="seenAt"/>.</returns>
    public long Show(long at, long seenAt)
    {
        if (_doubtfulUntil <= seenAt)
        {
            _hidden += _doubtful;
            _doubtful = 0;
        }
        if (_isHidden)
        {
            _hidden += Math.Max(0, Math.Min(at, seenAt) - _hiddenSince);
            _doubtful += Math.Max(0, at - Math.Max(_hiddenSince, seenAt));
            _doubtfulUntil = at;
        }
        _isHidden = false;
        return _hidden;
    }
}
