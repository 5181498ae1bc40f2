using Presence.Engine.Changes;

namespace Presence.Engine.History;

/// <summary>Minutes that are over and wait for the writer, and the network's minute under way.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="Most"/> minutes: some hours of a few thousand rooms without a writer. More are lost and counted.</para>
/// <para><b>Threads.</b> The sweep adds, any thread takes.</para>
/// </remarks>
/// <param name="clock">Tells which minute an instant is in.</param>
/// <param name="from">Presence time from which on it counts.</param>
internal sealed class MinuteCollector(PresenceClock clock, long from)
{
    public const int Most = 500_000;

    private readonly Lock _lock = new();
    private List<RoomMinute> _waiting = [];
    private long _lost;
    private long _minute = clock.UtcOf(from).UtcTicks / TimeSpan.TicksPerMinute;
    private long _latest = from;
    private long _viewers;
    private long _guests;
    private long _hidden;
    private int _peak;

    /// <summary>What the sweep's rooms give: only the sweep uses it, until <see cref="Add"/>.</summary>
    public List<RoomMinute> Taken { get; } = [];

    /// <summary>Whether a minute has ended since the last <see cref="Add"/>.</summary>
    public bool IsDue(long now) => MinuteOf(now) != _minute;

    /// <summary>Notes what a sweep found, and hands over the minutes it took.</summary>
    /// <param name="now">Presence time.</param>
    /// <param name="moment">The network.</param>
    public void Add(long now, in NetworkMoment moment)
    {
        lock (_lock)
        {
            AddNeedsLock(now, moment, Taken);
            if (Taken.Count == 0)
                return;
            AddUp(Taken);
            var fits = Math.Min(Taken.Count, Most - _waiting.Count);
            _waiting.AddRange(Taken.Take(fits));
            _lost += Taken.Count - fits;
            Taken.Clear();
        }
    }

    /// <summary>Ends the network's minute under way.</summary>
    /// <param name="now">Presence time.</param>
    /// <param name="moment">The network.</param>
    /// <param name="rooms">The rooms' minutes of the same moment; the network's are added.</param>
    public void End(long now, in NetworkMoment moment, List<RoomMinute> rooms)
    {
        lock (_lock)
        {
            AddNeedsLock(now, moment, rooms);
            rooms.Add(EndNeedsLock());
            AddUp(rooms);
        }
    }

    /// <summary>Takes what waits; returns how many were lost since the last time.</summary>
    public long TakeAll(List<RoomMinute> into)
    {
        lock (_lock)
        {
            into.AddRange(_waiting);
            _waiting = [];
            var lost = _lost;
            _lost = 0;
            return lost;
        }
    }

    private long MinuteOf(long at) => clock.UtcOf(at).UtcTicks / TimeSpan.TicksPerMinute;

    /// <summary>What a sweep finds has held since the one before, on both sides of a minute's end.</summary>
    private void AddNeedsLock(long now, in NetworkMoment moment, List<RoomMinute> rooms)
    {
        if (MinuteOf(now) is var minute && minute != _minute)
        {
            // A minute that began while the process was suspended begins with the end of that, as one does after the clock was set.
            var began = clock.PresenceTimeThen(new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero));
            AddNeedsLock(began >= _latest && began <= now ? began : now, moment);
            rooms.Add(EndNeedsLock());
            _minute = minute;
        }
        AddNeedsLock(now, moment);
    }

    private void AddNeedsLock(long now, in NetworkMoment moment)
    {
        var lasted = Math.Max(0, now - _latest);
        _latest = now;
        _viewers += moment.Viewers * lasted;
        _guests += moment.Guests * lasted;
        _hidden += Math.Min(moment.Hidden, moment.Viewers) * lasted; // one hidden in two rooms counts twice there
        _peak = Math.Max(_peak, moment.Viewers);
    }

    /// <summary>The minute under way as far as it goes, also when nobody was there: that the server ran is known by it.</summary>
    private RoomMinute EndNeedsLock()
    {
        var minute = new RoomMinute(null, new DateTimeOffset(_minute * TimeSpan.TicksPerMinute, TimeSpan.Zero))
        {
            Viewers = new TimeSpan(_viewers),
            Guests = new TimeSpan(_guests),
            Hidden = new TimeSpan(_hidden),
            Peak = _peak,
        };
        (_viewers, _guests, _hidden, _peak) = (0, 0, 0, 0);
        return minute;
    }

    /// <summary>The network's joins and leaves are those of its rooms, also in a minute in which no sweep ran.</summary>
    private static void AddUp(List<RoomMinute> minutes)
    {
        foreach (var rooms in minutes.Where(minute => minute.RoomId is not null).GroupBy(minute => minute.At).ToList())
        {
            var network = minutes.FindIndex(minute => minute.RoomId is null && minute.At == rooms.Key);
            if (network < 0)
            {
                network = minutes.Count;
                minutes.Add(new RoomMinute(null, rooms.Key));
            }
            minutes[network] = minutes[network] with { Joins = rooms.Sum(room => room.Joins), Leaves = rooms.Aggregate(default(LeaveCounts), (sum, room) => sum + room.Leaves) };
        }
    }
}

/// <summary>The network's viewers, as a sweep found them.</summary>
internal readonly record struct NetworkMoment(int Viewers, int Guests, int Hidden);

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
