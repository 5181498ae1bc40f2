using System.Runtime.InteropServices;
using Presence.Engine.Changes;
using Presence.Engine.Rooms;

namespace Presence.Engine.History;

/// <summary>One stay of a viewer in a room, from its join to its leave. Several sessions at once are one visit.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">The user, or a guest's derived id.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="JoinedAt">When the viewer became present. A room, a user and this instant name a visit, also over a restart.</param>
/// <param name="LeftAt">When the viewer stopped counting: for a timeout the deadline.</param>
/// <param name="Reason">Why it ended.</param>
public readonly record struct Visit(string RoomId, string UserId, bool IsGuest, DateTimeOffset JoinedAt, DateTimeOffset LeftAt, LeaveReason Reason)
{
    /// <summary>When the viewer was last known to watch: for a timeout its latest heartbeat, otherwise <see cref="LeftAt"/>.</summary>
    /// <remarks>What was watched ends here, at most one heartbeat interval before the viewer really went.</remarks>
    public DateTimeOffset SeenAt { get; init; }

    /// <summary>For how long of <see cref="JoinedAt"/> to <see cref="SeenAt"/> no session was visible and at least one hidden (rule 17).</summary>
    public TimeSpan Hidden { get; init; }

    /// <summary>What the session that led last ran on.</summary>
    public SessionDevice Device { get; init; }

    /// <summary>The session that ended the visit.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>The viewer asked not to be listed: it is stored without a name, and lists of visits have none for it.</summary>
    public bool IsUnlisted { get; init; }

    /// <summary>As lists of visits show it.</summary>
    internal Visit Named => IsUnlisted ? this with { UserId = "", SessionId = "" } : this;

    /// <summary>How long the viewer watched, hidden time included.</summary>
    public TimeSpan Watched => SeenAt - JoinedAt;
}

/// <summary>A visit as figures need it: 56 bytes, numbers for names, milliseconds since 1970.</summary>
/// <param name="Person">Who.</param>
/// <param name="Joined">When it began.</param>
/// <param name="Left">When it ended.</param>
/// <param name="Seen">When the viewer was last known to watch.</param>
/// <param name="Hidden">For how long it was hidden.</param>
/// <param name="Device">What it ran on.</param>
/// <param name="Reason">Why it ended; none while it goes on.</param>
/// <param name="IsGuest">Without an account.</param>
/// <param name="IsReturning">Watched something before.</param>
internal readonly record struct VisitFact(long Person, long Joined, long Left, long Seen, long Hidden, int Device, LeaveReason Reason, bool IsGuest, bool IsReturning);

/// <summary>What visits of one room come to. Pure; every figure is of the visits alone, so it is the same whenever it is computed.</summary>
internal static class VisitStatistics
{
    /// <summary>How many of each, in and out.</summary>
    public const int MostMoments = 5;

