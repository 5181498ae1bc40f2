using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>One step of the network's history. Bounded: 242 of the last hour, 1,502 of the last day.</summary>
internal sealed class HistoryRecord
{
    public HistoryRange Range { get; init; }
    public DateTimeOffset At { get; init; }
    public int Viewers { get; init; }
    public int Joins { get; init; }
    public int Leaves { get; init; }
    public int Heartbeats { get; init; }
}
