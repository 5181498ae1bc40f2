using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Engine.Rooms;

/// <summary>
/// A room's sessions: slots that never move, found by user and session through a hash table that never rehashes.
/// </summary>
/// <remarks>
/// <para><b>Slots</b> live in chunks of 1,024 (the first one grows up to that), so a growing room copies nothing large and
/// a slot's number is good for as long as the session stays. Free slots form a list.</para>
/// <para><b>Buckets</b> grow by linear hashing: each session added splits the next bucket in turn, a few slots at a time,
/// instead of all at once under the room's lock. Twice as many buckets as sessions are kept (but for the first few), which
/// makes a look-up 1.3 slots on average.</para>
/// <para>The hash covers the user id alone: all sessions of a user are in one bucket, which is how they are found.</para>
/// <para><b>Layout.</b> A struct inside its room, as <see cref="Generations"/> and <see cref="JoinOrder"/> are: in a small
/// room a heartbeat is bound by how many objects it visits, which is why the first buckets are in here too. Never copied.</para>
/// <para><b>Threads.</b> None of its own: the room's lock.</para>
/// </remarks>
internal struct SessionTable
{
    public const int None = -1;

    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private const int ChunkMask = ChunkSize - 1;
    private const int FirstSlots = 12; // made with the room, and so beside it in memory: a refresh among very many rooms visits both
    private const int FirstChunks = 4;
    private const int FirstBuckets = 16;
    private const int SplitsPerAdd = 2;

    private SessionSlot[] _first;
    private SessionSlot[]?[] _others;
    private int[] _otherBuckets;
    private FewBuckets _firstBuckets;
    private int _bucketCount;
    private int _freeSlot;
    private int _usedSlots;

    public SessionTable() => Reset();

    /// <summary>Sessions in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Slot numbers ever handed out since the table was last empty: a bound for walking it.</summary>
    public readonly int UsedSlots => _usedSlots;

    public readonly ref SessionSlot this[int index]
    {
        get
        {
            if (index < ChunkSize)
                return ref _first[index];
            return ref _others[(index >> ChunkBits) - 1]![index & ChunkMask];
        }
    }

    /// <summary>The slot of a session; <see cref="None"/> when absent.</summary>
    public int Find(int hash, string userId, string sessionId)
    {
        for (var index = HeadOf(BucketOf(hash)); index != None;)
        {
            ref var slot = ref this[index];
            if (slot.Hash == hash && slot.SessionId == sessionId && slot.UserId == userId)
                return index;
            index = slot.Next;
        }
        return None;
    }

    /// <summary>The first session of a user, in no particular order; go on with <see cref="NextOfUser"/>.</summary>
    public int FirstOfUser(int hash, string userId) => SkipToUser(HeadOf(BucketOf(hash)), hash, userId);

    /// <summary>The session of the same user behind this one; <see cref="None"/> when it was the last.</summary>
    public readonly int NextOfUser(int index)
    {
        ref var slot = ref this[index];
        return SkipToUser(slot.Next, slot.Hash, slot.UserId!);
    }

    /// <summary>Adds a session that is not in the table and returns its slot, of which only ids, hash and chain are set.</summary>
    public int Add(int hash, string userId, string sessionId)
    {
        var index = TakeSlot();
        ref var slot = ref this[index];
        var bucket = BucketOf(hash);
        slot = new SessionSlot
        {
            UserId = userId,
            SessionId = sessionId,
            Hash = hash,
            Next = HeadOf(bucket),
            Older = None,
            Newer = None,
        };
        HeadOf(bucket) = index;
        Count++;

        for (var split = 0; split < SplitsPerAdd && _bucketCount < 2 * Count - FirstBuckets; split++)
            SplitNextBucket();
        return index;
    }

    /// <summary>Takes a session out and frees its slot. An empty table gives its memory back.</summary>
    public void Remove(int index)
    {
        ref var slot = ref this[index];
        ref var link = ref HeadOf(BucketOf(slot.Hash));
        while (link != index)
            link = ref this[link].Next;
        link = slot.Next;

        slot = new SessionSlot { SessionId = "", Next = _freeSlot };
        _freeSlot = index;
        Count--;
        if (Count == 0 && _usedSlots > FirstSlots)
            Reset();
    }

