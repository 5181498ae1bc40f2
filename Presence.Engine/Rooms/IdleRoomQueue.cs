using System.Diagnostics.CodeAnalysis;

namespace Presence.Engine.Rooms;

/// <summary>
/// Rooms without viewers, longest empty first. They are remembered for a while, for their trend, but are the first to go
/// when the cap on rooms is reached. Bounded by that cap: a room is in here once at most.
/// </summary>
internal sealed class IdleRoomQueue
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(Room Room, long Since)> _rooms = new();

    /// <summary>How many are listed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _rooms.Count;
        }
    }

    /// <summary>Remembers since when a room is empty, in place of what was remembered before; called under its lock.</summary>
    public void Add(Room room, long since)
    {
        var place = new LinkedListNode<(Room Room, long Since)>((room, since));
        lock (_lock)
        {
            RemoveNeedsLock(room);
            // Rooms become empty in order of time, so the search from the end stops at once. Only a room restored after a restart searches further.
            var before = _rooms.Last;
            while (before is not null && before.Value.Since > since)
                before = before.Previous;
            if (before is null)
                _rooms.AddFirst(place);
            else
                _rooms.AddAfter(before, place);
            room.PlaceAsEmpty = place;
        }
    }

    /// <summary>Takes a room out: it has a viewer.</summary>
    public void Remove(Room room)
    {
        lock (_lock)
            RemoveNeedsLock(room);
    }

    /// <summary>Takes the room that is empty for longest, if that is since <paramref name="latest"/> or earlier. It may be in use again.</summary>
    public bool TryTake(long latest, [NotNullWhen(true)] out Room? room)
    {
        lock (_lock)
        {
            room = _rooms.First is { } first && first.Value.Since <= latest ? first.Value.Room : null;
            if (room is not null)
                RemoveNeedsLock(room);
            return room is not null;
        }
    }

    private void RemoveNeedsLock(Room room)
    {
        if (room.PlaceAsEmpty is not { } place)
            return;
        _rooms.Remove(place);
        room.PlaceAsEmpty = null;
    }
}
