using Presence.Engine.Changes;
using Presence.Engine.Diagnostics;
using Presence.Engine.Moderation;
using Presence.Engine.Settings;
using Presence.Engine.Stage;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>What all rooms share: clock, settings, caps, totals, and where they report what happened.</summary>
internal sealed class NetworkState(PresenceClock clock, SettingsHolder settings, PresenceLimits limits, MembershipJournal journal, Removals removals, KnownProfiles known)
{
    private int _sessions;
    private int _liveRooms;
    private int _hidden;
    private int _fading;
    private long _retiredHeartbeats;
    private long _sweptAt;
    private bool _isMemoryShort;
    private int _walks;

    public PresenceClock Clock { get; } = clock;

    public SettingsHolder Settings { get; } = settings;

    public PresenceLimits Limits { get; } = limits;

    public MembershipJournal Journal { get; } = journal;

    public PresentUsers Users { get; } = new(new OriginShares(limits), known);

    /// <summary>Whether sessions that are not there yet are refused for want of memory.</summary>
    public bool IsMemoryShort
    {
        get => Volatile.Read(ref _isMemoryShort);
        set => Volatile.Write(ref _isMemoryShort, value);
    }

    /// <summary>Null for user presence, which is not counted among rooms.</summary>
    public PresenceMetrics? Metrics { get; init; }

    /// <summary>Whether the interval of a crowded room grows; not that of user presence, nor of what is in no list.</summary>
    public bool AdaptsIntervals { get; init; }

    /// <summary>Where events go; null for user presence, which has no history.</summary>
    public PresenceFeed? Feed { get; set; }

    public RoomCatalogue Catalogue { get; } = new(limits.CatalogueRooms);

    public Removals Removals { get; } = removals;

    public StageInvitations Stage { get; } = new(limits.Invitations);

    public DeviceTable Devices { get; } = new(limits.Devices);

    public WatchList Watches { get; } = new();

    public IdleRoomQueue IdleRoomQueue { get; } = new();

    public int Sessions => Volatile.Read(ref _sessions);

    public int LiveRooms => Volatile.Read(ref _liveRooms);

    /// <summary>Viewers hidden, room by room: one hidden in two rooms counts twice.</summary>
    public int Hidden => Volatile.Read(ref _hidden);

    /// <summary>Viewers fading, room by room.</summary>
    public int Fading => Volatile.Read(ref _fading);

    /// <summary>Heartbeats of rooms that are no more.</summary>
    public long RetiredHeartbeats => Volatile.Read(ref _retiredHeartbeats);

    public void RetireHeartbeats(long heartbeats) => Interlocked.Add(ref _retiredHeartbeats, heartbeats);

    /// <summary>Presence time of the last complete sweep: what reads are true of.</summary>
    public long SweptAt
    {
        get => Volatile.Read(ref _sweptAt);
        set => Volatile.Write(ref _sweptAt, value);
    }

    /// <summary>How many walk the slots of rooms from hold to hold of their locks: slots must not move meanwhile.</summary>
    public int Walks => Volatile.Read(ref _walks);

    public void BeginWalk() => Interlocked.Increment(ref _walks);

    public void EndWalk() => Interlocked.Decrement(ref _walks);

    /// <summary>What holds in a room with this definition and these prefixes; one object for all rooms of the same prefixes that have no definition and whose interval has not grown.</summary>
    public static RoomRules RulesFor(PresenceSettings current, PrefixOverrides prefixes, RoomDefinition definition, int growth = 0)
    {
        if (growth > 0 || definition != RoomDefinition.Unknown)
            return new RoomRules(current, prefixes, definition, growth);
        if (prefixes.Shared is { } shared && ReferenceEquals(shared.Network, current))
            return shared;
        return prefixes.Shared = new RoomRules(current, prefixes, definition);
    }

    /// <summary>Counts one more session; false when the cap, or for an address what the reserve leaves of it, is reached.</summary>
    public bool TryAddSession(ViewerOrigin origin)
    {
        if (Interlocked.Increment(ref _sessions) <= (origin.IsAddress ? Limits.WithoutReserve(Limits.Sessions) : Limits.Sessions))
            return true;
        Interlocked.Decrement(ref _sessions);
        return false;
    }

    public void CountMark(ViewerStatus mark, int by)
    {
        if (mark.State == ViewerState.Hidden)
            Interlocked.Add(ref _hidden, by);
        if (mark.IsFading)
            Interlocked.Add(ref _fading, by);
    }

    public void RemoveSession() => Interlocked.Decrement(ref _sessions);

    public void RoomBecameLive(Room room)
    {
        Interlocked.Increment(ref _liveRooms);
        IdleRoomQueue.Remove(room);
    }

    public void RoomBecameEmpty() => Interlocked.Decrement(ref _liveRooms);
}

/// <summary>How many are present in the whole network.</summary>
/// <param name="Rooms">Rooms with at least one viewer.</param>
/// <param name="Viewers">Distinct viewers; one who watches two rooms counts once.</param>
/// <param name="Sessions">Sessions in all rooms.</param>
/// <param name="Guests">Distinct viewers without an account.</param>
/// <param name="Hidden">Hidden viewers, room by room: one hidden in two rooms counts twice.</param>
/// <param name="Fading">Fading viewers, room by room, as of the last sweep.</param>
/// <param name="At">The moment the count is true of: the last sweep (rule 7).</param>
public readonly record struct NetworkCount(int Rooms, int Viewers, int Sessions, int Guests, int Hidden, int Fading, DateTimeOffset At);

/// <summary>What the rooms come to when they are counted one by one, for tests.</summary>
internal sealed class AuditTotals
{
    public Dictionary<string, int> RoomsOfUser { get; } = new(PresenceComparers.UserId);

    public HashSet<string> Guests { get; } = new(PresenceComparers.UserId);

    public int Sessions { get; set; }

    public int LiveRooms { get; set; }

    public int Hidden { get; set; }

    public int Fading { get; set; }
}
