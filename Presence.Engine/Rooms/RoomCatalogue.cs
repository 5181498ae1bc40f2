using System.Collections.Concurrent;

namespace Presence.Engine.Rooms;

/// <summary>The rooms somebody has defined. A room in use looks its definition up again when <see cref="Version"/> has moved.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.CatalogueRooms"/> definitions.</remarks>
internal sealed class RoomCatalogue(int capacity)
{
    private readonly ConcurrentDictionary<string, RoomDefinition> _definitions = new(PresenceComparers.RoomId);
    private readonly Lock _lock = new();
    private int _count;
    private int _version;

    /// <summary>Rises with every change.</summary>
    public int Version => Volatile.Read(ref _version);

    public RoomDefinition this[string roomId] => _definitions.GetValueOrDefault(roomId, RoomDefinition.Unknown);

    /// <summary>Defines a room anew, or with null forgets it; false when the catalogue is full.</summary>
    public bool TrySet(string roomId, RoomDefinition? definition)
    {
        lock (_lock)
        {
            if (definition is null)
            {
                if (_definitions.TryRemove(roomId, out _))
                    _count--;
            }
            else if (!_definitions.ContainsKey(roomId))
            {
                if (_count == capacity)
                    return false;
                _count++;
                _definitions[roomId] = definition;
            }
            else
            {
                _definitions[roomId] = definition;
            }
            Volatile.Write(ref _version, _version + 1);
            return true;
        }
    }
}
