using System.Runtime.InteropServices;

namespace Presence.Engine.Rooms;

/// <summary>
/// How many sessions, and how many rooms that have viewers, each origin holds. One origin that fills its share leaves the
/// rest of the cap to others.
/// </summary>
/// <remarks>
/// <para><b>Bound.</b> An origin is kept while it holds something, so there are no more than sessions.</para>
/// <para><b>Threads.</b> Any. One lock, held for a look-up; taken inside a room's lock, never around one. A refresh takes none.</para>
/// </remarks>
internal sealed class OriginShares(PresenceLimits limits)
{
    /// <summary>The number of what has no share: unknown origins and sessions restored after a restart.</summary>
    public const int NoShare = 0;

    private const int FirstEntries = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<ViewerOrigin, int> _numbers = [];
    private Entry[] _entries = new Entry[FirstEntries];
    private int _used = 1;
    private int _free;

    /// <summary>Counts one more session of an origin, and gives the number that stands for the origin while it holds anything; null when its share is full.</summary>
    public int? TryAddSession(ViewerOrigin origin)
    {
        if (origin == default)
            return NoShare;
        lock (_lock)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, origin, out var known);
            if (!known)
                number = TakeNeedsLock(origin);
            if (TryAddSessionNeedsLock(number))
                return number;
            LetGoNeedsLock(number);
            return null;
        }
    }

    /// <summary>Counts one more session of an origin that holds some; false when its share is full.</summary>
    public bool TryAddSession(int number)
    {
        if (number == NoShare)
            return true;
        lock (_lock)
            return TryAddSessionNeedsLock(number);
    }

    public void RemoveSession(int number)
    {
        if (number == NoShare)
            return;
        lock (_lock)
        {
            _entries[number].Sessions--;
            LetGoNeedsLock(number);
        }
    }

    /// <summary>Counts one more room with viewers for an origin that holds a session; false when its share is full.</summary>
    public bool TryAddRoom(int number)
    {
        if (number == NoShare)
            return true;
        lock (_lock)
        {
            ref var entry = ref _entries[number];
            if (entry.Rooms >= (entry.Origin.IsServerKey ? limits.RoomsPerServerKey : limits.RoomsPerAddress))
                return false;
            entry.Rooms++;
            return true;
        }
    }

    public void RemoveRoom(int number)
    {
        if (number == NoShare)
            return;
        lock (_lock)
        {
            _entries[number].Rooms--;
            LetGoNeedsLock(number);
        }
    }

    /// <summary>How many sessions an origin holds. Without the lock: a moment ago.</summary>
    public int SessionsOf(int number) => number == NoShare ? 0 : Volatile.Read(ref _entries) is var entries && number < entries.Length ? entries[number].Sessions : 0;

    /// <summary>How many origins are kept: for tests and the auditor.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _numbers.Count;
        }
    }

    private bool TryAddSessionNeedsLock(int number)
    {
        ref var entry = ref _entries[number];
        if (entry.Sessions >= (entry.Origin.IsServerKey ? limits.SessionsPerServerKey : limits.SessionsPerAddress))
            return false;
        entry.Sessions++;
        return true;
    }

    private int TakeNeedsLock(ViewerOrigin origin)
    {
        var number = _free;
        if (number != NoShare)
        {
            _free = _entries[number].NextFree;
        }
        else
        {
            number = _used++;
            if (number == _entries.Length)
                Array.Resize(ref _entries, 2 * number);
        }
        _entries[number] = new Entry { Origin = origin };
        return number;
    }

    private void LetGoNeedsLock(int number)
    {
        if (_entries[number] is not { Sessions: 0, Rooms: 0, Origin: var origin })
            return;
        _numbers.Remove(origin);
        if (_numbers.Count == 0)
        {
            // Frees the memory of a crowd that has left.
            _numbers.TrimExcess();
            (_entries, _used, _free) = (new Entry[FirstEntries], 1, NoShare);
            return;
        }
        _entries[number] = new Entry { NextFree = _free };
        _free = number;
    }

    private struct Entry
    {
        public ViewerOrigin Origin;
        public int Sessions;
        public int Rooms;
        public int NextFree;
    }
}

/// <summary>Where a viewer's heartbeats come from, as shares count it: an address, or a server key. The default is nowhere in particular, and has no share.</summary>
/// <remarks>Told apart by 64 bits and the kind. What they are made of is the host's to say.</remarks>
public readonly record struct ViewerOrigin
{
    private readonly Kind _kind;

    private ViewerOrigin(Kind kind, ulong bits) => (_kind, Bits) = (kind, bits);

    private enum Kind : byte
    {
        Unknown,
        AddressV4,
        AddressV6,
        ServerKey,
    }

    /// <summary>The address or the key.</summary>
    public ulong Bits { get; }

    /// <summary>Whether it is an address: it has a share, and the reserve for server keys is closed to it.</summary>
    public bool IsAddress => _kind is Kind.AddressV4 or Kind.AddressV6;

    /// <summary>Whether it is a server key: it has a larger share.</summary>
    public bool IsServerKey => _kind == Kind.ServerKey;

    /// <summary>An IPv4 address, or the network of 64 bits of an IPv6 address.</summary>
    public static ViewerOrigin Address(bool isV6, ulong bits) => new(isV6 ? Kind.AddressV6 : Kind.AddressV4, bits);

    /// <summary>A server key, by its number or a hash of its id.</summary>
    public static ViewerOrigin ServerKey(ulong key) => new(Kind.ServerKey, key);
}
