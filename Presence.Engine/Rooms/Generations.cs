using System.Diagnostics.CodeAnalysis;

namespace Presence.Engine.Rooms;

/// <summary>
/// The generations of a room: usually one, two after a settings change until everybody has sent a heartbeat. At most as
/// many as different settings were in force within one timeout; an empty one is used again.
/// </summary>
/// <remarks><b>Threads.</b> None of its own: the room's lock.</remarks>
internal struct Generations
{
    private const int None = SessionTable.None;

    private Generation _first = Generation.Of(0, 0); // held in place, because nearly every room has one generation
    private Generation[] _others = [];
    private int _count = 1;
    private int _current;

    public Generations()
    {
    }

    public readonly int Count => _count;

    [UnscopedRef]
    public ref Generation this[int number]
    {
        get
        {
            if (number == 0)
                return ref _first;
            return ref _others[number - 1];
        }
    }

    /// <summary>The generation with this promise, created if needed.</summary>
    public ushort For(long timeout, long interval)
    {
        ref var current = ref this[_current];
        if (current.Timeout != timeout || current.Interval != interval)
            _current = Switch(timeout, interval);
        return (ushort)_current;
    }

    /// <summary>Presence time at which a session stops counting, exclusive.</summary>
    public long DeadlineOf(in SessionSlot slot) => slot.HeartbeatAt + this[slot.Generation].Timeout;

    /// <summary>Puts a slot whose heartbeat is the room's latest at the newest end of its generation.</summary>
    public void Append(ref SessionTable sessions, int index, ref SessionSlot slot, ushort number)
    {
        ref var generation = ref this[number];
        slot.Generation = number;
        slot.Older = generation.Newest;
        slot.Newer = None;
        if (generation.Newest != None)
            sessions[generation.Newest].Newer = index;
        else
            generation.Oldest = index;
        generation.Newest = index;
        if (generation.OldestFresh == None)
            generation.OldestFresh = index;
    }

    /// <summary>Takes a slot out of its generation.</summary>
    public void Remove(ref SessionTable sessions, int index, ref SessionSlot slot)
    {
        ref var generation = ref this[slot.Generation];
        if (generation.OldestFresh == index)
            generation.OldestFresh = slot.Newer;
        if (slot.Older != None)
            sessions[slot.Older].Newer = slot.Newer;
        else
            generation.Oldest = slot.Newer;
        if (slot.Newer != None)
            sessions[slot.Newer].Older = slot.Older;
        else
            generation.Newest = slot.Older;
    }

    /// <summary>The earliest presence time at which a session expires or begins to fade; <see cref="long.MaxValue"/> for an empty room.</summary>
    public long NextDueAt(ref SessionTable sessions)
    {
        var due = long.MaxValue;
        for (var number = 0; number < _count; number++)
        {
            ref var generation = ref this[number];
            if (generation.Oldest != None)
                due = Math.Min(due, sessions[generation.Oldest].HeartbeatAt + generation.Timeout);
            if (generation.OldestFresh != None)
                due = Math.Min(due, sessions[generation.OldestFresh].HeartbeatAt + generation.Grace);
        }
        return due;
    }

    /// <summary>The presence times of the oldest and of the newest heartbeat; meaningless for an empty room.</summary>
    public (long Oldest, long Newest) Ends(ref SessionTable sessions)
    {
        var (oldest, newest) = (long.MaxValue, long.MinValue);
        for (var number = 0; number < _count; number++)
        {
            ref var generation = ref this[number];
            if (generation.IsEmpty)
                continue;
            oldest = Math.Min(oldest, sessions[generation.Oldest].HeartbeatAt);
            newest = Math.Max(newest, sessions[generation.Newest].HeartbeatAt);
        }
        return (oldest, newest);
    }

    /// <summary>The session with the earliest deadline, if that is at or before <paramref name="now"/>; <see cref="None"/> when none is due.</summary>
    public int FindExpired(ref SessionTable sessions, long now)
    {
        var found = None;
        for (var number = 0; number < _count; number++)
        {
            ref var generation = ref this[number];
            if (generation.Oldest == None)
                continue;
            var deadline = sessions[generation.Oldest].HeartbeatAt + generation.Timeout;
            if (deadline > now)
                continue;
            found = generation.Oldest;
            now = deadline - 1;
        }
        return found;
    }

    /// <summary>Takes the next session that is overdue and not yet marked; <see cref="None"/> when there is none.</summary>
    public int TakeFading(ref SessionTable sessions, long now)
    {
        for (var number = 0; number < _count; number++)
        {
            ref var generation = ref this[number];
            var index = generation.OldestFresh;
            if (index == None)
                continue;
            ref var slot = ref sessions[index];
            if (slot.HeartbeatAt + generation.Grace >= now)
                continue;
            generation.OldestFresh = slot.Newer;
            return index;
        }
        return None;
    }

    private int Switch(long timeout, long interval)
    {
        var reusable = None;
        for (var number = 0; number < _count; number++)
        {
            ref var generation = ref this[number];
            if (generation.Timeout == timeout && generation.Interval == interval)
                return number;
            if (generation.IsEmpty)
                reusable = number;
        }

        if (reusable == None)
        {
            reusable = _count++;
            if (reusable > _others.Length)
                Array.Resize(ref _others, 2 * reusable);
        }
        this[reusable] = Generation.Of(timeout, interval);
        return reusable;
    }
}

/// <summary>
/// The sessions of one room that were promised the same timeout (and interval), from the oldest heartbeat to the newest.
/// A refresh moves its session to the newest end, so heartbeat order is expiry order: only the oldest needs looking at.
/// </summary>
/// <remarks>
/// Sessions that are overdue are the oldest ones; <see cref="OldestFresh"/> is the first that is not. It moves on with the
/// sweep alone, which is why fading is as of the last sweep.
/// </remarks>
internal struct Generation
{
    public long Timeout;
    public long Interval;

    /// <summary>How long a session may be silent before it fades (rule 17): the interval + max(10 %, 2 s).</summary>
    public long Grace;

    public int Oldest;
    public int Newest;
    public int OldestFresh;

    public static Generation Of(long timeout, long interval) => new()
    {
        Timeout = timeout,
        Interval = interval,
        Grace = interval + Math.Max(interval / 10, 2 * TimeSpan.TicksPerSecond),
        Oldest = SessionTable.None,
        Newest = SessionTable.None,
        OldestFresh = SessionTable.None,
    };

    public readonly bool IsEmpty => Oldest == SessionTable.None;
}