    private readonly int SkipToUser(int index, int hash, string userId)
    {
        while (index != None)
        {
            ref var slot = ref this[index];
            if (slot.Hash == hash && slot.UserId == userId)
                return index;
            index = slot.Next;
        }
        return None;
    }

    private int TakeSlot()
    {
        if (_freeSlot != None)
        {
            var free = _freeSlot;
            _freeSlot = this[free].Next;
            return free;
        }

        var index = _usedSlots++;
        if (index < ChunkSize)
        {
            if (index == _first.Length)
                Array.Resize(ref _first, Math.Min(ChunkSize, index + Math.Max(FirstSlots, index / 2)));
            return index;
        }

        var chunk = (index >> ChunkBits) - 1;
        if (chunk == _others.Length)
            Array.Resize(ref _others, Math.Max(FirstChunks, 2 * chunk));
        _others[chunk] ??= new SessionSlot[ChunkSize];
        return index;
    }

    /// <summary>
    /// With 2^n &lt;= buckets &lt; 2^(n+1), a hash belongs to the bucket of its low n+1 bits, or of its low n bits where that
    /// bucket does not exist yet.
    /// </summary>
    private readonly int BucketOf(int hash)
    {
        var wide = (int)BitOperations.RoundUpToPowerOf2((uint)_bucketCount + 1) - 1;
        var bucket = hash & wide;
        return bucket < _bucketCount ? bucket : bucket & (wide >> 1);
    }

    private void SplitNextBucket()
    {
        var added = _bucketCount;
        if (added - FirstBuckets == _otherBuckets.Length)
            Array.Resize(ref _otherBuckets, Math.Max(FirstBuckets, 2 * (added - FirstBuckets)));
        _bucketCount++;

        // Some slots of the bucket with the same low bits belong to the new bucket from now on.
        var split = added & (int)(BitOperations.RoundUpToPowerOf2((uint)added + 1) / 2 - 1);
        var index = HeadOf(split);
        int stay = None, move = None;
        while (index != None)
        {
            ref var slot = ref this[index];
            var next = slot.Next;
            if (BucketOf(slot.Hash) == added)
            {
                slot.Next = move;
                move = index;
            }
            else
            {
                slot.Next = stay;
                stay = index;
            }
            index = next;
        }
        HeadOf(split) = stay;
        HeadOf(added) = move;
    }

    [MemberNotNull(nameof(_first), nameof(_others), nameof(_otherBuckets))]
    private void Reset()
    {
        _first = new SessionSlot[FirstSlots];
        _others = [];
        _otherBuckets = [];
        ((Span<int>)_firstBuckets).Fill(None);
        _bucketCount = FirstBuckets;
        _freeSlot = None;
        _usedSlots = 0;
    }

    [UnscopedRef]
    private ref int HeadOf(int bucket)
    {
        if (bucket < FirstBuckets)
            return ref _firstBuckets[bucket];
        return ref _otherBuckets[bucket - FirstBuckets];
    }

    [InlineArray(FirstBuckets)]
    private struct FewBuckets
    {
        private int _head;
    }
}

