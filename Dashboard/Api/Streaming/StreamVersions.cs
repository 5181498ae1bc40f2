namespace Presence.Dashboard.Api.Streaming;

/// <summary>Numbers the counts of all rooms in the order in which they changed, so that one number tells where a stream of many rooms stands.</summary>
/// <param name="first">Above every number of an earlier run.</param>
internal sealed class StreamVersions(long first)
{
    private long _current = first;

    public long First { get; } = first;

    public long Current => Volatile.Read(ref _current);

    public long Next() => Interlocked.Increment(ref _current);
}
