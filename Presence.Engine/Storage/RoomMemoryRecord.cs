namespace Presence.Engine.Storage;

/// <summary>The last hour of one room, some 200 bytes. Bounded: <see cref="RoomMemoryStore.MostRooms"/> rows.</summary>
internal sealed class RoomMemoryRecord
{
    public required string RoomId { get; init; }
    public DateTimeOffset At { get; init; }
    public DateTimeOffset? SampledAt { get; init; }
    public DateTimeOffset? Since { get; init; }
    public int Peak { get; init; }
    public int Before { get; init; }

    /// <summary>See <see cref="SampleBytes"/>.</summary>
    public required byte[] Samples { get; init; }
}
