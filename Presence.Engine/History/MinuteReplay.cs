using Presence.Engine.Changes;

namespace Presence.Engine.History;

/// <summary>Minutes put together from visits: what a crash took of the minutes in memory. Pure.</summary>
/// <remarks>Hidden time is known of whole visits only, and is spread over them evenly.</remarks>
internal static class MinuteReplay
{
    /// <summary>The minutes of each room and of the network, as the engine would have recorded them.</summary>
    /// <param name="visits">Those that touch the time between, in any order. One that goes on lasts beyond <paramref name="until"/>.</param>
    /// <param name="from">The first minute; a whole one.</param>
    /// <param name="until">When it ends. Who leaves or joins at that very moment is counted.</param>
    public static List<RoomMinute> Of(IReadOnlyCollection<Visit> visits, DateTimeOffset from, DateTimeOffset until)
    {
        var minutes = new List<RoomMinute>();
        foreach (var room in visits.GroupBy(visit => visit.RoomId, PresenceComparers.RoomId))
            minutes.AddRange(Of(room.Key, [.. room.Select(Stay.Of)], from, until));

        // A viewer of several rooms is there once, but joins and leaves each of them.
        var people = visits.GroupBy(visit => visit.UserId, PresenceComparers.UserId).SelectMany(stays => Together(stays)).ToArray();
        var changes = minutes.GroupBy(minute => minute.At).ToDictionary(rooms => rooms.Key, rooms => (Joins: rooms.Sum(room => room.Joins), Leaves: rooms.Aggregate(default(LeaveCounts), (sum, room) => sum + room.Leaves)));
        minutes.AddRange(Of(null, people, from, until).Select(minute => changes.TryGetValue(minute.At, out var change) ? minute with { Joins = change.Joins, Leaves = change.Leaves } : minute));
        return minutes;
    }

    private static IEnumerable<RoomMinute> Of(string? roomId, Stay[] stays, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = from; at <= until; at += TimeSpan.FromMinutes(1))
        {
            var (next, end) = (at.AddMinutes(1), at.AddMinutes(1) < until ? at.AddMinutes(1) : until);
            var minute = new RoomMinute(roomId, at) { Peak = PeakOf(stays, at, end) };
            foreach (var stay in stays)
            {
                var (begins, ends) = (stay.JoinedAt > at ? stay.JoinedAt : at, stay.LeftAt < end ? stay.LeftAt : end);
                var there = ends > begins ? ends - begins : TimeSpan.Zero;
                minute = minute with
                {
                    Viewers = minute.Viewers + there,
                    Hidden = minute.Hidden + (there * stay.HiddenShare),
                    Guests = minute.Guests + (stay.IsGuest ? there : TimeSpan.Zero),
                    Joins = minute.Joins + (IsIn(stay.JoinedAt) ? 1 : 0),
                    Leaves = minute.Leaves + (IsIn(stay.LeftAt) ? LeaveCounts.Of(stay.Reason) : default),
                };
            }
            if (roomId is null || minute.Peak > 0 || minute.Joins > 0 || minute.Leaves.Total > 0)
                yield return minute;

            bool IsIn(DateTimeOffset instant) => instant >= at && instant < next && instant <= until;
        }
    }

    /// <summary>The most at once; who leaves as the minute begins was there then.</summary>
    private static int PeakOf(Stay[] stays, DateTimeOffset at, DateTimeOffset end)
    {
        var there = stays.Count(stay => stay.JoinedAt < at && stay.LeftAt >= at);
        var peak = there;
        var changes = stays.Where(stay => stay.JoinedAt >= at && stay.JoinedAt < end).Select(stay => (At: stay.JoinedAt, By: 1))
            .Concat(stays.Where(stay => stay.LeftAt >= at && stay.LeftAt < end).Select(stay => (At: stay.LeftAt, By: -1)));
        foreach (var (_, by) in changes.Order())
            peak = Math.Max(peak, there += by);
        return peak;
    }

    /// <summary>A person's stays, those that overlap as one.</summary>
    private static IEnumerable<Stay> Together(IEnumerable<Visit> visits)
    {
        Stay? together = null;
        foreach (var stay in visits.Select(Stay.Of).OrderBy(stay => stay.JoinedAt))
        {
            if (together is { } before && stay.JoinedAt < before.LeftAt)
            {
                together = before with { LeftAt = stay.LeftAt > before.LeftAt ? stay.LeftAt : before.LeftAt, HiddenShare = Math.Min(before.HiddenShare, stay.HiddenShare) };
                continue;
            }
            if (together is { } ended)
                yield return ended;
            together = stay;
        }
        if (together is { } last)
            yield return last;
    }

    private readonly record struct Stay(DateTimeOffset JoinedAt, DateTimeOffset LeftAt, bool IsGuest, LeaveReason Reason, double HiddenShare)
    {
        public static Stay Of(Visit visit) =>
            new(visit.JoinedAt, visit.LeftAt, visit.IsGuest, visit.Reason, visit.Watched > TimeSpan.Zero ? visit.Hidden / visit.Watched : 0);
    }
}
