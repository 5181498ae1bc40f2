using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Engine.Changes;

/// <summary>Joins and leaves since the writer's last pass.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Capacity"/> entries. When a writer falls further behind, the journal drops what it holds
/// and says so: the writer then stores everybody present instead, which is never more than the sessions there are.</para>
/// <para><b>Threads.</b> Rooms record under their own lock, hence in order for any one session; one writer drains.</para>
/// </remarks>
public sealed class MembershipJournal
{
    /// <summary>The most entries held between two drains.</summary>
    public const int Capacity = 500_000;

    private const int LargestKeptBuffer = 65_536;

    private readonly Func<IEnumerable<MembershipChange>> _snapshot;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private List<MembershipChange> _changes = [];
    private List<MembershipChange> _spare = [];
    private List<Visit> _visits = [];
    private List<HiddenChange> _hidden = [];
    private bool _hasOverflowed;
    private long _lastId;
    private long _lostVisits;

    // Changes not on disk yet. A change that was taken counts until the writer confirms it.
    private long _recorded;
    private long _taken;
    private long _stored;
    private long? _waitingSince;
    private long? _takenSince;

    internal MembershipJournal(Func<IEnumerable<MembershipChange>> snapshot, TimeProvider time, int capacity = Capacity)
    {
        _snapshot = snapshot;
        _time = time;
        _capacity = capacity;
    }

    /// <summary>How many changes wait to be drained.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _changes.Count;
        }
    }

    /// <summary>How many changes are not known to be on the disk: those that wait, and those a writer took and did not store yet.</summary>
    public long Unstored
    {
        get
        {
            lock (_lock)
                return _recorded - _stored;
        }
    }

    /// <summary>How long ago the oldest of them happened; zero when there is none.</summary>
    public TimeSpan Lag
    {
        get
        {
            lock (_lock)
                return (_takenSince ?? _waitingSince) is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Takes everything recorded since the last call, in order, into <paramref name="changes"/> (cleared first).
    /// False when the journal overflowed: what it held is void and the writer must store <see cref="Snapshot"/> instead.
    /// Recording has begun again before this returns.
    /// </summary>
    public bool TryDrain(List<MembershipChange> changes)
    {
        changes.Clear();
        List<MembershipChange> taken;
        lock (_lock)
        {
            _taken = _recorded;
            _takenSince ??= _waitingSince;
            _waitingSince = null;
            if (_hasOverflowed)
            {
                _hasOverflowed = false;
                return false;
            }
            (taken, _changes) = (_changes, _spare);
        }

        changes.AddRange(taken); // outside the lock, because a surge is megabytes and joins wait for this lock under their room's
        taken.Clear();
        _spare = taken.Capacity > LargestKeptBuffer ? [] : taken;
        return true;
    }

    /// <summary>Takes the visits that ended since the last call, in order. Call it after <see cref="TryDrain"/>: then the visit of each leave taken there is among them.</summary>
    /// <param name="visits">They are added to it.</param>
    /// <returns>How many were lost since the last call, because more than <see cref="Capacity"/> waited.</returns>
    public long DrainVisits(List<Visit> visits)
    {
        lock (_lock)
        {
            visits.AddRange(_visits);
            if (_visits.Capacity > LargestKeptBuffer)
                _visits = [];
            else
                _visits.Clear();
            var lost = _lostVisits;
            _lostVisits = 0;
            return lost;
        }
    }

    /// <summary>Takes what became known of hidden time since the last call, in order. Call it after <see cref="TryDrain"/>.</summary>
    /// <param name="changes">They are added to it. When more than <see cref="Capacity"/> waited, the latest are missing: hidden time is then too short by the time until the next restart.</param>
    public void DrainHidden(List<HiddenChange> changes)
    {
        lock (_lock)
        {
            changes.AddRange(_hidden);
            if (_hidden.Capacity > LargestKeptBuffer)
                _hidden = [];
            else
                _hidden.Clear();
        }
    }

    /// <summary>Says that everything taken so far is on the disk, or made up for by storing <see cref="Snapshot"/>.</summary>
    public void MarkStored()
    {
        lock (_lock)
        {
            _stored = _taken;
            _takenSince = null;
        }
    }

    /// <summary>
    /// The joins of all sessions present, walked in slices; joins and leaves meanwhile are in the next drain. A join may
    /// be in both, so storing it must be idempotent.
    /// </summary>
    public IEnumerable<MembershipChange> Snapshot() => _snapshot();

    /// <summary>Names a new stay of a session.</summary>
    internal long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>New stays are numbered above every stay of an earlier run.</summary>
    internal void ContinueAfter(long id) => _lastId = Math.Max(id, _lastId);

    /// <summary>Records the end of a viewer's last session in a room, and of its visit.</summary>
    internal void Record(in MembershipChange change, in Visit visit)
    {
        lock (_lock)
        {
            RecordNeedsLock(change);
            if (_visits.Count < _capacity)
                _visits.Add(visit);
            else
                _lostVisits++;
        }
    }

    internal void Record(in HiddenChange change)
    {
        lock (_lock)
        {
            if (_hidden.Count < _capacity)
                _hidden.Add(change);
        }
    }

    internal void Record(in MembershipChange change)
    {
        lock (_lock)
            RecordNeedsLock(change);
    }

    private void RecordNeedsLock(in MembershipChange change)
    {
        _waitingSince ??= _time.GetTimestamp(); // read before anything changes, because a clock can throw
        if (!_hasOverflowed && _changes.Count < _capacity)
        {
            _changes.Add(change);
        }
        else if (!_hasOverflowed)
        {
            _changes = [];
            _hasOverflowed = true;
        }
        _recorded++;
    }
}

/// <summary>A session came or went: what the membership writer stores. Heartbeats in between leave no trace here.</summary>
/// <param name="Id">Names this stay of the session, unique for ever; a leave repeats its join's.</param>
/// <param name="IsJoin">The session came; otherwise it went and the members below are empty.</param>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">The user or guest.</param>
/// <param name="SessionId">The session; <c>""</c> is the default one.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="State">What the session said when it came.</param>
/// <param name="JoinedAt">When the viewer (not the session) became present.</param>
public readonly record struct MembershipChange(
    long Id,
    bool IsJoin,
    string RoomId,
    string UserId,
    string SessionId,
    bool IsGuest,
    ViewerState State,
    DateTimeOffset JoinedAt)
{
    /// <summary>The viewer is not listed.</summary>
    public bool IsUnlisted { get; init; }
}

/// <summary>A viewer became hidden, or is no longer: stored with its leading session, so that a restart doesn't forget it.</summary>
/// <param name="Id">The stay of the leading session.</param>
/// <param name="Hidden">How long the viewer was hidden, without the time under way.</param>
/// <param name="Since">Since when it is hidden; null when it is not.</param>
public readonly record struct HiddenChange(long Id, TimeSpan Hidden, DateTimeOffset? Since);

/// <summary>A session read back after a restart (rule 10): a stored join and the user's profile.</summary>
/// <param name="Membership">The join as it was stored.</param>
/// <param name="Profile">Name and picture, where known.</param>
public readonly record struct RestoredSession(MembershipChange Membership, UserProfile? Profile)
{
    /// <summary>How long its viewer was hidden, and since when it still was, where this session led.</summary>
    public HiddenChange? Hidden { get; init; }
}
