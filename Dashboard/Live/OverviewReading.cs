using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>What the overview shows, read at one moment.</summary>
public sealed record OverviewReading
{
    public required NetworkCount Network { get; init; }

    public required OnlineCount Online { get; init; }

    public required NetworkActivity Activity { get; init; }

    /// <summary>How the count moved within ten seconds, where that is a burst.</summary>
    public int? Burst { get; init; }

    /// <summary>The highest minute of today; null when nothing was recorded.</summary>
    public HistorySample? Peak { get; init; }

    /// <summary>The same object until a new point is due.</summary>
    public required NetworkCurve Curve { get; init; }

    public required IReadOnlyList<RoomRow> Largest { get; init; }

    /// <summary>That list stands still and would be another by now.</summary>
    public bool IsLargestWaiting { get; init; }

    /// <summary>The rooms that gained or lost most over the last minute.</summary>
    public required IReadOnlyList<RoomRow> Moving { get; init; }

    /// <summary>That list stands still and would be another by now.</summary>
    public bool IsMovingWaiting { get; init; }

    public required HealthReading Health { get; init; }

    /// <summary>Viewers may still be on their way back after a restart.</summary>
    public required bool IsWarming { get; init; }

    /// <summary>Whether presence is on.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>Whether nobody is here and nobody was of late.</summary>
    public bool IsEmpty => Network.Rooms == 0 && Peak is null or { Viewers: 0 };
}
