namespace Presence.Client;

/// <summary>How many are in a room.</summary>
public sealed class RoomCount
{
    /// <summary>All distinct viewers, users and guests; never capped.</summary>
    public int Count { get; init; }

    /// <summary>The moment all of it is true of, at most a second ago.</summary>
    public DateTimeOffset ReferenceTimestamp { get; init; }

    /// <summary>Their tabs and devices.</summary>
    public int Sessions { get; init; }

    /// <summary>The viewers without an account.</summary>
    public int Guests { get; init; }

    /// <summary>The viewers all of whose sessions are in the background.</summary>
    public int Hidden { get; init; }

    /// <summary>The viewers whose heartbeats are overdue but who still count.</summary>
    public int Fading { get; init; }

    /// <summary>After a restart, until one interval has passed: viewers who left meanwhile may still be counted.</summary>
    public bool Warming { get; init; }
}
