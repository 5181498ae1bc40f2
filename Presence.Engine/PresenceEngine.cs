using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Presence.Engine.Changes;
using Presence.Engine.Diagnostics;
using Presence.Engine.Expiry;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <summary>Counts, lists and forgets the viewers of live rooms.</summary>
/// <remarks>
/// <para><b>Time.</b> Deadlines are monotonic; the host calls <see cref="Sweep"/> once a second. A machine that slept skips the time it slept.</para>
/// <para><b>Threads.</b> Every member may be called from any thread at any time, <see cref="Restore"/> apart. A room's state is behind that room's lock; no I/O and no callback runs inside.</para>
/// <para><b>Source.</b> The rules of presence, docs/concepts.md.</para>
/// </remarks>
public sealed partial class PresenceEngine : IDisposable
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(PresenceComparers.RoomId);
    private readonly PresenceClock _clock;
    private readonly SettingsHolder _settings;
    private readonly NetworkState _network;
    private readonly SweepSchedule _schedule;
    private readonly NetworkState _onlineNetwork;
    private readonly Room _online;
    private readonly NetworkState _canaryNetwork;
    private readonly Room _canary;
    private readonly KnownProfiles _knownProfiles = new();
    private readonly OptOuts _optOuts;
    private readonly ChannelMembers _channels;
    private readonly PresenceMetrics _metrics;
    private const int MostFailuresTold = 10;

    private readonly Lock _applying = new();
    private int _roomCount;
    private long _warmUntil = long.MinValue;

    /// <summary>Creates an empty engine.</summary>
    /// <param name="time">Where both clocks come from.</param>
    /// <param name="settings">The settings in force until <see cref="Apply"/>; valid by <see cref="PresenceSettingsRules"/>.</param>
    /// <param name="limits">The caps.</param>
    public PresenceEngine(TimeProvider time, PresenceSettings settings, PresenceLimits limits)
    {
        _clock = new PresenceClock(time);
        Steady = new SteadyClock(time);
        _settings = new SettingsHolder(settings);
        Limits = limits;
        Journal = new MembershipJournal(SnapshotMemberships, time);
        var removals = new Removals(limits.Removals);
        _metrics = new PresenceMetrics(this);
        _network = new NetworkState(_clock, _settings, limits, Journal, removals, _knownProfiles) { Metrics = _metrics, AdaptsIntervals = true };
        _network.Feed = Feed = new PresenceFeed(_clock, _network.Devices);
        _onlineNetwork = new NetworkState(_clock, _settings, limits, Journal, removals, _knownProfiles);
        _online = new Room(NetworkRoom, _onlineNetwork, _clock.Now());
        _canaryNetwork = new NetworkState(_clock, _settings, limits, new MembershipJournal(() => [], time, capacity: 0), removals, _knownProfiles);
        _canary = new Room(PresenceIds.CanaryRoom, _canaryNetwork, _clock.Now());
        Canary = new CanaryFigures(_metrics.Meter);
        _optOuts = new OptOuts(limits.OptOuts);
        _channels = new ChannelMembers(limits.Channels);
        _schedule = new SweepSchedule(_clock.Now());
        _minutes = NewMinutes();
    }

    /// <summary>The settings in force.</summary>
    public PresenceSettings Settings => _settings.Current;

    /// <summary>The caps.</summary>
    public PresenceLimits Limits { get; }

    /// <summary>Rooms in memory, including empty ones. <see cref="PresenceLimits.Rooms"/> limits them.</summary>
    public int KnownRooms => Volatile.Read(ref _roomCount);

    /// <summary>What the membership writer drains.</summary>
    public MembershipJournal Journal { get; }

    /// <summary>What happens in the network, for readers with a position of their own.</summary>
    public PresenceFeed Feed { get; }

    /// <summary>True from a restore until one heartbeat interval has passed: counts can include viewers who have left.</summary>
    public bool IsWarming => _clock.Now() < Volatile.Read(ref _warmUntil);

    /// <summary>Records one heartbeat and says what was promised for it.</summary>
    /// <param name="heartbeat">Room, user and session; already validated (<see cref="PresenceIds"/>).</param>
    /// <returns>The receipt. An outcome other than <see cref="HeartbeatOutcome.Accepted"/> means that nothing was stored.</returns>
    /// <remarks>
    /// <para><b>Time.</b> Read once, inside the lock. At or after its deadline, a session counts as having left at the deadline, and joins again.</para>
    /// <para><b>Cost.</b> Constant; allocates nothing for a session already present. One room's lock.</para>
    /// <para><b>Guarantee.</b> The session counts until the timeout in the receipt's settings has passed, whatever the settings become (rule 4), unless it leaves or presence is disabled.</para>
    /// </remarks>
    public HeartbeatReceipt Heartbeat(in Heartbeat heartbeat)
    {
        var hash = PresenceComparers.UserId.GetHashCode(heartbeat.UserId);
        while (true)
        {
            if (!_rooms.TryGetValue(heartbeat.RoomId, out var room))
            {
                if (heartbeat.RoomId == PresenceIds.CanaryRoom)
                    return _canary.TryHeartbeat(heartbeat, hash, out var ofCanary) ? ofCanary : default;
                var settings = _settings.Current;
                if (!settings.Enabled)
                    return Counted(new(HeartbeatOutcome.NetworkDisabled, settings, Joined: false, Viewers: 0));
                room = TryAddRoom(heartbeat.RoomId, isReserveClosed: heartbeat.Origin.IsAddress);
                if (room is null)
                    return Counted(new(HeartbeatOutcome.RoomLimit, settings, Joined: false, Viewers: 0));
            }
            if (room.TryHeartbeat(heartbeat, hash, out var receipt))
                return Counted(receipt);
        }
    }

    private HeartbeatReceipt Counted(HeartbeatReceipt receipt)
    {
        if (receipt.Outcome != HeartbeatOutcome.Accepted)
            _metrics.Refused(receipt.Outcome);
        return receipt;
    }

    /// <summary>Ends a session at once.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="userId">The user or guest.</param>
    /// <param name="sessionId">The session; the user's other sessions stay.</param>
    /// <returns>Whether the session was present; leaving twice is not an error.</returns>
    /// <remarks><para><b>Cost.</b> Constant. One room's lock.</para></remarks>
    public bool Leave(string roomId, string userId, string sessionId) =>
        TryFindRoom(roomId, out var room) && room.Leave(userId, sessionId, PresenceComparers.UserId.GetHashCode(userId));

    /// <summary>Puts settings in force at once. Disabling empties every room before it returns.</summary>
    /// <param name="settings">Valid by <see cref="PresenceSettingsRules"/>.</param>
    /// <remarks>
    /// <para><b>Guarantee.</b> A viewer who keeps the promise it was given stays (rule 4). When presence is disabled no
    /// heartbeat is accepted once this returned, and everybody who was present has left with reason Disabled.</para>
    /// <para><b>Cost.</b> Constant, but for disabling: proportional to the sessions present, in short holds of each room's lock.</para>
    /// </remarks>
    public void Apply(PresenceSettings settings)
    {
        lock (_applying)
        {
            // Published before any room is emptied. A heartbeat decides under its room's lock, so it either sees the new settings or is removed with the room's sessions.
            _settings.Current = settings;
            try
            {
                ForEveryRoom(EmptyIfClosed);
            }
            finally
            {
                _network.Watches.Signal();
                Record(FeedEventKind.SettingsApplied, null, null);
            }
        }
    }

    /// <summary>Shows a user as the store says, wherever it is present, and from its next join on. What was said before something known already changes nothing.</summary>
    public void UpdateProfile(string userId, UserProfile profile)
    {
        if (!_knownProfiles.TrySet(userId, profile))
            return;
        _onlineNetwork.Users.TryUpdate(userId, profile);
        if (_network.Users.TryUpdate(userId, profile))
            _network.Watches.Signal();
    }

    /// <summary>Ends what is due everywhere, marks who is overdue, takes samples and forgets rooms long empty. Called once a second by the host.</summary>
    /// <remarks>
    /// <para><b>Cost.</b> A glance at every room; work only where something is due. Each room's lock is held for about 0.1 ms at a time.</para>
    /// <para><b>Guarantee.</b> When it returns, no viewer is present whose deadline was at or before its start. When it
    /// throws, that is true of every room but those named, and the next sweep goes on with them.</para>
    /// </remarks>
    /// <exception cref="AggregateException">Some rooms could not be swept; all others were.</exception>
    public void Sweep()
    {
        var now = _clock.Tick();
        _metrics.SweepBegan(_schedule.Begin(now));
        var isGapDue = _schedule.IsGapDue(_clock.Suspensions);
        var isSampleDue = _schedule.IsSampleDue(now, out var sample);
        var isMinuteDue = _minutes.IsDue(now);
        var bound = _settings.Current.RoomHeartbeatsPerSecond;
        var heartbeats = _network.RetiredHeartbeats;
        try
        {
            ForEveryRoom(room =>
            {
                var isListed = room != _online && room != _canary;
                if (isListed)
                    heartbeats += room.Heartbeats;
                if (room.DueAt <= now)
                    room.Expire(now);
                room.AdaptInterval(bound);
                if (isSampleDue && isListed)
                    room.Sample(sample, _schedule.DueAt(sample), now);
                if (isMinuteDue)
                    room.TakeMinutes(now, ends: false, _minutes.Taken);
                if (isSampleDue)
                    room.ForgetNames(now);
                if (isGapDue)
                    room.TellGap();
            });
        }
        finally
        {
            _network.SweptAt = now;
            _onlineNetwork.SweptAt = now;
            _canaryNetwork.SweptAt = now;
            RecordHistory(now, heartbeats);
            _knownProfiles.Age(now);
            if (isSampleDue)
                Volatile.Write(ref _spareRows, null);
            RetireRooms(now - SweepSchedule.EmptyRoomRetention.Ticks, atMost: int.MaxValue);
            EndRemovedAfterAStepBack(now);
        }
    }

    /// <summary>Brings back sessions after a restart; before anything else was recorded. Each gets one full timeout.</summary>
    /// <param name="sessions">What was stored, in any order; empty when that was too long ago. Sessions over a cap are left out.</param>
    /// <remarks>
    /// <para><b>Threads.</b> Only this call until it returns.</para>
    /// <para><b>Guarantee.</b> New stays are numbered above all of these. Viewers keep the instant they joined.</para>
    /// </remarks>
    public void Restore(IEnumerable<RestoredSession> sessions)
    {
        var stored = sessions.ToArray();
        if (_settings.Current.RoomHeartbeatsPerSecond > 0)
        {
            foreach (var (roomId, count) in stored.CountBy(session => session.Membership.RoomId, PresenceComparers.RoomId).Where(room => room.Key != NetworkRoom))
                GetOrAddRoom(roomId)?.ExpectSessions(count);
        }
        foreach (var index in OrderOfJoining(stored))
        {
            ref var session = ref stored[index];
            Journal.ContinueAfter(session.Membership.Id);
            var room = session.Membership.RoomId == NetworkRoom ? _online : GetOrAddRoom(session.Membership.RoomId);
            room?.Restore(session, PresenceComparers.UserId.GetHashCode(session.Membership.UserId));
        }
        var now = _clock.Now();
        _network.SweptAt = now;
        _onlineNetwork.SweptAt = now;
        _minutes = NewMinutes();
        Volatile.Write(ref _warmUntil, now + _settings.Current.HeartbeatInterval.Ticks);
    }

    /// <summary>The indexes by the instant of joining; sorted apart from the sessions, which are large, and not at all where they are in order.</summary>
    private static int[] OrderOfJoining(RestoredSession[] stored)
    {
        var order = new int[stored.Length];
        var isInOrder = true;
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
            isInOrder &= index == 0 || Compare(index - 1, index) <= 0;
        }
        if (!isInOrder)
            Array.Sort(order, Compare);
        return order;

        int Compare(int left, int right)
        {
            var byJoin = stored[left].Membership.JoinedAt.CompareTo(stored[right].Membership.JoinedAt);
            return byJoin != 0 ? byJoin : stored[left].Membership.Id.CompareTo(stored[right].Membership.Id);
        }
    }

    /// <summary>Where the engine's instruments are (<see cref="PresenceMetricNames"/>). Listen to this very meter: a process may hold several engines.</summary>
    public Meter Meter => _metrics.Meter;

    /// <summary>Stops the meter. Presence needs no disposal.</summary>
    public void Dispose() => _metrics.Dispose();

    /// <summary>Does something to every room, user presence and the canary's included. A room that fails takes no other's turn away.</summary>
    /// <exception cref="AggregateException">Some rooms failed; the first <see cref="MostFailuresTold"/> of them are named.</exception>
    private void ForEveryRoom(Action<Room> act)
    {
        List<Exception>? failures = null;
        foreach (var (_, room) in _rooms)
            Try(room);
        Try(_online);
        Try(_canary);
        if (failures is not null)
            throw new AggregateException("Some rooms failed. All others are done.", failures);

        void Try(Room room)
        {
            try
            {
                act(room);
            }
#pragma warning disable CA1031 // any failure: the other rooms are swept before it is thrown
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures ??= [];
                if (failures.Count < MostFailuresTold)
                    failures.Add(new InvalidOperationException($"Room '{room.Id}' failed: {failure.Message}", failure));
            }
        }
    }

    private Room? GetOrAddRoom(string roomId) => _rooms.TryGetValue(roomId, out var room) ? room : TryAddRoom(roomId, isReserveClosed: false);

    /// <summary>The room, made when it is not there; null when the cap is reached and no empty room could make way.</summary>
    private Room? TryAddRoom(string roomId, bool isReserveClosed)
    {
        var now = _clock.Now(); // read before anything is counted, because a clock can throw
        if (Interlocked.Increment(ref _roomCount) > (isReserveClosed ? Limits.WithoutReserve(Limits.Rooms) : Limits.Rooms) && !RetireRooms(long.MaxValue, atMost: 1))
        {
            Interlocked.Decrement(ref _roomCount);
            return null;
        }
        return AddCountedRoom(roomId, now);
    }

    /// <summary>Puts a room that was counted already on the map, or finds that another thread just did.</summary>
    private Room AddCountedRoom(string roomId, long now)
    {
        var added = new Room(roomId, _network, now);
        var room = _rooms.GetOrAdd(roomId, added);
        if (room != added)
            Interlocked.Decrement(ref _roomCount);
        else
            _network.IdleRoomQueue.Add(room, now); // its first heartbeat can be refused, and then the room stays empty
        return room;
    }

    /// <summary>Forgets rooms that were listed as empty at or before <paramref name="latest"/>; true when at least one went.</summary>
    private bool RetireRooms(long latest, int atMost)
    {
        var retired = 0;
        // A watched room is listed again when it is taken. The number listed now bounds the loop.
        for (var left = _network.IdleRoomQueue.Count; left > 0 && retired < atMost && _network.IdleRoomQueue.TryTake(latest, out var room); left--)
        {
            if (!room.TryRetire())
                continue;
            _rooms.TryRemove(KeyValuePair.Create(room.Id, room));
            Interlocked.Decrement(ref _roomCount);
            retired++;
        }
        return retired > 0;
    }
}
