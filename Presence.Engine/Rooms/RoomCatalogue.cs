namespace Presence.Engine.Rooms;

/// <summary>The rooms somebody has defined. A room in use looks its definition up again when <see cref="Version"/> has moved.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.CatalogueRooms"/> definitions.</remarks>
internal sealed class RoomCatalogue(int capacity)
{
    private readonly BoundedMap<RoomDefinition> _definitions = new(capacity, PresenceComparers.RoomId);
    private int _version;

    /// <summary>Rises with every change, after it.</summary>
    public int Version => Volatile.Read(ref _version);

    public RoomDefinition this[string roomId] => _definitions[roomId] ?? RoomDefinition.Unknown;

    /// <summary>The rooms in which presence is off, whatever the network does.</summary>
    /// <remarks><b>Cost.</b> A look at every definition.</remarks>
    public IEnumerable<string> SwitchedOff() => _definitions.All.Where(room => room.Value.Overrides.Enabled == false).Select(room => room.Key);

    /// <summary>Defines a room anew, or with null forgets it; false when the catalogue is full.</summary>
    public bool TrySet(string roomId, RoomDefinition? definition)
    {
        if (!_definitions.TrySet(roomId, definition))
            return false;
        Interlocked.Increment(ref _version);
        return true;
    }
}
