namespace Presence.Client.Http;

/// <summary>A page of viewers.</summary>
internal sealed class ViewersAnswer
{
    public List<RoomViewer>? Viewers { get; init; }
}
