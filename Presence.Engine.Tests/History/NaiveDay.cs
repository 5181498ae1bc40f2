using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Tests.History;

/// <summary>What a day comes to, by the script of the day and the documented rules alone: lists and loops.</summary>
internal sealed class NaiveDay(TimeSpan gap)
{
    private readonly Dictionary<(string Room, string User), NaiveStay> _present = [];
    private readonly Dictionary<string, List<NaiveStay>> _stays = [];
    private readonly Dictionary<string, NaiveBroadcast> _open = [];
    private readonly Dictionary<string, RoomDefinition> _defined = [];
    private readonly List<(string User, string? Room, DateTimeOffset Until)> _bans = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset Until, int Viewers, int Guests, int Hidden)> _sweeps = [];
    private readonly List<HistorySpan> _ran = [];
    private readonly List<HistorySpan> _replayed = [];
    private readonly Dictionary<string, List<NaiveStay>> _ofUser = [];
    private PresenceSettings _settings = PresenceSettings.Default;
    private DateTimeOffset _lookedAt;
    private DateTimeOffset _ranFrom;
    private long _turn;

    public List<NaiveBroadcast> Broadcasts { get; } = [];

    public IEnumerable<string> Users => _ofUser.Keys;

    public int Present => _present.Count;

    /// <summary>When the server ran, up to now.</summary>
    public IEnumerable<HistorySpan> Ran(DateTimeOffset now) => _ranFrom == default ? _ran : _ran.Append(new HistorySpan(_ranFrom, now));

    public IReadOnlyList<NaiveStay> Of(string? room) => room is null ? [.. _stays.Values.SelectMany(stays => stays)] : _stays.GetValueOrDefault(room) ?? [];

    public IReadOnlyList<NaiveStay> OfUser(string user) => _ofUser[user];

    // What happens.

    public bool Beat(string room, string user, string session, bool isGuest, ViewerState state, SessionDevice device, DateTimeOffset now)
    {
        var (isOpen, timeout) = RulesOf(room);
        if (!isOpen)
            return false;
        if (_present.GetValueOrDefault((room, user)) is { } watching && watching.Sessions.Find(other => other.Name == session) is { } known && now < known.Deadline)
        {
            (known.State, known.BeatAt, known.Deadline, known.Device, known.Turn) = (state, now, now + timeout, device, ++_turn);
            watching.Mark(now);
            return true;
        }
        Expire(room, user, now);
        if (_bans.Exists(ban => ban.User == user && (ban.Room is null || ban.Room == room) && ban.Until > now))
            return false;
        if (!_present.TryGetValue((room, user), out var stay))
        {
            stay = new NaiveStay(room, user, isGuest, now);
            if (!_present.Keys.Any(other => other.Room == room))
                Live(room, now);
            _present[(room, user)] = stay;
            ListOf(_stays, room).Add(stay);
            ListOf(_ofUser, user).Add(stay);
        }
        stay.Sessions.Add(new NaiveSession(session, state) { BeatAt = now, Deadline = now + timeout, Device = device, Turn = ++_turn });
        stay.Mark(now);
        return true;
    }

    public void Leave(string room, string user, string session, DateTimeOffset now)
    {
        Expire(room, user, now);
        if (_present.GetValueOrDefault((room, user)) is { } stay && stay.Sessions.Find(other => other.Name == session) is { } left)
            End(stay, left, LeaveReason.Left, now, now);
    }

    public void Sweep(DateTimeOffset now)
    {
        foreach (var (stay, session) in _present.Values.SelectMany(stay => stay.Sessions.Where(session => session.Deadline <= now).Select(session => (stay, session))).OrderBy(due => due.session.Deadline).ThenBy(due => due.session.Turn).ToList())
            End(stay, session, LeaveReason.Timeout, session.Deadline, now);
        Look(now);
    }

    public void Apply(PresenceSettings settings, DateTimeOffset now)
    {
        _settings = settings;
        if (!settings.Enabled)
            EndAll(_ => true, LeaveReason.Disabled, now);
    }

    public void Define(string room, RoomDefinition definition, DateTimeOffset now)
    {
        var before = _defined.GetValueOrDefault(room) ?? RoomDefinition.Unknown;
        _defined[room] = definition;
        if (!RulesOf(room).IsOpen)
            EndAll(stay => stay.Room == room, definition.Status == RoomStatus.Ended ? LeaveReason.Ended : LeaveReason.Disabled, now);
        EndIfOver(room, now);
        if (definition.Status == RoomStatus.Ended)
        {
            if (_open.Remove(room, out var ended))
                (ended.EndedAt, ended.End) = (now, BroadcastEnd.Ended);
        }
        else if (before.Status == RoomStatus.Ended && !_open.ContainsKey(room))
        {
            Begin(room, now).EmptySince = now;
        }
        else if (_open.TryGetValue(room, out var open))
        {
            open.Title = definition.Title;
        }
    }

    public void Ban(string user, string? room, DateTimeOffset until, DateTimeOffset now)
    {
        _bans.RemoveAll(ban => ban.User == user && ban.Room == room);
        _bans.Add((user, room, until));
        foreach (var stay in _present.Values.Where(stay => stay.User == user && (room is null || stay.Room == room)).ToList())
        {
            Expire(stay.Room, user, now);
            EndAll(stay, LeaveReason.Removed, now);
        }
    }

    public void Lift(string user, string? room) => _bans.RemoveAll(ban => ban.User == user && ban.Room == room);

    /// <summary>The machine sleeps from a sweep on, which is a second of presence.</summary>
    public void Sleep(DateTimeOffset from, DateTimeOffset until)
    {
        _ran.Add(new HistorySpan(_ranFrom, from.AddSeconds(1)));
        _ranFrom = until;
        foreach (var session in _present.Values.SelectMany(stay => stay.Sessions).Where(session => session.Deadline >= from.AddSeconds(1)))
            session.Deadline += until - from - TimeSpan.FromSeconds(1);
    }

    public void Stop(DateTimeOffset now)
    {
        Look(now);
        _ran.Add(new HistorySpan(_ranFrom, now));
        _ranFrom = default;
    }

    /// <summary>It ended as it was when it was last stored; minutes from one on are put together from visits.</summary>
    public void Crash(DateTimeOffset storedAt, DateTimeOffset minutesFrom)
    {
        _ran.Add(new HistorySpan(_ranFrom, storedAt));
        _ranFrom = default;
        _replayed.Add(new HistorySpan(minutesFrom, storedAt));
    }

    public void Start(DateTimeOffset storedAt, DateTimeOffset now)
    {
        (_ranFrom, _lookedAt) = (now, now);
        foreach (var room in _open.Keys.ToList())
            EndIfOver(room, storedAt); // it was seen to be over while the server ran
        var comesBack = _settings.Enabled && now - storedAt < _settings.PresenceTimeout;
        foreach (var stay in _present.Values.ToList())
        {
            foreach (var session in stay.Sessions.ToList())
            {
                session.Device = default;
                if (comesBack)
                    (session.State, session.BeatAt, session.Deadline) = (session.JoinedAs, now, now + RulesOf(stay.Room).Timeout);
                else
                    (session.BeatAt, session.Deadline) = (storedAt, storedAt);
            }
            if (comesBack)
                stay.Mark(now);
            else
                stay.Sessions.ToList().ForEach(session => End(stay, session, LeaveReason.Timeout, storedAt, storedAt));
        }
        foreach (var open in _open.Values.Where(_ => now - storedAt <= gap))
            open.GraceFrom = now;
    }

    /// <summary>Ends the broadcasts that have been empty for too long.</summary>
    public void Look(string room, DateTimeOffset now) => EndIfOver(room, now);

    // What it comes to.

    /// <summary>How many are there at an instant.</summary>
    public int Count(string room, DateTimeOffset at) => Of(room).Count(stay => stay.IsThere(at));

    public CurvePoint Point(string? room, HistorySpan span, DateTimeOffset now, out int highestPeak)
    {
        var ran = Ran(now).Select(run => Cut(run, span)).Where(run => run.Length > TimeSpan.Zero).ToList();
        var near = Of(room).Where(stay => stay.JoinedAt < span.Until && stay.GoneAt >= span.From).ToList();
        var point = new CurvePoint(span)
        {
            Joins = near.Count(stay => stay.JoinedAt >= span.From),
            Leaves = NaiveHistory.Leaves(near.Where(stay => stay.LeftAt >= span.From && stay.LeftAt < span.Until).Select(stay => stay.ToVisit(now))),
            Recorded = (int)Minutes(span).Count(minute => Ran(now).Any(run => run.From < minute.Until && run.Until >= minute.From)),
        };
        if (room is not null)
        {
            highestPeak = Peak(near, ran, isLate: true);
            return point with
            {
                Viewers = Sum(near.SelectMany(stay => ran.Select(run => run.Overlap(stay.JoinedAt, stay.LeftAt)))),
                Guests = Sum(near.Where(stay => stay.IsGuest).SelectMany(stay => ran.Select(run => run.Overlap(stay.JoinedAt, stay.LeftAt)))),
                Hidden = Sum(near.SelectMany(stay => stay.HiddenSpans(stay.LeftAt).SelectMany(hidden => ran.Select(run => run.Overlap(hidden.From, hidden.Until))))),
                Peak = Peak(near, ran, isLate: false),
            };
        }

        // Of the network what each sweep found, at its instant and for the time since the one before; where a crash took that, the people of all visits.
        highestPeak = 0;
        foreach (var sweep in _sweeps.Where(sweep => sweep.From < span.Until && sweep.Until >= span.From))
        {
            if (sweep.Until < span.Until && !_replayed.Exists(replay => sweep.Until >= replay.From && sweep.Until <= replay.Until))
                point = point with { Peak = Math.Max(point.Peak, sweep.Viewers) };
            var lasted = Sum(Ran(now).Select(run => Cut(run, span).Overlap(sweep.From, sweep.Until))) - Sum(_replayed.Select(replay => Cut(replay, span).Overlap(sweep.From, sweep.Until)));
            if (lasted == TimeSpan.Zero)
                continue;
            point = point with
            {
                Viewers = point.Viewers + (lasted * sweep.Viewers),
                Guests = point.Guests + (lasted * sweep.Guests),
                Hidden = point.Hidden + (lasted * Math.Min(sweep.Hidden, sweep.Viewers)),
                Peak = Math.Max(point.Peak, sweep.Viewers),
            };
        }
        highestPeak = point.Peak;
        foreach (var part in _replayed.Select(replay => Cut(replay, span)).Where(part => part.Length > TimeSpan.Zero))
        {
            foreach (var person in near.GroupBy(stay => stay.User))
            {
                var until = DateTimeOffset.MinValue;
                foreach (var stay in person.OrderBy(stay => stay.JoinedAt))
                {
                    var lasted = part.Overlap(stay.JoinedAt > until ? stay.JoinedAt : until, stay.LeftAt);
                    until = stay.LeftAt > until ? stay.LeftAt : until;
                    point = point with { Viewers = point.Viewers + lasted, Guests = point.Guests + (stay.IsGuest ? lasted : TimeSpan.Zero) };
                }
            }
            point = point with { Peak = Math.Max(point.Peak, Peak(near, [part], isLate: false)) };
            highestPeak = Math.Max(highestPeak, Peak(near, [part], isLate: true));
        }
        return point;
    }

    /// <summary>Whether a crash took minutes of a stretch: of those, hidden time is known of whole visits only.</summary>
    public bool IsReplayed(HistorySpan span) => _replayed.Exists(replay => replay.From < span.Until && replay.Until >= span.From);

    public BroadcastFigures Figures(NaiveBroadcast broadcast, DateTimeOffset now)
    {
        var until = broadcast.EndedAt ?? now;
        var visits = Of(broadcast.Room).Where(stay => stay.JoinedAt >= broadcast.StartedAt && stay.JoinedAt <= until).Select(stay => stay.ToVisit(now)).ToList();
        var people = visits.GroupBy(visit => visit.UserId).ToList();
        var stays = people.Select(person => person.Sum(visit => (long)visit.Watched.TotalMilliseconds)).Order().ToList();
        var (peak, peakAt) = (0, (DateTimeOffset?)null);
        foreach (var at in visits.Select(visit => visit.JoinedAt).Order())
        {
            var count = visits.Count(visit => visit.JoinedAt <= at && (visit.LeftAt > at || visit.Reason == LeaveReason.None));
            if (count > peak)
                (peak, peakAt) = (count, at);
        }
        return new BroadcastFigures
        {
            Peak = peak,
            PeakAt = peakAt,
            Average = until > broadcast.StartedAt ? visits.Sum(visit => (visit.LeftAt - visit.JoinedAt).TotalMilliseconds) / (until - broadcast.StartedAt).TotalMilliseconds : 0,
            Users = people.Count(person => !person.First().IsGuest),
            Guests = people.Count(person => person.First().IsGuest),
            Joins = visits.Count,
            Watched = Sum(visits.Select(visit => visit.Watched)),
            Hidden = Sum(visits.Select(visit => visit.Hidden)),
            MedianStay = TimeSpan.FromMilliseconds(stays.Count == 0 ? 0 : stays.Count % 2 == 1 ? stays[stays.Count / 2] : (stays[(stays.Count / 2) - 1] + stays[stays.Count / 2]) / 2),
            Returning = people.Count(person => _ofUser[person.Key].Exists(stay => stay.JoinedAt < broadcast.StartedAt)),
        };
    }

    /// <summary>The stretches of 1 to 10 whole minutes after the start in which most went and most came, by the count at their ends.</summary>
    public List<(DateTimeOffset From, DateTimeOffset Until, int Change)> Moments(NaiveBroadcast broadcast, DateTimeOffset now)
    {
        var until = broadcast.EndedAt ?? now;
        var visits = Of(broadcast.Room).Where(stay => stay.JoinedAt >= broadcast.StartedAt && stay.JoinedAt <= until).ToList();
        var instants = new List<DateTimeOffset>();
        for (var at = broadcast.StartedAt; at < until; at = at.AddMinutes(1))
            instants.Add(at);
        instants.Add(until);
        var counts = instants.ConvertAll(at => visits.Count(stay => stay.IsThere(at)));
        var smallest = Math.Max(2, (int)Math.Ceiling(counts.Max() / 20.0));
        var moments = new List<(DateTimeOffset From, DateTimeOffset Until, int Change)>();
        foreach (var sign in (int[])[-1, 1])
        {
            var taken = new List<(int From, int Until)>();
            for (var number = 0; number < 5; number++)
            {
                var (steepness, from, to) = (0.0, 0, 0);
                for (var begin = 0; begin < counts.Count; begin++)
                {
                    for (var end = begin + 1; end < counts.Count && end <= begin + 10; end++)
                    {
                        var change = sign * (counts[end] - counts[begin]);
                        if (change >= smallest && change / Math.Sqrt(end - begin) > steepness && !taken.Exists(other => begin < other.Until && other.From < end))
                            (steepness, from, to) = (change / Math.Sqrt(end - begin), begin, end);
                    }
                }
                if (to == 0)
                    break;
                taken.Add((from, to));
                moments.Add((instants[from], instants[to], counts[to] - counts[from]));
            }
        }
        return moments;
    }

    private static int Peak(List<NaiveStay> stays, List<HistorySpan> ran, bool isLate)
    {
        var peak = 0;
        foreach (var at in ran.Select(run => run.From).Concat(stays.Select(stay => stay.JoinedAt).Where(at => ran.Exists(run => at >= run.From && at < run.Until))))
            peak = Math.Max(peak, stays.Where(stay => stay.JoinedAt <= at && (isLate ? stay.GoneAt >= at : stay.LeftAt > at)).DistinctBy(stay => stay.User).Count());
        return peak;
    }

    private static HistorySpan Cut(HistorySpan one, HistorySpan other) => new(one.From > other.From ? one.From : other.From, one.Until < other.Until ? one.Until : other.Until);

    private static TimeSpan Sum(IEnumerable<TimeSpan> times) => times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    private static IEnumerable<HistorySpan> Minutes(HistorySpan span)
    {
        for (var at = span.From; at < span.Until; at = at.AddMinutes(1))
            yield return new HistorySpan(at, at.AddMinutes(1));
    }

    private static List<NaiveStay> ListOf(Dictionary<string, List<NaiveStay>> lists, string key) => lists.TryGetValue(key, out var list) ? list : lists[key] = [];

    private (bool IsOpen, TimeSpan Timeout) RulesOf(string room)
    {
        var definition = _defined.GetValueOrDefault(room) ?? RoomDefinition.Unknown;
        var shortest = (definition.Overrides.HeartbeatInterval ?? _settings.HeartbeatInterval) + TimeSpan.FromSeconds(5);
        var timeout = definition.Overrides.PresenceTimeout ?? _settings.PresenceTimeout;
        return (_settings.Enabled && definition.Status == RoomStatus.Live && definition.Overrides.Enabled != false, timeout < shortest ? shortest : timeout);
    }

    private void Look(DateTimeOffset now)
    {
        var users = _present.Values.DistinctBy(stay => stay.User).ToList();
        _sweeps.Add((_lookedAt, now, users.Count, users.Count(stay => stay.IsGuest), _present.Values.Count(stay => stay.HiddenSince is not null)));
        _lookedAt = now;
    }

    private void Expire(string room, string user, DateTimeOffset now)
    {
        if (_present.GetValueOrDefault((room, user)) is not { } stay)
            return;
        foreach (var session in stay.Sessions.Where(session => session.Deadline <= now).OrderBy(session => session.Deadline).ThenBy(session => session.Turn).ToList())
            End(stay, session, LeaveReason.Timeout, session.Deadline, now);
    }

    private void EndAll(Predicate<NaiveStay> which, LeaveReason reason, DateTimeOffset now)
    {
        foreach (var stay in _present.Values.Where(stay => which(stay)).ToList())
        {
            Expire(stay.Room, stay.User, now);
            EndAll(stay, reason, now);
        }
    }

    private void EndAll(NaiveStay stay, LeaveReason reason, DateTimeOffset now)
    {
        foreach (var session in stay.Sessions.OrderBy(session => session.Deadline).ThenBy(session => session.Turn).ToList())
            End(stay, session, reason, now, now);
    }

    private void End(NaiveStay stay, NaiveSession session, LeaveReason reason, DateTimeOffset at, DateTimeOffset noticedAt)
    {
        stay.Sessions.Remove(session);
        var seen = reason == LeaveReason.Timeout ? session.BeatAt : at;
        stay.SeenAt = stay.SeenAt > seen ? stay.SeenAt : seen;
        stay.Mark(at);
        if (stay.Sessions.Count > 0)
            return;
        stay.End(reason, at, noticedAt, session.Device);
        _present.Remove((stay.Room, stay.User));
        if (!_present.Keys.Any(other => other.Room == stay.Room) && _open.TryGetValue(stay.Room, out var open))
            open.EmptySince = Of(stay.Room).Where(other => other.JoinedAt >= open.StartedAt).Max(other => other.LeftAt);
    }

    private void Live(string room, DateTimeOffset at)
    {
        EndIfOver(room, at);
        var broadcast = _open.GetValueOrDefault(room) ?? Begin(room, at);
        (broadcast.EmptySince, broadcast.HadViewers) = (null, true);
    }

    private NaiveBroadcast Begin(string room, DateTimeOffset at)
    {
        var broadcast = new NaiveBroadcast(room, at) { Title = _defined.GetValueOrDefault(room)?.Title };
        Broadcasts.Add(broadcast);
        return _open[room] = broadcast;
    }

    private void EndIfOver(string room, DateTimeOffset now)
    {
        if (!_open.TryGetValue(room, out var open) || open.EmptySince is not { } since || now - (open.GraceFrom > since ? open.GraceFrom : since) <= gap)
            return;
        (open.EndedAt, open.End) = (since, BroadcastEnd.Empty);
        _open.Remove(room);
    }
}

