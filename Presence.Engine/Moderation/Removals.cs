using System.Collections.Concurrent;

namespace Presence.Engine.Moderation;

/// <summary>The removals in force. Looked at when a viewer joins, which after a removal is its next heartbeat (rule 12).</summary>
/// <remarks>
/// <para><b>Why not on every heartbeat.</b> A removal is published here first and then ends the user's sessions under each
/// room's lock; joins look here under the same lock. So a present viewer isn't banned.</para>
/// <para><b>Bound.</b> <see cref="PresenceLimits.Removals"/>. What has ended stays until it ended long ago, or room is needed: the wall clock may be wrong at the moment.</para>
/// </remarks>
internal sealed class Removals(int capacity)
{
    private readonly ConcurrentDictionary<string, Removal[]> _byUser = new(PresenceComparers.UserId);
    private readonly ConcurrentDictionary<string, Removal[]> _byDevice = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _count;
    private int _deviceVersion;

    /// <summary>Rises when a ban names devices; 0 while none ever did. Who compared a device with this version need not look again.</summary>
    public int DeviceVersion => Volatile.Read(ref _deviceVersion);

    /// <summary>Whether there are no bans: the common case, which costs a join one read.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Keeps a user out, instead of what was said for the same room before; false when there are too many.</summary>
    public bool TryAdd(Removal removal)
    {
        lock (_lock)
        {
            var others = Without(removal.UserId, removal.RoomId);
            if (_count == capacity)
                return false;
            _count++;
            _byUser[removal.UserId] = [.. others, removal];
            foreach (var device in DeviceBans.Of(removal))
                _byDevice[device] = _byDevice.TryGetValue(device, out var bans) ? [.. bans, removal] : [removal];
            if (removal.Devices is not null)
                Interlocked.Increment(ref _deviceVersion);
            return true;
        }
    }

    /// <summary>Lifts a user's ban. False if there was none.</summary>
    public bool TryLift(string userId, string? roomId)
    {
        lock (_lock)
        {
            var before = _count;
            Without(userId, roomId);
            return _count < before;
        }
    }

    /// <summary>What keeps a user out of a room now, the network's first; null when nothing does.</summary>
    public Removal? Find(string userId, string? roomId, DateTimeOffset now)
    {
        if (IsEmpty || !_byUser.TryGetValue(userId, out var removals))
            return null;
        Removal? found = null;
        foreach (var removal in removals)
        {
            if (removal.Until <= now)
                continue;
            if (removal.RoomId is null)
                return removal;
            if (PresenceComparers.RoomId.Equals(removal.RoomId, roomId))
                found = removal;
        }
        return found;
    }

    /// <summary>The ban in force that names a device, by its hash; null when none does.</summary>
    public Removal? FindDevice(string device, DateTimeOffset now) =>
        _byDevice.TryGetValue(device, out var bans) ? Array.Find(bans, removal => removal.Until > now) : null;

    /// <summary>Those of one user in force now.</summary>
    public IReadOnlyList<Removal> Of(string userId, DateTimeOffset now) =>
        IsEmpty || !_byUser.TryGetValue(userId, out var removals) ? [] : Array.FindAll(removals, removal => removal.Until > now);

    /// <summary>How many users are banned from a room now, including bans from the network.</summary>
    public int CountIn(string roomId, DateTimeOffset now) =>
        IsEmpty ? 0 : _byUser.Count(user => Array.Exists(user.Value, removal => removal.Until > now && (removal.RoomId is null || PresenceComparers.RoomId.Equals(removal.RoomId, roomId))));

    /// <summary>Everything in force now.</summary>
    public IReadOnlyList<Removal> InForce(DateTimeOffset now) =>
        [.. _byUser.Values.SelectMany(removals => removals).Where(removal => removal.Until > now)];

    /// <summary>Drops what ended at an instant or before it.</summary>
    public void Prune(DateTimeOffset until)
    {
        if (IsEmpty)
            return;
        lock (_lock)
        {
            foreach (var removal in _byUser.Values.SelectMany(removals => removals).Where(removal => removal.Until <= until).ToList())
                Without(removal.UserId, removal.RoomId);
        }
    }

    private Removal[] Without(string userId, string? roomId)
    {
        if (!_byUser.TryGetValue(userId, out var removals))
            return [];
        var others = Array.FindAll(removals, removal => !PresenceComparers.RoomId.Equals(removal.RoomId, roomId));
        _count -= removals.Length - others.Length;
        foreach (var gone in removals.Except(others))
        {
            foreach (var device in DeviceBans.Of(gone))
            {
                if (_byDevice.TryGetValue(device, out var bans) && Array.FindAll(bans, ban => !ReferenceEquals(ban, gone)) is { Length: > 0 } left)
                    _byDevice[device] = left;
                else
                    _byDevice.TryRemove(device, out _);
            }
        }
        if (others.Length > 0)
            _byUser[userId] = others;
        else
            _byUser.TryRemove(userId, out _);
        return others;
    }
}

/// <summary>A viewer's ban from a room or the network, with its end.</summary>
/// <param name="UserId">Who.</param>
/// <param name="RoomId">Where; null is the whole network.</param>
/// <param name="Until">The end, exclusive, by the wall clock.</param>
/// <param name="Reason">The reason for the viewer. Null for none.</param>
public sealed record Removal(string UserId, string? RoomId, DateTimeOffset Until, string? Reason)
{
    /// <summary>Keyed hashes of the devices that are banned with the user, separated by spaces, at most <see cref="DeviceBans.Most"/>; null for none. Only of a ban from the network.</summary>
    public string? Devices { get; init; }

    /// <summary>Whether it holds until it is lifted.</summary>
    public bool IsForever => Until >= RemovalRules.Forever;
}

/// <summary>The devices a ban names. The engine compares hashes, and never knows a device's id.</summary>
public static class DeviceBans
{
    /// <summary>Devices one ban can name.</summary>
    public const int Most = 10;

    /// <summary>As a ban keeps them.</summary>
    public static string? Join(IEnumerable<string> hashes) => string.Join(' ', hashes.Distinct(StringComparer.Ordinal).Take(Most)) is { Length: > 0 } joined ? joined : null;

    /// <summary>The hashes of a ban.</summary>
    public static string[] Of(Removal removal) => removal.Devices?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}

/// <summary>Which removals are valid. Pure.</summary>
public static class RemovalRules
{
    /// <summary>The longest reason, in characters.</summary>
    public const int LongestReason = 200;

    /// <summary>Ten years for a ban with an end: an instant ten times as far off is seen to be a slip. Longer is <see cref="Forever"/>.</summary>
    public const int LongestSeconds = 3660 * 24 * 60 * 60;

    /// <summary>The end of a ban that has none: far in the future, so that it compares, sorts and is read like every other. No zone's clock passes the last year with it.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(LongestSeconds);

    /// <summary>Whether a ban can end then.</summary>
    public static bool IsEnd(DateTimeOffset until, DateTimeOffset now) => until > now && (until == Forever || until <= now + Longest);

    /// <summary>What is wrong with a reason, or null.</summary>
    public static string? ProblemOfReason(string? reason) =>
        reason is null || (reason.Length is > 0 and <= LongestReason && !reason.Any(char.IsControl))
            ? null
            : $"reason must have 1 to {LongestReason} characters and no control characters. You can leave it out.";
}
