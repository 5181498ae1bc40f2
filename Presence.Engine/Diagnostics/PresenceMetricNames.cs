namespace Presence.Engine.Diagnostics;

/// <summary>The engine's one meter and its instruments. No label holds an id; the only label is <see cref="Reason"/>.</summary>
public static class PresenceMetricNames
{
    /// <summary>The meter.</summary>
    public const string Meter = "Presence.Engine";

    /// <summary>Heartbeats accepted in rooms; counter.</summary>
    public const string Heartbeats = "presence.heartbeats";

    /// <summary>Viewers who joined a room; counter.</summary>
    public const string Joins = "presence.joins";

    /// <summary>Viewers who left a room, by <see cref="Reason"/>; counter.</summary>
    public const string Leaves = "presence.leaves";

    /// <summary>Distinct viewers present; gauge.</summary>
    public const string Viewers = "presence.viewers";

    /// <summary>Sessions present; gauge.</summary>
    public const string Sessions = "presence.sessions";

    /// <summary>Rooms with at least one viewer; gauge.</summary>
    public const string Rooms = "presence.rooms";

    /// <summary>Users online (user presence); gauge.</summary>
    public const string OnlineUsers = "presence.online_users";

    /// <summary>How late a sweep began, in seconds; histogram.</summary>
    public const string SweepLag = "presence.sweep.lag";

    /// <summary>How long a heartbeat waited for its room's lock when it had to, in seconds; histogram.</summary>
    public const string LockWait = "presence.lock.wait";

    /// <summary>Subscribers told of a gap; counter.</summary>
    public const string FeedGaps = "presence.feed.gaps";

    /// <summary>Joins and leaves not yet on the disk; gauge.</summary>
    public const string WriterLag = "presence.writer.lag";

    /// <summary>Label of <see cref="Leaves"/>: left, timeout, disabled, removed, ended.</summary>
    public const string Reason = "reason";
}
