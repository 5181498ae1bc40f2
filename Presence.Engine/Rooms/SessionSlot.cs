using System.Runtime.InteropServices;

namespace Presence.Engine.Rooms;

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
    /// its own. A session that took the lead over keeps its own in <see cref="RareState.OwnJoins"/>.
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

    public readonly bool IsFading => (Flags & SlotFlags.Fading) != SlotFlags.None;
}
