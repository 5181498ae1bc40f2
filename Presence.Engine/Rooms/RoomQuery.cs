namespace Presence.Engine.Rooms;

/// <summary>Which rooms to list. Rooms nobody is in are listed only when named in <see cref="Ids"/>, as <see cref="RoomFilter.SwitchedOff"/>,
/// or, by their change, while they had viewers within the last minute.</summary>
public sealed record RoomQuery
{
    /// <summary>Exactly these rooms, in this order, those unknown with a count of 0; null lists all that have viewers.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Only rooms whose id starts with this, ordinal.</summary>
    public string? Prefix { get; init; }

    /// <summary>Only rooms whose id, or title in the catalogue, contains this, whatever its case, accents or composition.</summary>
    public string? Search { get; init; }

    /// <summary>Which of them.</summary>
    public RoomFilter Filter { get; init; }

    /// <summary>The order.</summary>
    public RoomOrder Order { get; init; } = RoomOrder.Count;

    /// <summary>Reverses <see cref="Order"/>.</summary>
    public bool Reversed { get; init; }

    /// <summary>At most so many rooms, 1 or more.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;

    /// <summary>Continue behind this room; null starts at the first. Only with the orders by count and by name.</summary>
    public RoomCursor? After { get; init; }
}