/// <summary>
/// One session of a room, and, where it leads, the viewer it stands for. 72 bytes: a refresh touches one slot and the
/// two it moves away from.
/// </summary>
/// <remarks>
/// A viewer has no record of its own. One of its sessions is the <b>lead</b> and carries the members marked so; nearly
/// every viewer has a single session, so nearly every slot leads. Indexes are slot numbers; -1 is none.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct SessionSlot
{
    /// <summary>Null marks a free slot.</summary>
    public string? UserId;

    public string SessionId;

    /// <summary>Presence time of the last heartbeat. The deadline is this plus the generation's timeout.</summary>
    public long HeartbeatAt;

    /// <summary>
    /// Of a lead the presence time its viewer became present, unique in the room, so that it also orders; of any other session
    /// its own. A session that took the lead over keeps its own in <see cref="RoomColdState.OwnJoins"/>.
    /// </summary>
    public long JoinedAt;

    /// <summary>The id of this stay in the membership journal.</summary>
    public long MembershipId;

    /// <summary>Of the user id alone, so that all sessions of a user share a bucket.</summary>
    public int Hash;

    /// <summary>The next slot of the bucket, or of the free list.</summary>
    public int Next;

    /// <summary>Neighbours in heartbeat order inside the generation.</summary>
    public int Older, Newer;

    /// <summary>Lead only: the block of the join order the viewer is in.</summary>
    public int JoinBlock;

    /// <summary>The settings version the client last said it answers to.</summary>
    public int SettingsVersion;

    public ushort Generation;

    /// <summary>The number of what it runs on, in <see cref="DeviceTable"/>.</summary>
    public ushort Device;

    public ViewerState State;
    public SlotFlags Flags;

    /// <summary>Lead only: how many sessions the viewer has.</summary>
    public ushort Sessions;

    public readonly bool IsLead => (Flags & SlotFlags.Lead) != SlotFlags.None;

    public readonly bool IsGuest => (Flags & SlotFlags.Guest) != SlotFlags.None;

    /// <summary>The session asked not to be listed; of a lead, one of its viewer's sessions did.</summary>
    public readonly bool IsUnlisted => (Flags & SlotFlags.Unlisted) != SlotFlags.None;

    /// <summary>It has the pattern of a machine.</summary>
    public readonly bool IsInBand => (Flags & SlotFlags.Band) != SlotFlags.None;

    public readonly bool IsFading => (Flags & SlotFlags.Fading) != SlotFlags.None;
}

[Flags]
internal enum SlotFlags : byte
{
    None = 0,
    Lead = 1,
    Guest = 2,
    Fading = 4,
    Unlisted = 8,
    Band = 16,
}

/// <summary>Every device and app version that was said, once: a session keeps a number of two bytes.</summary>
/// <remarks>
/// <para><b>Bound.</b> <paramref name="capacity"/> pairs, at most 65,000. One more is <see cref="SessionDevice.Other"/>.
/// Pairs are never forgotten: an audience has some hundred of them, and counting who still uses which would cost each join.</para>
/// <para><b>Threads.</b> Any. Reading takes no lock.</para>
/// </remarks>
internal sealed class DeviceTable(int capacity)
{
    private const ushort Unsaid = 0;
    private const ushort Other = 1;

    private readonly ConcurrentDictionary<SessionDevice, ushort> _numbers = new();
    private readonly Lock _lock = new();
    private SessionDevice[] _devices = [default, SessionDevice.Other];
    private int _count = 2;

    /// <summary>The number of a pair; given out when it is new.</summary>
    public ushort NumberOf(SessionDevice device)
    {
        if (!device.IsSaid)
            return Unsaid;
        return _numbers.TryGetValue(device, out var number) ? number : Add(device);
    }

    public SessionDevice this[ushort number] => Volatile.Read(ref _devices)[number];

    /// <summary>Names of devices that were said, each once, in the order of letters.</summary>
    public IReadOnlyList<string> NamesOf(int most) =>
        [.. Volatile.Read(ref _devices).Skip(Other + 1).Select(device => device.Name).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase).Take(most)];

    /// <summary>By number, whether device and app version contain what <see cref="Letters.Fold"/> made of a text.</summary>
    public bool[] Like(string folded) => Array.ConvertAll(Volatile.Read(ref _devices), device => device.IsSaid && Letters.Contains($"{device.Name} {device.AppVersion}", folded));

    private ushort Add(SessionDevice device)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(device, out var number))
                return number;
            if (_count - 2 >= capacity)
                return Other;
            number = (ushort)_count++;
            var devices = _devices;
            if (number == devices.Length)
                Array.Resize(ref devices, 2 * devices.Length);
            devices[number] = device;
            Volatile.Write(ref _devices, devices); // published before its number can be used
            _numbers[device] = number;
            return number;
        }
    }
}
