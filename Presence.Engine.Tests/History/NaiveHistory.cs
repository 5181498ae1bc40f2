using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.History;

/// <summary>A random day of visits, and what every figure of history should be, computed from the visits alone in the simplest way there is.</summary>
internal sealed class NaiveHistory
{
    private static readonly SessionDevice[] Devices = [new("Android", "4.2.1"), new("iPhone", "4.2.1"), new("web", null), default];
    private static readonly LeaveReason[] Reasons = [LeaveReason.Left, LeaveReason.Left, LeaveReason.Timeout, LeaveReason.Timeout, LeaveReason.Disabled, LeaveReason.Removed, LeaveReason.Ended];

    private readonly Dictionary<Visit, (DateTimeOffset From, DateTimeOffset Until)> _hidden = [];

    public NaiveHistory(Random random, DateTimeOffset begin, TimeSpan length, int rooms, int people, int visits)
    {
        var busy = new Dictionary<(string, string), DateTimeOffset>();
        Rooms = [.. Enumerable.Range(0, rooms).Select(room => $"room {room}")];
        foreach (var room in Rooms)
        {
            var windows = random.Next(1, 5);
            for (var window = 0; window < windows; window++)
            {
                var opens = begin + (length * random.NextDouble() * 0.9);
                var lasts = TimeSpan.FromMinutes(random.Next(1, 200));
                for (var number = 0; number < visits / rooms / windows; number++)
                    Watch(room, random.Next(people), opens + (lasts * random.NextDouble()), lasts * Math.Pow(random.NextDouble(), 3));
            }
        }
        Visits.Sort((one, other) => one.LeftAt.CompareTo(other.LeftAt));

        void Watch(string room, int person, DateTimeOffset from, TimeSpan stay)
        {
            var user = $"user {person}";
            var joined = Milliseconds(busy.TryGetValue((room, user), out var until) && until > from ? until.AddMilliseconds(random.Next(1, 60_000)) : from);
            var left = Milliseconds(joined + stay);
            if (left > begin + length || left <= joined)
                return;
            busy[(room, user)] = left;
            var reason = Reasons[random.Next(Reasons.Length)];
            var seen = reason == LeaveReason.Timeout ? Milliseconds(joined + ((left - joined) * random.NextDouble())) : left;
            var hiddenFrom = Milliseconds(joined + ((seen - joined) * random.NextDouble()));
            var hiddenUntil = random.Next(2) == 0 ? hiddenFrom : Milliseconds(hiddenFrom + ((seen - hiddenFrom) * random.NextDouble()));
            var visit = new Visit(room, user, person % 4 == 0, joined, left, reason)
            {
                SeenAt = seen,
                Hidden = hiddenUntil - hiddenFrom,
                Device = Devices[random.Next(Devices.Length)],
            };
            Visits.Add(visit);
            _hidden[visit] = (hiddenFrom, hiddenUntil);
        }
    }

    public IReadOnlyList<string> Rooms { get; }

    /// <summary>In the order in which they ended.</summary>
    public List<Visit> Visits { get; } = [];

    public IEnumerable<Visit> Of(string? room) => Visits.Where(visit => room is null || visit.RoomId == room);

    /// <summary>What a stretch of a room comes to; of the network, hidden time is summed over rooms, all else counts a person once.</summary>
    public CurvePoint Point(string? room, HistorySpan span)
    {
        var near = Of(room).Where(visit => visit.JoinedAt < span.Until && visit.LeftAt >= span.From).ToList(); // all others come to nothing
        return new CurvePoint(span)
        {
            Viewers = Sum(Stays(near), span),
            Guests = Sum(Stays(near).Where(stay => stay.IsGuest), span),
            Hidden = Sum(near.Select(visit => (_hidden[visit].From, _hidden[visit].Until, false)), span),
            Peak = Peak(near, span),
            Joins = near.Count(visit => visit.JoinedAt >= span.From),
            Leaves = Leaves(near.Where(visit => visit.LeftAt < span.Until)),
        };
    }

