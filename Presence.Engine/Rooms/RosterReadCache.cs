using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>What a room keeps for reads of all its viewers. A room without such reads has none.</summary>
/// <remarks>
/// <para><b>Names</b> stand beside the slots, so that a search needs no look-up of each user. A name is a hint: it is asked
/// whether it still holds for the viewer in the slot (<see cref="UserName.Holds"/>), so it needs no removal.</para>
/// <para><b>Bound.</b> Eight bytes a slot, from the first search or order by name until a minute after the last.</para>
/// <para><b>Threads.</b> The room's lock, but for <see cref="Keep"/>.</para>
/// </remarks>
internal sealed class RosterReadCache
{
    /// <summary>How long names are kept for the next who asks.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(1);

    private UserName?[]?[] _names = [];
    private long _namedAt;

    /// <summary>For each copy under way, the users it must look at again.</summary>
    public HashSet<string>[] Copies { get; set; } = [];

    /// <summary>The names beside a slice of slots.</summary>
    /// <param name="from">The first slot, a multiple of <see cref="Room.SlotsPerCopy"/>.</param>
    /// <param name="now">Presence time.</param>
    public UserName?[] NamesFrom(int from, long now)
    {
        var slice = from / Room.SlotsPerCopy;
        if (slice >= _names.Length)
            Array.Resize(ref _names, Math.Max(slice + 1, 2 * _names.Length));
        _namedAt = now;
        return _names[slice] ??= new UserName?[Room.SlotsPerCopy];
    }

    /// <summary>Keeps a name beside a slot, without the lock: at worst it is lost, or is next to a viewer it doesn't belong to.</summary>
    public void Keep(int slot, UserName name)
    {
        var names = Volatile.Read(ref _names);
        if (slot / Room.SlotsPerCopy < names.Length && names[slot / Room.SlotsPerCopy] is { } slice)
            slice[slot % Room.SlotsPerCopy] = name;
    }

    /// <summary>Releases the names if they were not read recently.</summary>
    public void Age(long now)
    {
        if (now - _namedAt >= Retention.Ticks)
            ForgetNames();
    }

    public void ForgetNames() => _names = [];
}
