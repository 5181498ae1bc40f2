namespace Presence.Engine.Rooms;

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
