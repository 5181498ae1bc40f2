namespace Presence.Client.Server;

/// <summary>How a room is at a moment.</summary>
public sealed class RoomSummary
{
    /// <summary>The room.</summary>
    public string RoomId { get; init; } = "";

    /// <summary>What is shown instead of the id, if anything.</summary>
    public string? Title { get; init; }

    /// <summary><c>live</c>, or <c>ended</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Whether presence is on in it.</summary>
    public bool Enabled { get; init; }

    /// <summary>All distinct viewers.</summary>
    public int Count { get; init; }

    /// <summary>Those all of whose sessions are in the background.</summary>
    public int Hidden { get; init; }

    /// <summary>Those whose heartbeats are overdue.</summary>
    public int Fading { get; init; }

    /// <summary>Those without an account.</summary>
    public int Guests { get; init; }

    /// <summary>Tabs and devices.</summary>
    public int Sessions { get; init; }

    /// <summary>Since when somebody is in it; null while nobody is.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most viewers since then.</summary>
    public int Peak { get; init; }
}
