using Presence.Engine.Changes;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>The latest departures of a room. Made when the first viewer leaves.</summary>
/// <remarks>
/// <para><b>Bound.</b> The room's peak, at least 4, at most 50: a small room pays for a short list.</para>
/// <para><b>Threads.</b> None of its own: the room's lock.</para>
/// </remarks>
internal sealed class DepartureLog
{
    public const int Fewest = 4;
    public const int Most = 50;

    private readonly Queue<DepartureRow> _rows = new();

    /// <summary>What the next <see cref="Add"/> needs.</summary>
    public void MakeRoom(int peak) => _rows.EnsureCapacity(Math.Min(_rows.Count + 1, LimitOf(peak)));

    public void Add(in DepartureRow row, int peak)
    {
        var limit = LimitOf(peak);
        while (_rows.Count >= limit)
            _rows.Dequeue();
        _rows.Enqueue(row);
    }

    /// <summary>The latest last.</summary>
    public DepartureRow[] Copy() => _rows.ToArray();

    private static int LimitOf(int peak) => Math.Clamp(peak, Fewest, Most);
}

/// <summary>A viewer that left a room.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Profile">Name and picture as they were then, where known.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When: for a timeout the deadline, not the moment it was noticed.</param>
public sealed record Departure(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, DateTimeOffset At);

/// <summary>A departure as a room keeps it: <paramref name="At"/> is presence time.</summary>
internal readonly record struct DepartureRow(string UserId, UserProfile? Profile, bool IsGuest, LeaveReason Reason, long At);
