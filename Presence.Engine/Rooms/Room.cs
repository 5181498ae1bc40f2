using System.Diagnostics;
using Presence.Engine.Changes;
using Presence.Engine.Settings;

namespace Presence.Engine.Rooms;

/// <summary>One room: who is in it, and every way that changes. All state is behind one lock, held briefly.</summary>
/// <remarks>
/// Sessions live in the <see cref="SessionTable"/>, in heartbeat order inside their generation, and their viewers in the
/// order of joining. A heartbeat of a session already present touches its own slot and its neighbours, and nothing else.
/// In many small rooms it is bound by how many cache lines that is: what it needs stands together at the front of the
/// room, and everything else behind it in <see cref="RoomColdState"/> (structs are laid out last, in the order declared).
/// </remarks>
internal sealed partial class Room
{
    private const int None = SessionTable.None;

    /// <summary>
    /// A room begins to count its changes at the millisecond it is made in, so many bits up: above every number of an earlier life of the room, in
    /// this process or another, and within the whole numbers of a browser until the year 2248.
    /// </summary>
    private const int SequenceBits = 10;

    private readonly Lock _lock = new();
    private readonly NetworkState _network;
    private Generations _generations = new();
    private RoomCounters _buckets;
    private SessionTable _sessions = new();
    private JoinOrder _joinOrder = new();
    private RoomColdState _rare = new();
    private RoomRules _rules;
    private int _catalogueVersion;
    private bool _isRetired;
    private bool _hasHands;
    private long _latest;
    private long _heartbeats;

    /// <param name="id">Which room.</param>
    /// <param name="network">What all rooms share.</param>
    /// <param name="now">The presence time of now.</param>
    public Room(string id, NetworkState network, long now)
    {
        Id = id;
        _rare.Sequence = network.Clock.UtcOf(now).ToUnixTimeMilliseconds() << SequenceBits;
        _network = network;
        _catalogueVersion = network.Catalogue.Version;
        _rules = NetworkState.RulesFor(network.Settings.Current, network.Catalogue.Prefixes[id], network.Catalogue[id]);
    }

    public string Id { get; }

    /// <summary>Where it is among the empty rooms; null while it has viewers. Guarded by <see cref="IdleRoomQueue"/>.</summary>
    public LinkedListNode<(Room Room, long Since)>? PlaceAsEmpty { get; set; }

