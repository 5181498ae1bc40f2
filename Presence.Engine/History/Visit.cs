using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>One stay of a viewer in a room, from its join to its leave. Several sessions at once are one visit.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">The user, or a guest's derived id.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="JoinedAt">When the viewer became present. A room, a user and this instant name a visit, also over a restart.</param>
/// <param name="LeftAt">When the viewer stopped counting: for a timeout the deadline.</param>
/// <param name="Reason">Why it ended.</param>
public readonly record struct Visit(string RoomId, string UserId, bool IsGuest, DateTimeOffset JoinedAt, DateTimeOffset LeftAt, LeaveReason Reason)
{
    /// <summary>When the viewer was last known to watch: for a timeout its latest heartbeat, otherwise <see cref="LeftAt"/>.</summary>
    /// <remarks>What was watched ends here, at most one heartbeat interval before the viewer really went.</remarks>
    public DateTimeOffset SeenAt { get; init; }

    /// <summary>For how long of <see cref="JoinedAt"/> to <see cref="SeenAt"/> no session was visible and at least one hidden (rule 17).</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>What the session that led last ran on.</summary>
    public SessionDevice Device { get; init; }

    /// <summary>The session that ended the visit.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>The viewer asked not to be listed: it is stored without a name, and lists of visits have none for it.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>As lists of visits show it.</summary>
    internal Visit Named => IsUnlisted ? this with { UserId = "", SessionId = "" } : this;

    /// <summary>How long the viewer watched, hidden time included.</summary>
    public TimeSpan Watched => SeenAt - JoinedAt;
}