/// <summary>A live period of a room.</summary>
internal sealed class NaiveBroadcast(string room, DateTimeOffset startedAt)
{
    public string Room => room;
    public DateTimeOffset StartedAt => startedAt;
    public DateTimeOffset? EndedAt { get; set; }
    public BroadcastEnd End { get; set; }
    public string? Title { get; set; }
    public bool HadViewers { get; set; }
    public DateTimeOffset? EmptySince { get; set; }
    public DateTimeOffset GraceFrom { get; set; }
}

/// <summary>A viewer in a room, from joining to leaving.</summary>
internal sealed class NaiveStay(string room, string user, bool isGuest, DateTimeOffset joinedAt)
{
    private readonly List<HistorySpan> _hidden = [];
    private SessionDevice _device;
    private LeaveReason _reason;

    public string Room => room;
    public string User => user;
    public bool IsGuest => isGuest;
    public DateTimeOffset JoinedAt { get; } = joinedAt;

    /// <summary>When it stopped counting; far off while it goes on.</summary>
    public DateTimeOffset LeftAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>When that was noticed: by the next sweep.</summary>
    public DateTimeOffset GoneAt { get; private set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset SeenAt { get; set; } = joinedAt;
    public DateTimeOffset? HiddenSince { get; private set; }
    public List<NaiveSession> Sessions { get; } = [];
    public bool IsOver => _reason != LeaveReason.None;

    public bool IsThere(DateTimeOffset at) => JoinedAt <= at && LeftAt > at;

    /// <summary>Hidden while no session is visible and one is hidden.</summary>
    public void Mark(DateTimeOffset now)
    {
        var isHidden = Sessions.Exists(session => session.State == ViewerState.Hidden) && !Sessions.Exists(session => session.State == ViewerState.Visible);
        if (isHidden == HiddenSince is not null)
            return;
        if (HiddenSince is { } since)
            _hidden.Add(new HistorySpan(since, now));
        HiddenSince = isHidden ? now : null;
    }

    public void End(LeaveReason reason, DateTimeOffset at, DateTimeOffset noticedAt, SessionDevice device) =>
        (_reason, LeftAt, GoneAt, _device) = (reason, at, noticedAt > at ? noticedAt : at, device);

    public IEnumerable<HistorySpan> HiddenSpans(DateTimeOffset until) =>
        (HiddenSince is { } since ? _hidden.Append(new HistorySpan(since, until)) : _hidden).Select(hidden => hidden with { Until = hidden.Until < until ? hidden.Until : until });

    /// <summary>As it is stored, or as if it ended now.</summary>
    public Visit ToVisit(DateTimeOffset now)
    {
        var seenAt = IsOver ? SeenAt : Sessions.Max(session => session.BeatAt) is var beatAt && beatAt > SeenAt ? beatAt : SeenAt;
        var hidden = HiddenSpans(seenAt).Select(hidden => new HistorySpan(JoinedAt, seenAt).Overlap(hidden.From, hidden.Until)).Aggregate(TimeSpan.Zero, (sum, time) => sum + time);
        return new Visit(Room, User, IsGuest, JoinedAt, IsOver ? LeftAt : now, _reason) { SeenAt = seenAt, Hidden = hidden, Device = _device };
    }
}

/// <summary>A tab or device.</summary>
internal sealed class NaiveSession(string name, ViewerState state)
{
    public string Name => name;

    /// <summary>What is stored of its state: as it was when it came.</summary>
    public ViewerState JoinedAs { get; } = state;

    public ViewerState State { get; set; } = state;
    public DateTimeOffset BeatAt { get; set; }
    public DateTimeOffset Deadline { get; set; }

    /// <summary>Of two with one deadline the one that sent its heartbeat first goes first.</summary>
    public long Turn { get; set; }

    public SessionDevice Device { get; set; }
}