    /// <summary>Records a heartbeat; false when the room was retired meanwhile and the caller must look it up again.</summary>
    public bool TryHeartbeat(in Heartbeat heartbeat, int hash, out HeartbeatReceipt receipt)
    {
        if (!_lock.TryEnter())
            EnterAfterWait();
        try
        {
            receipt = default;
            if (_isRetired)
                return false;
            receipt = HeartbeatNeedsLock(heartbeat, hash);
            if (receipt.Outcome == HeartbeatOutcome.Accepted)
                receipt = WithStageNeedsLock(receipt, heartbeat);
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Ends a session at once; false when it was not present.</summary>
    public bool Leave(string userId, string sessionId, int hash)
    {
        if (!_lock.TryEnter())
            EnterAfterWait();
        try
        {
            var now = NowNeedsLock();
            ExpireUserNeedsLock(userId, hash, now);
            var index = _sessions.Find(hash, userId, sessionId);
            if (index == None)
                return false;
            EndSessionNeedsLock(index, LeaveReason.Left, now);
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Heartbeats accepted here so far.</summary>
    public long Heartbeats => Volatile.Read(ref _heartbeats);

    /// <summary>Makes an empty room unusable, so that the caller may take it off the map. A watched one stays, and stays listed.</summary>
    public bool TryRetire()
    {
        lock (_lock)
        {
            if (_isRetired || _sessions.Count > 0 || PlaceAsEmpty is not null) // it was listed again since it was taken
                return false;
            if (IsWatchedNeedsLock)
            {
                _network.IdleRoomQueue.Add(this, NowNeedsLock());
                return false;
            }
            _isRetired = true;
            _network.RetireHeartbeats(_heartbeats);
            return true;
        }
    }

    private HeartbeatReceipt HeartbeatNeedsLock(in Heartbeat heartbeat, int hash)
    {
        var rules = RulesNeedsLock();
        if (rules.Verdict != HeartbeatOutcome.Accepted)
            return Answer(rules.Verdict);

        var now = NowNeedsLock();
        var index = _sessions.Find(hash, heartbeat.UserId, heartbeat.SessionId);
        if (index != None)
        {
            ref var slot = ref _sessions[index];
            if (now < _generations.DeadlineOf(slot))
            {
                RefreshNeedsLock(index, ref slot, heartbeat, rules, now);
                return Answer(HeartbeatOutcome.Accepted);
            }
        }
        return JoinNeedsLock(heartbeat, hash, rules, now);
    }

    private void RefreshNeedsLock(int index, ref SessionSlot slot, in Heartbeat heartbeat, RoomRules rules, long now)
    {
        if (slot.State != heartbeat.State || slot.IsFading)
        {
            if (slot.IsFading)
                NoteLateNeedsLock(slot, now);
            UpdateStatusNeedsLock(index, heartbeat.State, isFading: false, now);
        }

        if (heartbeat.IsUnlisted && !slot.IsUnlisted)
            UnlistNeedsLock(index, now);
        if (heartbeat.IsUnverified)
            JudgeNeedsLock(index, heartbeat.State, now);

        slot.HeartbeatAt = now;
        slot.SettingsVersion = heartbeat.SettingsVersion;
        if (heartbeat.Device.IsSaid)
            slot.Device = _network.Devices.NumberOf(heartbeat.Device);
        _generations.Remove(ref _sessions, index, ref slot);
        AppendNeedsLock(index, ref slot, rules, now);
    }

    private HeartbeatReceipt JoinNeedsLock(in Heartbeat heartbeat, int hash, RoomRules rules, long now)
    {
        ExpireUserNeedsLock(heartbeat.UserId, hash, now);
        if (_network.Removals.Find(heartbeat.UserId, Id, _network.Clock.UtcOf(now)) is { } removal)
            return Answer(removal.RoomId is null ? HeartbeatOutcome.Banned : HeartbeatOutcome.Removed) with { Removal = removal };

        var lead = LeadOfNeedsLock(heartbeat.UserId, hash);
        var isNewViewer = lead == None;
        if (AdmitNeedsLock(heartbeat, hash, isNewViewer) is var admission and not HeartbeatOutcome.Accepted)
            return Answer(admission);

        var joinedAt = isNewViewer ? NextJoinedAtNeedsLock(now) : _sessions[lead].JoinedAt;
        var membershipId = RecordJoinNeedsLock(heartbeat, hash, lead, joinedAt);
        var index = AddSessionNeedsLock(heartbeat, hash, lead, joinedAt, now);
        ref var slot = ref _sessions[index];
        slot.MembershipId = membershipId;
        AppendNeedsLock(index, ref slot, rules, now);
        if (isNewViewer)
        {
            RecordJoinedNeedsLock(index, now);
            EmitNeedsLock(ChangeKind.Joined, heartbeat.UserId, heartbeat.IsGuest, LeaveReason.None, now, heartbeat.IsUnlisted);
            return Answer(HeartbeatOutcome.Accepted, isNewViewer);
        }
        if (heartbeat.IsUnlisted)
            UnlistNeedsLock(index, now);
        if (_sessions[lead].Sessions > _network.Limits.SessionsPerUserAndRoom)
            EndSessionNeedsLock(LongestSilentNeedsLock(index), LeaveReason.Left, now);
        return Answer(HeartbeatOutcome.Accepted, isNewViewer);
    }

    /// <summary>Journals an admitted session before anything else is changed; what cannot be journalled is not admitted.</summary>
    private long RecordJoinNeedsLock(in Heartbeat heartbeat, int hash, int lead, long joinedAt)
    {
        try
        {
            var isGuest = lead == None ? heartbeat.IsGuest : _sessions[lead].IsGuest;
            var isUnlisted = heartbeat.IsUnlisted || (lead != None && _sessions[lead].IsUnlisted);
            var id = _network.Journal.NextId();
            _network.Journal.Record(new MembershipChange(
                id, IsJoin: true, Id, heartbeat.UserId, heartbeat.SessionId, isGuest, heartbeat.State, _network.Clock.UtcThen(joinedAt))
            { IsUnlisted = isUnlisted });
            return id;
        }
        catch
        {
            WithdrawNeedsLock(heartbeat.UserId, hash, lead);
            throw;
        }
    }

    /// <summary>Takes an admission back, of which nothing has come yet.</summary>
    private void WithdrawNeedsLock(string userId, int hash, int lead)
    {
        _network.RemoveSession();
        if (lead != None)
        {
            _network.Users.RemoveSession(userId, hash);
            return;
        }
        _network.Users.Exit(userId, hash);
        if (_buckets.Viewers == 0)
            _network.Users.Origins.RemoveRoom(_rare.Origin);
    }

    private void AppendNeedsLock(int index, ref SessionSlot slot, RoomRules rules, long now)
    {
        var number = _generations.For(rules.Timeout, rules.Interval);
        _generations.Append(ref _sessions, index, ref slot, number);
        ref var generation = ref _generations[number];
        LowerDueNeedsLock(now + Math.Min(generation.Grace, generation.Timeout));
    }

    /// <summary>Counts the viewer that any session is of otherwise than before.</summary>
    private void CountChangeNeedsLock(int any, ViewerStatus before, ViewerStatus after, long at, long seenAt)
    {
        if (before == after)
            return;
        _buckets.Change(before, after);
        if ((before.State == ViewerState.Hidden) != (after.State == ViewerState.Hidden))
            NoteHiddenNeedsLock(any, after.State == ViewerState.Hidden, at, seenAt);
        _network.CountMark(before, -1);
        _network.CountMark(after, 1);
        SignalNeedsLock();
    }

    /// <summary>What holds here now. Settings and definition are published before rooms are emptied, and read here under the lock.</summary>
    private RoomRules RulesNeedsLock()
    {
        var settings = _network.Settings.Current;
        var version = _network.Catalogue.Version;
        if (ReferenceEquals(_rules.Network, settings) && _catalogueVersion == version)
            return _rules;
        var (prefixes, definition) = _catalogueVersion == version ? (_rules.Prefixes, _rules.Definition) : (_network.Catalogue.Prefixes[Id], _network.Catalogue[Id]);
        _catalogueVersion = version;
        _rules = NetworkState.RulesFor(settings, prefixes, definition);
        return GrowNeedsLock(StepNeedsLock(_sessions.Count));
    }

    /// <summary>Puts a step of the interval in force (<see cref="IntervalGrowth"/>). Only heartbeats from now on are promised its timeout: nobody is dropped by it.</summary>
    private RoomRules GrowNeedsLock(int step)
    {
        _rare.Growth = step;
        if (step > 0 || _rules.Effective.Grown is not null)
            _rules = NetworkState.RulesFor(_rules.Network, _rules.Prefixes, _rules.Definition, step);
        return _rules;
    }

    /// <summary>The step for so many sessions; none where intervals are left alone.</summary>
    private int StepNeedsLock(int sessions) => _network.AdaptsIntervals ? IntervalGrowth.Next(_rare.Growth, sessions, _rules.Base.Values) : 0;

    private HeartbeatReceipt Answer(HeartbeatOutcome outcome, bool joined = false)
    {
        if (outcome != HeartbeatOutcome.Accepted)
            return new(outcome, _rules.Effective.Values, Joined: false, Viewers: 0);
        _heartbeats++;
        return new(outcome, _rules.Effective.Values, joined, _buckets.Viewers);
    }

    /// <summary>Presence time; never earlier than anything recorded in this room, so that heartbeat order is time order.</summary>
    private long NowNeedsLock() => _latest = Math.Max(_latest, _network.Clock.Now());

    private long NextJoinedAtNeedsLock(long now) => _rare.LastJoinedAt = Math.Max(now, _rare.LastJoinedAt + 1);

    /// <summary>After so many spins, the last of which sleep, the work continues: a waiting thread that doesn't run blocks no one.</summary>
    private const int MostSpins = 24;

    private int _waiting;

    /// <summary>Waits for the lock as one that <see cref="LetWaitersIn"/> gives way to.</summary>
    private void EnterAfterWait()
    {
        var since = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _waiting);
        _lock.Enter();
        Interlocked.Decrement(ref _waiting);
        _network.Metrics?.WaitedSince(since);
    }

    /// <summary>Called before the next slice, without the lock: waits a moment while another thread waits for it.</summary>
    /// <remarks>
    /// A lock that is left and entered again at once stays with its thread: by the time the one that waits has woken it is
    /// taken, which goes on for 100 ms until the runtime steps in.
    /// </remarks>
    private void LetWaitersIn()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _waiting) > 0 && spin.Count < MostSpins)
            spin.SpinOnce();
    }
}
