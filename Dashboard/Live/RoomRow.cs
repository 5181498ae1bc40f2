using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>One room as lists and walls show it.</summary>
/// <param name="Summary">Its counts.</param>
/// <param name="Trend">How they came about.</param>
public sealed record RoomRow(RoomSummary Summary, RoomTrend Trend)
{
    /// <summary>How the count moved within ten seconds, where that is a burst (<see cref="BurstWindow"/>).</summary>
    public int? Burst { get; init; }

    /// <summary>What the room is called.</summary>
    public string Name => VisibleText.NameOf(Summary.Title) ?? VisibleText.IdOf(Summary.RoomId);
}
