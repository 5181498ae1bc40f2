using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <content>What a moderator's page asks beyond counts and pages: places by number, single viewers, their sessions, who left.</content>
internal sealed partial class Room
{
    /// <summary>Copies viewers in the order of joining behind the first <paramref name="skip"/>, and the count of the same moment.</summary>
    public RoomCount CopyByRank(bool lastFirst, int skip, int limit, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            CopyByJoinNeedsLock(lastFirst, lastFirst ? _joinOrder.FromLast(skip) : _joinOrder.FromFirst(skip), limit, rows);
            return CountNeedsLock();
        }
    }

    /// <summary>Copies the viewers of a list who are present and may be listed, in its order.</summary>
    public void CopyUsers(IReadOnlyList<string> userIds, List<ViewerRow> rows)
    {
        lock (_lock)
        {
            foreach (var userId in userIds)
            {
                var lead = LeadOfNeedsLock(userId, PresenceComparers.UserId.GetHashCode(userId));
                if (lead != None && !_sessions[lead].IsUnlisted)
                    rows.Add(RowNeedsLock(lead));
            }
        }
    }

    /// <summary>Which devices contain a text, by their numbers; null for no text.</summary>
    public bool[]? DevicesLike(string? text) => string.IsNullOrEmpty(text) ? null : _network.Devices.Like(Letters.Fold(text));

    /// <summary>Whether one of a viewer's sessions runs on one of these devices. Of a viewer with one session the row knows.</summary>
    public bool IsOnDevice(in ViewerRow row, bool[] devices)
    {
        if (row.Sessions == 1)
            return Has(row.Device);
        lock (_lock)
        {
            for (var index = _sessions.FirstOfUser(row.Hash, row.UserId); index != None; index = _sessions.NextOfUser(index))
            {
                if (Has(_sessions[index].Device))
                    return true;
            }
        }
        return false;

        bool Has(ushort device) => device < devices.Length && devices[device]; // a device first sent after the table was built is in no reply yet
    }

    /// <summary>A viewer's sessions, the one with the latest heartbeat first.</summary>
    public List<ViewerSession> Sessions(string userId, int hash)
    {
        var sessions = new List<ViewerSession>();
        lock (_lock)
            CopySessionsNeedsLock(userId, hash, sessions);
        SortSessions(sessions);
        return sessions;
    }

    public RoomExplanation Explain(int removals)
    {
        lock (_lock)
            return ExplainNeedsLock(removals, _network.Clock.UtcOf(NowNeedsLock()));
    }

    /// <summary>The latest departures, the latest first.</summary>
    public Departure[] Departures()
    {
        DepartureRow[] rows;
        lock (_lock)
            rows = _rare.Departures?.Copy() ?? [];
        return DeparturesOf(rows);
    }

    private Departure[] DeparturesOf(DepartureRow[] rows)
    {
        Array.Reverse(rows);
        return Array.ConvertAll(rows, row => new Departure(row.UserId, _network.Users.ProfileOf(row.UserId) ?? row.Profile, row.IsGuest, row.Reason, _network.Clock.UtcOf(row.At)));
    }

    private RoomExplanation ExplainNeedsLock(int removals, DateTimeOffset at)
    {
        var (oldest, newest) = _generations.Ends(ref _sessions);
        var isEmpty = _sessions.Count == 0;
        return new(
            CountNeedsLock(),
            isEmpty ? null : _network.Clock.UtcOf(oldest),
            isEmpty ? null : _network.Clock.UtcOf(newest),
            _rare.Watches?.Count ?? 0,
            removals,
            at);
    }

    private void CopySessionsNeedsLock(string userId, int hash, List<ViewerSession> sessions)
    {
        for (var index = _sessions.FirstOfUser(hash, userId); index != None; index = _sessions.NextOfUser(index))
            sessions.Add(SessionNeedsLock(index));
    }

    private static void SortSessions(List<ViewerSession> sessions) =>
        sessions.Sort((left, right) => (right.LastHeartbeatAt, left.SessionId).CompareTo((left.LastHeartbeatAt, right.SessionId)));

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

/// <summary>What a room keeps for reads of all its viewers. A room without such reads has none.</summary>
/// <remarks>
/// <para><b>Names</b> stand beside the slots, so that a search needs no look-up of each user. A name is a hint: it is asked
/// whether it still holds for the viewer in the slot (<see cref="UserName.Holds"/>), so it needs no removal.</para>
/// <para><b>Bound.</b> Eight bytes a slot, from the first search or order by name until a minute after the last.</para>
/// <para><b>Threads.</b> The room's lock, but for <see cref="Keep"/>.</para>
/// </remarks>
internal sealed class RosterReadCache
{
    /// <summary>How long names are kept for the next who asks.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(1);

    private UserName?[]?[] _names = [];
    private long _namedAt;

    /// <summary>For each copy under way, the users it must look at again.</summary>
    public HashSet<string>[] Copies { get; set; } = [];

    /// <summary>The names beside a slice of slots.</summary>
    /// <param name="from">The first slot, a multiple of <see cref="Room.SlotsPerCopy"/>.</param>
    /// <param name="now">Presence time.</param>
    public UserName?[] NamesFrom(int from, long now)
    {
        var slice = from / Room.SlotsPerCopy;
        if (slice >= _names.Length)
            Array.Resize(ref _names, Math.Max(slice + 1, 2 * _names.Length));
        _namedAt = now;
        return _names[slice] ??= new UserName?[Room.SlotsPerCopy];
    }

    /// <summary>Keeps a name beside a slot, without the lock: at worst it is lost, or is next to a viewer it doesn't belong to.</summary>
    public void Keep(int slot, UserName name)
    {
        var names = Volatile.Read(ref _names);
        if (slot / Room.SlotsPerCopy < names.Length && names[slot / Room.SlotsPerCopy] is { } slice)
            slice[slot % Room.SlotsPerCopy] = name;
    }

    /// <summary>Releases the names if they were not read recently.</summary>
    public void Age(long now)
    {
        if (now - _namedAt >= Retention.Ticks)
            ForgetNames();
    }

    public void ForgetNames() => _names = [];
}
