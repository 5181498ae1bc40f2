using Presence.Engine.Changes;
using Presence.Engine.Stage;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>What a room keeps for visible changes and for readers; a refresh leaves it alone.</summary>
/// <remarks><b>Threads.</b> None of its own: the room's lock, but for <see cref="Watches"/> and the names in <see cref="RosterReadCache"/>.</remarks>
internal struct RoomColdState
{
    public RoomColdState()
    {
    }

    public ChangeSubscription[] Subscriptions = [];

    /// <summary>Null until the first watch.</summary>
    public WatchList? Watches;

    /// <summary>Null until the first read of every viewer.</summary>
    public RosterReadCache? RosterReadCache;

    /// <summary>Null until the first sample.</summary>
    public TrendRecorder? Trend;

    /// <summary>What lists call the room; null until one was searched or put in order by name.</summary>
    public ListedName? Name;

    /// <summary>The number of the last visible change.</summary>
    public long Sequence;

    /// <summary>The next viewer joins after it.</summary>
    public long LastJoinedAt = long.MinValue;

    /// <summary>When the first of the viewers now present came; in an empty room, when the last one left.</summary>
    public long Since;

    /// <summary>The latest instant at which a viewer left.</summary>
    public long LastLeftAt = long.MinValue;

    /// <summary>The most viewers since then.</summary>
    public int Peak;

    /// <summary>Why the last viewer left. A removal doesn't end the session of the room, so its peak stays.</summary>
    public LeaveReason EmptiedBy;

    /// <summary>In whose share the room counts while it has viewers (<see cref="OriginShares"/>).</summary>
    public int Origin;

    /// <summary>The viewers of a minute ago, as of the last sample.</summary>
    public int MinuteBefore;

    /// <summary>Joins since the room was made, and leaves.</summary>
    public long Joined, Left;

    /// <summary>Null until the first viewer left.</summary>
    public DepartureLog? Departures;

    /// <summary>By slot, when a session came that leads in place of an earlier one; null until that happens. Bounded by the viewers with several sessions.</summary>
    public Dictionary<int, long>? OwnJoins;

    /// <summary>What the minutes come to; null while nobody is there and nothing is to be taken.</summary>
    public MinuteRecorder? Minutes;

    /// <summary>By leading slot; null until a viewer was hidden or had several sessions. Bounded by the viewers.</summary>
    public Dictionary<int, Stay>? Stays;

    /// <summary>By slot, of sessions nobody vouched for; null while none is looked at. Bounded by the sessions.</summary>
    public Dictionary<int, BeatPattern>? Patterns;

    /// <summary>Null until the first hand was raised.</summary>
    public RaisedHands? Hands;

    /// <summary>The step of the heartbeat interval; 0 while the crowd lets it be.</summary>
    public int Growth;

    /// <summary>Changes are sent as counts.</summary>
    public bool IsCrowd;
}

/// <summary>The latest departures of a room. Made when the first viewer leaves.</summary>
/// <remarks>
/// <para><b>Bound.</b> The room's peak, at least 4, at most 50: a small room pays for a short list.</para>
/// <para><b>Threads.</b> None of its own: the room's lock.</para>
/// </remarks>
internal sealed class DepartureLog
{
    public const int Fewest = 4;
    public const int Most = 50;

    private readonly Queue<DepartureRow> _rows = new();

    /// <summary>What the next <see cref="Add"/> needs.</summary>
    public void MakeRoom(int peak) => _rows.EnsureCapacity(Math.Min(_rows.Count + 1, LimitOf(peak)));

    public void Add(in DepartureRow row, int peak)
    {
        var limit = LimitOf(peak);
        while (_rows.Count >= limit)
            _rows.Dequeue();
        _rows.Enqueue(row);
    }

    /// <summary>The latest last.</summary>
    public DepartureRow[] Copy() => _rows.ToArray();

    private static int LimitOf(int peak) => Math.Clamp(peak, Fewest, Most);
}

/// <summary>A viewer that left a room.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture as they were then, where known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When: for a timeout the deadline, not the moment it was noticed.</param>
public sealed record Departure(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, DateTimeOffset At);

/// <summary>A departure as a room keeps it: <paramref name="At"/> is presence time.</summary>
internal readonly record struct DepartureRow(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, long At);
