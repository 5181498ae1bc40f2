namespace Presence.Engine.Rooms;

/// <summary>One room in a list of rooms.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Count">How many are in it.</param>
/// <param name="Since">When the first of the viewers now in it, or of those it followed without a pause, came; null while nobody is in it.</param>
/// <param name="Peak">The most viewers at once since then.</param>
public sealed record RoomSummary(string RoomId, RoomCount Count, DateTimeOffset? Since, int Peak)
{
    /// <summary>What the catalogue calls it; null shows the id.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it takes viewers.</summary>
    public RoomStatus Status { get; init; }

    /// <summary>Whether presence is on in it, the network's switch included.</summary>
    public required bool IsEnabled { get; init; }
}
