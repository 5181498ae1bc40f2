using Presence.Engine.Rooms;

namespace Presence.Engine.Changes;

/// <summary>What happened in the whole network, in one order: joins, leaves, rooms that became live or empty, settings and bans put in force.</summary>
/// <remarks>
/// <para><b>Bound.</b> The latest <see cref="Capacity"/> events; the memory for them grows as they come.</para>
/// <para><b>Threads.</b> Any. Rooms record under their own lock, so events of one room are in the order in which they happened there.</para>
/// <para><b>Guarantee.</b> A reader gets every event once, in order, or is told of a gap (rule 15). A reader that stops costs nobody
/// anything. Positions are of this process: after a restart a reader begins at the end.</para>
/// </remarks>
public sealed class PresenceFeed
{
    /// <summary>How many events are kept for readers.</summary>
    public const int Capacity = 65_536;

    private const int Smallest = 1_024;

    private readonly PresenceClock _clock;
    private readonly DeviceTable _devices;
    private readonly WatchList _watches = new();
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private Entry[] _ring = new Entry[Smallest];
    private long _count;

    internal PresenceFeed(PresenceClock clock, DeviceTable devices, int capacity = Capacity)
    {
        (_clock, _devices, _capacity) = (clock, devices, capacity);
    }

    /// <summary>How many events there were since the process began.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Begins to read with the next event.</summary>
    public FeedReader Read() => new(this, _watches.Add(), Count);

    internal void Record(in Entry entry)
    {
        lock (_lock)
        {
            if (_count == _ring.Length && _count < _capacity)
                Array.Resize(ref _ring, (int)Math.Min(_count * 2, _capacity));
            _ring[_count % _ring.Length] = entry;
            _count++;
        }
        _watches.Signal();
    }

    /// <summary>Copies events from a position on; false, and nothing copied, when those are gone.</summary>
    internal bool TryCopy(ref long from, List<FeedEvent> into, int most)
    {
        lock (_lock)
        {
            if (from < _count - _ring.Length)
            {
                from = _count;
                return false;
            }
            for (var taken = 0; taken < most && from < _count; taken++)
                into.Add(EventOf(_ring[from % _ring.Length], from++));
            return true;
        }
    }

    private FeedEvent EventOf(in Entry entry, long position) => new(position, entry.Kind, _clock.UtcThen(entry.At))
    {
        RoomId = entry.RoomId,
        UserId = entry.UserId,
        IsGuest = entry.IsGuest,
        SessionId = entry.SessionId,
        Device = _devices[entry.Device],
        Reason = entry.Reason,
        JoinedAt = entry.Kind == FeedEventKind.Left ? _clock.UtcThen(entry.JoinedAt) : null,
        Hidden = new TimeSpan(entry.Hidden),
        Viewers = entry.Viewers,
        SettingsVersion = entry.SettingsVersion,
    };

    /// <summary>An event as it is kept: instants are presence time.</summary>
    internal struct Entry
    {
        public string? RoomId;
        public string? UserId;
        public string? SessionId;
        public long At;
        public long JoinedAt;
        public long Hidden;
        public int Viewers;
        public int SettingsVersion;
        public ushort Device;
        public FeedEventKind Kind;
        public LeaveReason Reason;
        public bool IsGuest;
    }
}

/// <summary>One reader of the <see cref="PresenceFeed"/>, with a position of its own.</summary>
/// <remarks><b>Threads.</b> One reads, any disposes.</remarks>
public sealed class FeedReader : IDisposable
{
    private readonly PresenceFeed _feed;
    private readonly DirtyWatch _watch;
    private long _position;

    internal FeedReader(PresenceFeed feed, DirtyWatch watch, long position) => (_feed, _watch, _position) = (feed, watch, position);

    /// <summary>Completes when something happened since the last completed wait.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _watch.WaitAsync(cancellationToken);

    /// <summary>Takes the next events.</summary>
    /// <param name="events">They are added to it.</param>
    /// <param name="most">How many at most: they are copied under a lock that joins wait for.</param>
    /// <returns>False when events were missed: read the state again. The next call goes on with what happens from now.</returns>
    public bool TryRead(List<FeedEvent> events, int most = 1_000) => _feed.TryCopy(ref _position, events, most);

    /// <summary>Stops the signals. Safe to call twice.</summary>
    public void Dispose() => _watch.Dispose();
}

/// <summary>One thing that happened.</summary>
/// <param name="Position">Its number; the next event has the next one.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When: for a timeout the deadline, not the moment it was noticed.</param>
public readonly record struct FeedEvent(long Position, FeedEventKind Kind, DateTimeOffset At)
{
    /// <summary>Where; null for the whole network.</summary>
    public string? RoomId { get; init; }

    /// <summary>Who, where it is about somebody. Null for a viewer who is not listed, as <see cref="SessionId"/> is.</summary>
    public string? UserId { get; init; }

    /// <summary>Without an account.</summary>
    public bool IsGuest { get; init; }

    /// <summary>The session that came, or that was the last to go.</summary>
    public string? SessionId { get; init; }

    /// <summary>What it said it runs on.</summary>
    public SessionDevice Device { get; init; }

    /// <summary>Why a viewer left, or why a room is empty.</summary>
    public LeaveReason Reason { get; init; }

    /// <summary>When the viewer who left had joined; null for everything else.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>For how long of its stay it was hidden.</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>The room's viewers after it.</summary>
    public int Viewers { get; init; }

    /// <summary>The network's settings in force, for what moderators decided; otherwise 0.</summary>
    public int SettingsVersion { get; init; }
}

/// <summary>What happened. The numbers are stored.</summary>
public enum FeedEventKind : byte
{
    /// <summary>A viewer joined a room.</summary>
    Joined = 0,

    /// <summary>A viewer left a room.</summary>
    Left = 1,

    /// <summary>The first viewer of an empty room came.</summary>
    RoomLive = 2,

    /// <summary>The last viewer of a room left.</summary>
    RoomEmpty = 3,

    /// <summary>Settings of the network were put in force. Comes after the leaves it caused, like the three below.</summary>
    SettingsApplied = 4,

    /// <summary>A room's definition was put in force: title, status, overrides.</summary>
    RoomDefined = 5,

    /// <summary>A user was banned.</summary>
    Banned = 6,

    /// <summary>A ban was lifted.</summary>
    BanLifted = 7,
}
