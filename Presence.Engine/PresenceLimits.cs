namespace Presence.Engine;

/// <summary>Caps on everything a caller can grow inside the engine (rule 14).</summary>
public sealed record PresenceLimits
{
    /// <summary>The largest page of any list.</summary>
    public const int Page = 200;

    /// <summary>The longest search text, in characters.</summary>
    public const int SearchLength = 64;

    /// <summary>Rooms in all, those nobody is in any more but that are still remembered included. Default 200,000.</summary>
    public int Rooms { get; init; } = 200_000;

    /// <summary>Sessions in all rooms together. Default 2,000,000.</summary>
    public int Sessions { get; init; } = 2_000_000;

    /// <summary>Sessions of one user in one room; one more replaces the longest silent. Default 10.</summary>
    public int SessionsPerUserAndRoom { get; init; } = 10;

    /// <summary>Rooms one user may be present in at once. Default 20.</summary>
    public int RoomsPerUser { get; init; } = 20;
}