    public static LeaveCounts Leaves(IEnumerable<Visit> visits)
    {
        var by = visits.ToLookup(visit => visit.Reason);
        return new LeaveCounts(by[LeaveReason.Left].Count(), by[LeaveReason.Timeout].Count(), by[LeaveReason.Disabled].Count(), by[LeaveReason.Removed].Count(), by[LeaveReason.Ended].Count());
    }

    /// <summary>The live periods of a room: a stay belongs to the one before unless nobody was there for longer than the gap.</summary>
    public List<HistorySpan> Broadcasts(string room, TimeSpan gap)
    {
        var periods = new List<HistorySpan>();
        foreach (var visit in Of(room).OrderBy(visit => visit.JoinedAt))
        {
            if (periods.Count > 0 && visit.JoinedAt - periods[^1].Until <= gap)
                periods[^1] = periods[^1] with { Until = visit.LeftAt > periods[^1].Until ? visit.LeftAt : periods[^1].Until };
            else
                periods.Add(new HistorySpan(visit.JoinedAt, visit.LeftAt));
        }
        return periods;
    }

    public BroadcastFigures Figures(string room, HistorySpan span)
    {
        var visits = Of(room).Where(visit => visit.JoinedAt >= span.From && visit.JoinedAt <= span.Until).OrderBy(visit => visit.JoinedAt).ThenBy(visit => visit.UserId, StringComparer.Ordinal).ToList();
        var people = visits.GroupBy(visit => (visit.UserId, visit.IsGuest)).ToList();
        var stays = people.Select(person => person.Sum(visit => (long)visit.Watched.TotalMilliseconds)).Order().ToList();
        var peak = Peak(visits, span with { Until = span.Until.AddMilliseconds(1) });
        return new BroadcastFigures
        {
            Peak = peak,
            PeakAt = visits.Select(visit => visit.JoinedAt).First(at => Count(visits, at) == peak),
            Average = span.Length > TimeSpan.Zero ? visits.Sum(visit => (visit.LeftAt - visit.JoinedAt).TotalMilliseconds) / span.Length.TotalMilliseconds : 0,
            Users = people.Count(person => !person.Key.IsGuest),
            Guests = people.Count(person => person.Key.IsGuest),
            Joins = visits.Count,
            Watched = Total(visits.Select(visit => visit.Watched)),
            Hidden = Total(visits.Select(visit => visit.Hidden)),
            MedianStay = TimeSpan.FromMilliseconds(stays.Count % 2 == 1 ? stays[stays.Count / 2] : (stays[(stays.Count / 2) - 1] + stays[stays.Count / 2]) / 2),
            Returning = people.Count(person => Visits.Any(visit => visit.UserId == person.Key.UserId && visit.JoinedAt < span.From)),
        };
    }

    /// <summary>How many different people are there at an instant.</summary>
    public int Count(string room, DateTimeOffset at) => Count(Of(room), at);

    private static int Count(IEnumerable<Visit> visits, DateTimeOffset at) => visits.Where(visit => visit.JoinedAt <= at && visit.LeftAt > at).Select(visit => visit.UserId).Distinct().Count();

    private static TimeSpan Total(IEnumerable<TimeSpan> times) => times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    private static TimeSpan Sum(IEnumerable<(DateTimeOffset From, DateTimeOffset Until, bool IsGuest)> stays, HistorySpan span) =>
        Total(stays.Select(stay => span.Overlap(stay.From, stay.Until)));

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    /// <summary>The stays of people in a room, or in any room at all.</summary>
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset Until, bool IsGuest)> Stays(IEnumerable<Visit> visits)
    {
        foreach (var person in visits.GroupBy(visit => visit.UserId))
        {
            var until = DateTimeOffset.MinValue;
            foreach (var visit in person.OrderBy(visit => visit.JoinedAt))
            {
                var from = visit.JoinedAt > until ? visit.JoinedAt : until;
                if (visit.LeftAt <= from)
                    continue;
                yield return (from, visit.LeftAt, visit.IsGuest);
                until = visit.LeftAt;
            }
        }
    }

    private static int Peak(List<Visit> visits, HistorySpan span) =>
        visits.Select(visit => visit.JoinedAt).Where(at => at > span.From && at < span.Until).Append(span.From).Max(at => Count(visits, at));
}
