using Presence.Engine.Changes;
using Presence.Engine.Settings;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>What all rooms share: clock, settings, caps, totals, and where they report what happened.</summary>
internal sealed class NetworkState(PresenceClock clock, SettingsHolder settings, PresenceLimits limits, MembershipJournal journal)
{
    private int _sessions;
    private int _liveRooms;
    private long _membershipId;
    private long _sweptAt;

    public PresenceClock Clock { get; } = clock;

    public SettingsHolder Settings { get; } = settings;

    public PresenceLimits Limits { get; } = limits;

    public MembershipJournal Journal { get; } = journal;

    public PresentUsers Users { get; } = new();

    public WatchList Watches { get; } = new();

    public EmptyRooms EmptyRooms { get; } = new();

    public int Sessions => Volatile.Read(ref _sessions);

    public int LiveRooms => Volatile.Read(ref _liveRooms);

    /// <summary>Presence time of the last complete sweep: what reads are true of.</summary>
    public long SweptAt
    {
        get => Volatile.Read(ref _sweptAt);
        set => Volatile.Write(ref _sweptAt, value);
    }

    public bool TryAddSession()
    {
        if (Interlocked.Increment(ref _sessions) <= Limits.Sessions)
            return true;
        Interlocked.Decrement(ref _sessions);
        return false;
    }

    public void RemoveSession() => Interlocked.Decrement(ref _sessions);

    public void RoomBecameLive() => Interlocked.Increment(ref _liveRooms);

    public void RoomBecameEmpty(Room room, long now)
    {
        Interlocked.Decrement(ref _liveRooms);
        EmptyRooms.Add(room, now);
    }

    public long NextMembershipId() => Interlocked.Increment(ref _membershipId);

    /// <summary>New stays are numbered above every stay of an earlier run.</summary>
    public void ContinueMembershipIdsAfter(long id) => Volatile.Write(ref _membershipId, Math.Max(id, Volatile.Read(ref _membershipId)));
}
