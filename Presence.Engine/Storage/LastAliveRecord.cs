namespace Presence.Engine.Storage;

/// <summary>When this installation was last known to run: one row. How long it was down is counted from here (rule 10).</summary>
internal sealed class LastAliveRecord
{
    public int Id { get; init; }
    public DateTimeOffset At { get; init; }
}