    private const int LongestMoment = 10; // minutes
    private const long MinuteMilliseconds = 60_000;
    private const int MostDevices = 10;

    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan[] StayLimits = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)];

    /// <summary>How long before a fall a change may be its cause: a client learns of new settings with its next heartbeat.</summary>
    private static readonly TimeSpan CauseReach = TimeSpan.FromMinutes(2);

    /// <summary>The figures of a broadcast.</summary>
    /// <param name="span">From its start to its end, or to now.</param>
    /// <param name="visits">Its visits in the order in which they began.</param>
    public static BroadcastFigures Figures(HistorySpan span, ReadOnlySpan<VisitFact> visits)
    {
        var (start, end) = (span.From.ToUnixTimeMilliseconds(), span.Until.ToUnixTimeMilliseconds());
        var people = new Dictionary<long, PersonSums>();
        long present = 0, watched = 0, hidden = 0;
        foreach (ref readonly var visit in visits)
        {
            present += Math.Max(0, Math.Min(visit.Left, end) - Math.Max(visit.Joined, start));
            ref var person = ref CollectionsMarshal.GetValueRefOrAddDefault(people, visit.Person, out _);
            // One person is in a room once. Where a clock that was set back says otherwise, the time counts once.
            var from = Math.Max(Math.Max(visit.Joined, start), person.Until);
            var until = Math.Min(visit.Seen, end);
            var seen = Math.Max(0, until - from);
            person.Until = Math.Max(person.Until, until);
            person.Watched += seen;
            person.IsGuest = visit.IsGuest;
            person.IsReturning |= visit.IsReturning;
            watched += seen;
            hidden += Math.Min(visit.Hidden, seen);
        }

        var (peak, peakAt) = Peak(start, visits);
        var stays = people.Values.Select(person => person.Watched).ToArray();
        Array.Sort(stays);
        return new BroadcastFigures
        {
            Peak = peak,
            PeakAt = peak > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(peakAt) : null,
            Average = end > start ? present / (double)(end - start) : 0,
            Users = people.Values.Count(person => !person.IsGuest),
            Guests = people.Values.Count(person => person.IsGuest),
            Joins = visits.Length,
            Watched = TimeSpan.FromMilliseconds(watched),
            Hidden = TimeSpan.FromMilliseconds(hidden),
            MedianStay = TimeSpan.FromMilliseconds(stays.Length == 0 ? 0 : (stays[(stays.Length - 1) / 2] + stays[stays.Length / 2]) / 2),
            Returning = people.Values.Count(person => person.IsReturning),
        };
    }

    /// <summary>The stretches of 1 to 10 minutes in which most came and most went, five of each at most, none of a kind overlapping; the largest first.</summary>
    /// <remarks>Among stretches of different length the steeper counts: a fall that goes on at the usual pace does not make the moment longer.</remarks>
    public static IReadOnlyList<BroadcastMoment> Moments(HistorySpan span, ReadOnlySpan<VisitFact> visits, IReadOnlyList<HistoryEvent> events, IReadOnlyList<SessionDevice> devices)
    {
        var start = span.From.ToUnixTimeMilliseconds();
        var minutes = (int)Math.Min(int.MaxValue / 2, ((span.Until - span.From).Ticks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute);
        if (minutes == 0 || visits.IsEmpty)
            return [];

        // The count at each whole minute after the start.
        var counts = new int[minutes + 1];
        foreach (ref readonly var visit in visits)
        {
            var (joined, left) = (MinuteAfter(visit.Joined), MinuteAfter(visit.Left));
            if (joined <= minutes)
                counts[joined]++;
            if (left <= minutes && visit.Reason != LeaveReason.None)
                counts[left]--;
        }
        for (var minute = 1; minute <= minutes; minute++)
            counts[minute] += counts[minute - 1];

        var smallest = Math.Max(2, (counts.Max() + 19) / 20);
        var moments = new List<BroadcastMoment>();
        foreach (var (from, length) in Steepest(counts, -1, smallest))
        {
            var drop = Drop(SpanOf(from, length), visits, events, devices);
            var isEnd = minutes - from - length <= LongestMoment && counts[from + length] * 2 <= counts[from];
            moments.Add(new(drop.Span.From, drop.Span.Until, counts[from + length] - counts[from], isEnd && drop.Cause is (MomentCause.Unknown or MomentCause.Content) ? MomentCause.End : drop.Cause, drop.Finding));
        }
        foreach (var (from, length) in Steepest(counts, 1, smallest))
        {
            var stretch = SpanOf(from, length);
            moments.Add(new(stretch.From, stretch.Until, counts[from + length] - counts[from], from <= LongestMoment ? MomentCause.Start : CauseOf(events, stretch) ?? MomentCause.Unknown, Finding: null));
        }
        moments.Sort((one, other) => Math.Abs(other.Change).CompareTo(Math.Abs(one.Change)) is not 0 and var order ? order : one.From.CompareTo(other.From));
        return moments;

        HistorySpan SpanOf(int from, int length) => new(span.From.AddMinutes(from), from + length >= minutes ? span.Until : span.From.AddMinutes(from + length));

        int MinuteAfter(long at) => (int)Math.Clamp((at - start + MinuteMilliseconds - 1) / MinuteMilliseconds, 0, int.MaxValue);
    }

    /// <summary>Who left in a stretch, and what they have in common.</summary>
    /// <param name="span">The stretch.</param>
    /// <param name="visits">All that touch it or the quarter of an hour before, those present included.</param>
    /// <param name="events">Changes around it.</param>
    /// <param name="devices">What the visits' numbers of devices stand for.</param>
    public static DropReport Drop(HistorySpan span, ReadOnlySpan<VisitFact> visits, IReadOnlyList<HistoryEvent> events, IReadOnlyList<SessionDevice> devices)
    {
        var (from, until, earlier) = (span.From.ToUnixTimeMilliseconds(), span.Until.ToUnixTimeMilliseconds(), (span.From - Quarter).ToUnixTimeMilliseconds());
        var (before, after, joined) = (0, 0, 0);
        var (left, leftBefore) = (default(LeaveCounts), default(LeaveCounts));
        var byDevice = new Dictionary<int, (int Left, int Present)>();
        var stays = new int[StayLimits.Length];
        foreach (ref readonly var visit in visits)
        {
            var isOver = visit.Reason != LeaveReason.None;
            var wasThere = visit.Joined <= from && (visit.Left > from || !isOver);
            before += wasThere ? 1 : 0;
            after += visit.Joined <= until && (visit.Left > until || !isOver) ? 1 : 0;
            joined += visit.Joined > from && visit.Joined <= until ? 1 : 0;
            ref var device = ref CollectionsMarshal.GetValueRefOrAddDefault(byDevice, visit.Device, out _);
            device.Present += wasThere ? 1 : 0;
            if (!isOver)
                continue;
            if (visit.Left > from && visit.Left <= until)
            {
                left += One(visit.Reason);
                device.Left++;
                stays[StayOf(visit.Seen - visit.Joined)]++;
            }
            else if (visit.Left > earlier && visit.Left <= from)
            {
                leftBefore += One(visit.Reason);
            }
        }

        var inIt = events.Where(happened => happened.At >= span.From - CauseReach && happened.At <= span.Until).ToList();
        var finding = FindingOf(left, leftBefore, byDevice, before, devices);
        return new DropReport(
            span, before, after, joined, left, leftBefore,
            [.. byDevice.Where(device => device.Value.Left > 0).OrderByDescending(device => device.Value.Left).ThenBy(device => device.Key).Take(MostDevices)
                .Select(device => new DeviceLeaves(devices[device.Key], device.Value.Left, device.Value.Present))],
            [.. StayLimits.Select((limit, number) => new StayLeaves(limit, number + 1 < StayLimits.Length ? StayLimits[number + 1] : null, stays[number]))],
            inIt, CauseOf(finding, left, inIt, span), finding);
    }

    /// <summary>The most at once and when they were first so many. Whoever leaves at an instant is gone before others come at it.</summary>
    private static (int Peak, long At) Peak(long start, ReadOnlySpan<VisitFact> visits)
    {
        var leaves = new long[visits.Length];
        for (var i = 0; i < visits.Length; i++)
            leaves[i] = visits[i].Reason == LeaveReason.None ? long.MaxValue : visits[i].Left;
        Array.Sort(leaves);
        var (peak, at, gone) = (0, start, 0);
        for (var come = 0; come < visits.Length; come++)
        {
            while (leaves[gone] <= visits[come].Joined && gone < come)
                gone++;
            if (come + 1 - gone > peak)
                (peak, at) = (come + 1 - gone, visits[come].Joined);
        }
        return (peak, Math.Max(at, start));
    }

    private static List<(int From, int Length)> Steepest(int[] counts, int sign, int smallest)
    {
        var found = new List<(int From, int Length)>();
        while (found.Count < MostMoments)
        {
            var (best, from, length) = (0.0, 0, 0);
            for (var begin = 0; begin < counts.Length - 1; begin++)
            {
                for (var minutes = 1; minutes <= LongestMoment && begin + minutes < counts.Length; minutes++)
                {
                    var change = sign * (counts[begin + minutes] - counts[begin]);
                    // Coming and going without a cause grows with the root of time.
                    if (change < smallest || change / Math.Sqrt(minutes) <= best || found.Exists(other => begin < other.From + other.Length && other.From < begin + minutes))
                        continue;
                    (best, from, length) = (change / Math.Sqrt(minutes), begin, minutes);
                }
            }
            if (length == 0)
                break;
            found.Add((from, length));
        }
        return found;
    }

    private static DropFinding FindingOf(in LeaveCounts left, in LeaveCounts before, Dictionary<int, (int Left, int Present)> byDevice, int present, IReadOnlyList<SessionDevice> devices)
    {
        var (reason, ofReason, ofReasonBefore) = (LeaveReason.None, 0, 0);
        foreach (var candidate in (ReadOnlySpan<LeaveReason>)[LeaveReason.Left, LeaveReason.Timeout, LeaveReason.Disabled, LeaveReason.Removed, LeaveReason.Ended])
        {
            if (Of(left, candidate) * 2 > left.Total)
                (reason, ofReason, ofReasonBefore) = (candidate, Of(left, candidate), Of(before, candidate));
        }
        var device = byDevice.Where(pair => pair.Value.Left > 0).OrderByDescending(pair => pair.Value.Left).ThenBy(pair => pair.Key).FirstOrDefault();
        var share = present > 0 ? device.Value.Present / (double)present : 0;
        var standsOut = device.Value.Left > 1 && device.Value.Left * 2 >= left.Total && device.Value.Left >= 2 * share * left.Total && devices[device.Key] is { Name: not null } or { AppVersion: not null };
        return new DropFinding(left.Total, reason, ofReason, before.Total, ofReasonBefore, standsOut ? devices[device.Key] : null, standsOut ? device.Value.Left : 0, standsOut ? share : 0);
    }

    private static MomentCause CauseOf(DropFinding finding, in LeaveCounts left, List<HistoryEvent> events, HistorySpan span) => finding.Reason switch
    {
        LeaveReason.Disabled => MomentCause.Disabled,
        LeaveReason.Ended => MomentCause.End,
        LeaveReason.Removed => MomentCause.Ban,
        LeaveReason.Timeout => CauseOf(events, span) ?? MomentCause.Delivery,
        LeaveReason.Left => finding.Device is null ? MomentCause.Content : MomentCause.Delivery,
        _ => left.Total == 0 ? MomentCause.Unknown : CauseOf(events, span) ?? MomentCause.Unknown,
    };

    /// <summary>The change of settings that may have caused what happened in a stretch.</summary>
    private static MomentCause? CauseOf(IReadOnlyList<HistoryEvent> events, HistorySpan span) =>
        events.Any(happened => happened.Kind is HistoryEventKind.SettingsChanged or HistoryEventKind.RoomChanged && happened.At >= span.From - CauseReach && happened.At <= span.Until)
            ? MomentCause.Settings
            : null;

    private static LeaveCounts One(LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => new LeaveCounts(0, 1, 0, 0, 0),
        LeaveReason.Disabled => new LeaveCounts(0, 0, 1, 0, 0),
        LeaveReason.Removed => new LeaveCounts(0, 0, 0, 1, 0),
        LeaveReason.Ended => new LeaveCounts(0, 0, 0, 0, 1),
        _ => new LeaveCounts(1, 0, 0, 0, 0),
    };

    private static int Of(in LeaveCounts leaves, LeaveReason reason) => reason switch
    {
        LeaveReason.Timeout => leaves.Timeout,
        LeaveReason.Disabled => leaves.Disabled,
        LeaveReason.Removed => leaves.Removed,
        LeaveReason.Ended => leaves.Ended,
        _ => leaves.Left,
    };

    private static int StayOf(long milliseconds)
    {
        var stay = StayLimits.Length - 1;
        while (stay > 0 && milliseconds < StayLimits[stay].TotalMilliseconds)
            stay--;
        return stay;
    }

    private struct PersonSums
    {
        public long Until;
        public long Watched;
        public bool IsGuest;
        public bool IsReturning;
    }
}
