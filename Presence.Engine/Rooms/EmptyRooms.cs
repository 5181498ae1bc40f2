using System.Diagnostics.CodeAnalysis;

namespace Presence.Engine.Rooms;

/// <summary>
/// Rooms nobody is in any more, longest empty first. They are remembered for a while, for their trend, but are the
/// first to go when the cap on rooms is reached. Bounded by that cap: a room is in here once at most.
/// </summary>
internal sealed class EmptyRooms
{
    private readonly Lock _lock = new();
    private readonly Queue<(Room Room, long Since)> _queue = new();

    /// <summary>How many are listed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    /// <summary>Remembers that a room became empty; called under its lock.</summary>
    public void Add(Room room, long now)
    {
        lock (_lock)
        {
            if (room.IsListedAsEmpty)
                return;
            room.IsListedAsEmpty = true;
            _queue.Enqueue((room, now));
        }
    }

    /// <summary>Takes the room that was listed longest ago, if that was at or before <paramref name="latest"/>. It may be in use again.</summary>
    public bool TryTake(long latest, [NotNullWhen(true)] out Room? room)
    {
        lock (_lock)
        {
            if (_queue.TryPeek(out var first) && first.Since <= latest)
            {
                _queue.Dequeue();
                first.Room.IsListedAsEmpty = false;
                room = first.Room;
                return true;
            }
        }
        room = null;
        return false;
    }
}
