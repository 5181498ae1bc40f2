namespace Presence.Client.Server;

/// <summary>How rooms are.</summary>
internal sealed class RoomsAnswer
{
    public List<RoomSummary>? Rooms { get; init; }
}
