namespace Presence.Engine.Storage;

/// <summary>The latest changes of rooms, for the marks in their charts. In memory: the catalogue keeps what holds now, not what held before.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> of all rooms together; automation that saves more within an hour takes marks from others.</para>
/// <para><b>Threads.</b> Any.</para>
/// </remarks>
internal sealed class RecentRoomSaves
{
    public const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Queue<(string RoomId, RoomSave Save)> _saves = new();
    private long _number;

    public void Add(string roomId, RoomSave save)
    {
        lock (_lock)
        {
            if (_saves.Count == Most)
                _saves.Dequeue();
            _saves.Enqueue((roomId, save with { Number = ++_number }));
        }
    }

    /// <summary>Those of one room, the latest first.</summary>
    public IReadOnlyList<RoomSave> Of(string roomId)
    {
        lock (_lock)
            return [.. _saves.Where(entry => PresenceComparers.RoomId.Equals(entry.RoomId, roomId)).Select(entry => entry.Save).Reverse()];
    }
}
