using Presence.Engine.Moderation;

namespace Presence.Engine.Alerts;

/// <summary>The counts of one moment that rules are judged by.</summary>
/// <param name="At">The moment.</param>
/// <param name="Viewers">Distinct viewers of the network.</param>
/// <param name="Refused">Heartbeats refused since the process began.</param>
/// <param name="Rooms">Every room in memory. A room that is not there is empty.</param>
/// <param name="IsWarming">Counts can include viewers who have left: they are remembered, and nothing is raised.</param>
public sealed record PresenceFigures(DateTimeOffset At, int Viewers, long Refused, IReadOnlyList<RoomFigure> Rooms, bool IsWarming)
{
    /// <summary>Whether presence is on in the network.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Rooms switched off in the catalogue.</summary>
    public IReadOnlyList<string> SwitchedOff { get; init; } = [];

    /// <summary>Viewers on the watch list who joined a room since the figures before.</summary>
    public IReadOnlyList<WatchedArrival> Arrived { get; init; } = [];

    /// <summary>Those of <see cref="AlertJudge.WatchedPlaces"/> who are still there, and on the list.</summary>
    internal IReadOnlySet<(string RoomId, string UserId)> Here { get; init; } = new HashSet<(string, string)>();
}

/// <summary>A room and its viewers.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Viewers">How many.</param>
public readonly record struct RoomFigure(string RoomId, int Viewers);

/// <summary>What became of a rule in one room.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="RoomId">The room; null for the network.</param>
/// <param name="Kind">What.</param>
/// <param name="Before">The viewers it is compared with.</param>
/// <param name="Now">The viewers now, or the refused heartbeats.</param>
internal readonly record struct AlertStep(AlertRule Rule, string? RoomId, AlertStepKind Kind, int Before, int Now)
{
    /// <summary>The viewer, of <see cref="AlertKind.Watched"/>.</summary>
    public string? UserId { get; init; }

    /// <summary>Why that viewer is watched for.</summary>
    public ViewerFlag? Flag { get; init; }
}

internal enum AlertStepKind
{
    /// <summary>It began.</summary>
    Raised,

    /// <summary>It came back before it was over.</summary>
    Again,

    /// <summary>It is over.</summary>
    Over,
}

/// <summary>Judges rules by counts. Pure: the same figures lead to the same steps.</summary>
/// <remarks>
/// <para><b>Hysteresis.</b> What is counted must hold for two passes before it is raised. It is over once it was out of its band for <see cref="Hold"/> without a break.
/// An arrival of a watched viewer is raised at once, and is over once the viewer was away for as long.</para>
/// <para><b>Cost.</b> A look at every room; for each rule that is for it a comparison. Memory: what windows a room's rules need, 120 bytes each.</para>
/// <para><b>Threads.</b> One.</para>
/// </remarks>
/// <param name="confirmations">For how many passes a condition must hold. 1 for figures that are averages.</param>
internal sealed class AlertJudge(int confirmations = 2)
{
    /// <summary>How long a condition must be gone before it is over.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Subject> _rooms = new(PresenceComparers.RoomId);
    private readonly Dictionary<(string RuleId, string? RoomId), Open> _open = [];
    private readonly Dictionary<(string RuleId, string RoomId, string? UserId), Open> _openWatched = [];
    private readonly Queue<(DateTimeOffset At, long Refused)> _refused = new();
    private readonly Subject _network = new();
    private Judged[] _rules = [];
    private (string Prefix, Judged[] Rules)[] _prefixes = [];
    private Dictionary<string, Judged[]> _byRoom = new(PresenceComparers.RoomId);
    private Judged[] _ofNetwork = [];
    private AlertRule[] _watched = [];
    private HashSet<string> _off = new(PresenceComparers.RoomId);
    private int _pass;

    /// <summary>Rooms that something is remembered of.</summary>
    public int Remembered => _rooms.Count;

    /// <summary>Where watched viewers were told to have arrived, and by what is known still are.</summary>
    public IEnumerable<(string RoomId, string UserId)> WatchedPlaces => _openWatched.Keys.Where(key => key.UserId is not null).Select(key => (key.RoomId, key.UserId!));

    /// <summary>Puts rules in force. What is open of a rule that is the same goes on.</summary>
    public void Apply(IReadOnlyList<AlertRule> rules)
    {
        var before = _rules.ToDictionary(judged => judged.Rule.Id, judged => judged.Rule, StringComparer.Ordinal);
        _rules = [.. rules.Where(rule => rule.IsOn).Take(AlertRules.Most).Select((rule, index) => new Judged(rule, UInt128.One << index))];
        var same = _rules.Where(judged => before.TryGetValue(judged.Rule.Id, out var rule) && rule == judged.Rule).Select(judged => judged.Rule.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var key in _open.Keys.Where(key => !same.Contains(key.RuleId)).ToArray())
            _open.Remove(key);
        foreach (var key in _openWatched.Keys.Where(key => !same.Contains(key.RuleId)).ToArray())
            _openWatched.Remove(key);
        _watched = [.. _rules.Select(judged => judged.Rule).Where(rule => rule.Kind == AlertKind.Watched)];
        var counted = _rules.Where(judged => judged.Rule.Kind != AlertKind.Watched).ToArray();
        _ofNetwork = [.. counted.Where(judged => judged.Rule is { RoomId: null, Prefix: null })];
        _byRoom = counted.Where(judged => judged.Rule.RoomId is not null).GroupBy(judged => judged.Rule.RoomId!, PresenceComparers.RoomId).ToDictionary(group => group.Key, group => group.ToArray(), PresenceComparers.RoomId);
        _prefixes = [.. counted.Where(judged => judged.Rule is { RoomId: null, Prefix: not null }).GroupBy(judged => judged.Rule.Prefix!, StringComparer.Ordinal).Select(group => (group.Key, group.ToArray()))];
        foreach (var subject in _rooms.Values.Append(_network))
            (subject.Armed, subject.Held, subject.Pending) = (0, 0, null); // numbered by the rules before
        foreach (var (ruleId, roomId) in _open.Keys)
            SubjectOf(roomId).Held |= _rules.First(judged => judged.Rule.Id == ruleId).Bit;
        foreach (var roomId in _byRoom.Keys)
            SubjectOf(roomId);
    }

    /// <summary>Continues what was open when the process ended: it is not raised again, and is over once it is.</summary>
    /// <param name="ruleId">The rule.</param>
    /// <param name="roomId">The room; null for the network.</param>
    /// <param name="userId">The viewer of a rule for watched viewers; null once erased.</param>
    public void Resume(string ruleId, string? roomId, string? userId = null)
    {
        if (Array.Find(_rules, judged => judged.Rule.Id == ruleId) is not { } judged)
            return;
        if (judged.Rule.Kind == AlertKind.Watched)
        {
            _openWatched[(ruleId, roomId!, userId)] = new Open();
            return;
        }
        _open[(ruleId, roomId)] = new Open();
        SubjectOf(roomId).Held |= judged.Bit;
    }

    /// <summary>Forgets where a viewer is.</summary>
    public void Forget(string userId)
    {
        foreach (var key in _openWatched.Keys.Where(key => PresenceComparers.UserId.Equals(key.UserId, userId)).ToArray())
            _openWatched.Remove(key);
    }

    /// <summary>Judges every rule.</summary>
    /// <param name="figures">The counts now.</param>
    /// <param name="steps">What became of rules is added to it.</param>
    public void Judge(PresenceFigures figures, List<AlertStep> steps)
    {
        if (_rules.Length == 0)
            return;
        _pass++;
        JudgeWatched(figures, steps);
        _off = figures.SwitchedOff.Count == 0 ? _off.Count == 0 ? _off : [] : figures.SwitchedOff.ToHashSet(PresenceComparers.RoomId);
        var refused = RefusedWithinAMinute(figures);

        JudgeSubject(_network, null, figures.Viewers, figures, refused, steps);
        foreach (var (roomId, viewers) in figures.Rooms)
        {
            if (!_rooms.TryGetValue(roomId, out var subject))
            {
                if (viewers == 0 && _off.Count == 0 || !HasRules(roomId))
                    continue;
                _rooms.Add(roomId, subject = new Subject());
            }
            subject.Pass = _pass;
            JudgeSubject(subject, roomId, viewers, figures, refused, steps);
        }
        foreach (var roomId in _off)
        {
            if (!_rooms.ContainsKey(roomId) && HasRules(roomId))
                _rooms.Add(roomId, new Subject());
        }
        foreach (var (roomId, subject) in _rooms)
        {
            if (subject.Pass != _pass)
                JudgeSubject(subject, roomId, 0, figures, refused, steps);
            if (subject.IsForgettable(figures.At) && !_byRoom.ContainsKey(roomId) && !_off.Contains(roomId))
                _rooms.Remove(roomId); // allowed while enumerating
        }
    }

    private void JudgeWatched(PresenceFigures figures, List<AlertStep> steps)
    {
        foreach (var arrival in figures.Arrived)
        {
            foreach (var rule in _watched)
            {
                if (arrival.At >= rule.UpdatedAt && rule.Covers(arrival.RoomId) && (rule.Flag is not { } flag || arrival.Flags.Contains(flag)) && _openWatched.TryAdd((rule.Id, arrival.RoomId, arrival.Note.UserId), new Open()))
                    steps.Add(new AlertStep(rule, arrival.RoomId, AlertStepKind.Raised, 0, 0) { UserId = arrival.Note.UserId, Flag = rule.Flag ?? arrival.Note.Flag });
            }
        }
        foreach (var (key, open) in _openWatched)
        {
            if (key.UserId is not null && figures.Here.Contains((key.RoomId, key.UserId)))
            {
                if (open.ClearSince is not null)
                    steps.Add(StepOf(AlertStepKind.Again));
                open.ClearSince = null;
            }
            else if (!figures.IsWarming)
            {
                open.ClearSince ??= figures.At;
                if (figures.At - open.ClearSince < Hold)
                    continue;
                _openWatched.Remove(key); // allowed while enumerating
                steps.Add(StepOf(AlertStepKind.Over));
            }

            AlertStep StepOf(AlertStepKind kind) => new(Array.Find(_watched, rule => rule.Id == key.RuleId)!, key.RoomId, kind, 0, 0) { UserId = key.UserId };
        }
    }

    private bool HasRules(string roomId)
    {
        if (_byRoom.ContainsKey(roomId))
            return true;
        foreach (var (prefix, _) in _prefixes)
        {
            if (roomId.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private void JudgeSubject(Subject subject, string? roomId, int viewers, PresenceFigures figures, int refused, List<AlertStep> steps)
    {
        subject.Note(viewers, figures.At);
        if (roomId is null)
        {
            JudgeRules(_ofNetwork);
            return;
        }
        if (_byRoom.TryGetValue(roomId, out var own))
            JudgeRules(own);
        foreach (var (prefix, rules) in _prefixes)
        {
            if (roomId.StartsWith(prefix, StringComparison.Ordinal))
                JudgeRules(rules);
        }

        void JudgeRules(Judged[] rules)
        {
            foreach (var judged in rules)
                JudgeRule(judged, subject, roomId, viewers, figures, refused, steps);
        }
    }

    private void JudgeRule(Judged judged, Subject subject, string? roomId, int viewers, PresenceFigures figures, int refused, List<AlertStep> steps)
    {
        var rule = judged.Rule;
        var (isMet, isClear, before, now) = Look(judged, subject, roomId, viewers, figures, refused);
        if (figures.IsWarming)
            return;
        if ((subject.Held & judged.Bit) == 0)
        {
            if (!isMet)
            {
                subject.Pending?.Remove(judged.Bit);
                return;
            }
            var needed = rule.Kind is AlertKind.Empty or AlertKind.Refused or AlertKind.Off ? 1 : confirmations;
            if (needed > 1)
            {
                subject.Pending ??= [];
                if ((subject.Pending[judged.Bit] = subject.Pending.GetValueOrDefault(judged.Bit) + 1) < needed)
                    return;
                subject.Pending.Remove(judged.Bit);
            }
            subject.Held |= judged.Bit;
            _open[(rule.Id, roomId)] = new Open();
            steps.Add(new AlertStep(rule, roomId, AlertStepKind.Raised, before, now));
            return;
        }

        var open = _open[(rule.Id, roomId)];
        if (isMet)
        {
            if (open.ClearSince is not null)
                steps.Add(new AlertStep(rule, roomId, AlertStepKind.Again, before, now));
            open.ClearSince = null;
        }
        else if (isClear)
        {
            open.ClearSince ??= figures.At;
            if (figures.At - open.ClearSince < (rule.Kind == AlertKind.Off ? TimeSpan.Zero : Hold))
                return;
            _open.Remove((rule.Id, roomId));
            subject.Held &= ~judged.Bit;
            subject.Armed &= ~judged.Bit;
            steps.Add(new AlertStep(rule, roomId, AlertStepKind.Over, before, now));
        }
        else
        {
            open.ClearSince = null;
        }
    }

    private (bool IsMet, bool IsClear, int Before, int Now) Look(Judged judged, Subject subject, string? roomId, int viewers, PresenceFigures figures, int refused)
    {
        var rule = judged.Rule;
        switch (rule.Kind)
        {
            case AlertKind.Falls:
                var most = subject.WindowOf(judged, viewers, figures.At).Most;
                var fall = 100L * (most - viewers);
                return (most >= Math.Max(1, rule.Least) && fall >= (long)rule.Amount * most, 4 * fall < 3L * rule.Amount * most || most == 0, most, viewers);
            case AlertKind.Rises:
                var fewest = subject.WindowOf(judged, viewers, figures.At).Fewest;
                var rise = 100L * (viewers - fewest);
                return (fewest >= Math.Max(1, rule.Least) && rise >= (long)rule.Amount * fewest, 4 * rise < 3L * rule.Amount * fewest || fewest == 0, fewest, viewers);
            case AlertKind.Above:
                return (viewers > rule.Amount, viewers <= rule.Amount - rule.Band, subject.Before, viewers);
            case AlertKind.Below:
                // Of rooms by prefix, only one that was above: most are always small.
                if (rule.Prefix is not null && viewers >= rule.Amount)
                    subject.Armed |= judged.Bit;
                return (viewers < rule.Amount && IsArmed(), viewers >= rule.Amount + rule.Band, subject.Before, viewers);
            case AlertKind.Empty:
                if (rule.Prefix is not null && viewers > 0)
                    subject.Armed |= judged.Bit;
                return (viewers == 0 && IsArmed() && figures.At - subject.EmptySince >= TimeSpan.FromMinutes(rule.Minutes), viewers > 0, subject.Before, viewers);
            case AlertKind.Refused:
                return (refused > rule.Amount, refused <= rule.Amount / 2, 0, refused);
            default:
                var isOff = roomId is null ? !figures.IsEnabled : _off.Contains(roomId);
                return (isOff, !isOff, subject.Before, viewers);
        }

        bool IsArmed() => rule.Prefix is null || (subject.Armed & judged.Bit) != 0;
    }

    private int RefusedWithinAMinute(PresenceFigures figures)
    {
        _refused.Enqueue((figures.At, figures.Refused));
        while (_refused.Count > 1 && figures.At - _refused.Peek().At > TimeSpan.FromMinutes(1))
            _refused.Dequeue();
        return (int)Math.Clamp(figures.Refused - _refused.Peek().Refused, 0, int.MaxValue);
    }

    private Subject SubjectOf(string? roomId)
    {
        if (roomId is null)
            return _network;
        if (!_rooms.TryGetValue(roomId, out var subject))
            _rooms.Add(roomId, subject = new Subject());
        return subject;
    }

    /// <summary>A rule and its place among all, as a bit.</summary>
    private sealed class Judged(AlertRule rule, UInt128 bit)
    {
        public AlertRule Rule { get; } = rule;

        public UInt128 Bit { get; } = bit;

        /// <summary>Where its window is among those of a room.</summary>
        public int Window { get; } = rule.IsMovement ? AlertRules.Windows.IndexOf(rule.Minutes) : -1;
    }

    /// <summary>Something that was raised and is not over.</summary>
    private sealed class Open
    {
        public DateTimeOffset? ClearSince;
    }

    /// <summary>A room, or the network, and what its rules remember of it.</summary>
    private sealed class Subject
    {
        private readonly Window?[] _windows = new Window?[AlertRules.Windows.Length];
        private int _viewers = -1;

        public int Pass;

        /// <summary>Rules that are open here.</summary>
        public UInt128 Held;

        /// <summary>Rules by prefix that have seen what they miss.</summary>
        public UInt128 Armed;

        /// <summary>Rules whose condition holds, and for how many passes.</summary>
        public Dictionary<UInt128, int>? Pending;

        public DateTimeOffset EmptySince;

        /// <summary>The viewers before they were last other than now.</summary>
        public int Before;

        public void Note(int viewers, DateTimeOffset at)
        {
            if (viewers == 0 && _viewers != 0)
                EmptySince = at;
            if (viewers != _viewers)
                Before = Math.Max(_viewers, 0);
            _viewers = viewers;
        }

        public Window WindowOf(Judged judged, int viewers, DateTimeOffset at)
        {
            var window = _windows[judged.Window] ??= new Window(TimeSpan.FromMinutes(judged.Rule.Minutes).Ticks / Window.Parts);
            window.Add(viewers, at.Ticks);
            return window;
        }

        public bool IsForgettable(DateTimeOffset at)
        {
            if (_viewers != 0 || Held != 0 || Armed != 0 || Pending is { Count: > 0 })
                return false;
            foreach (var window in _windows)
            {
                if (window is not null && !window.IsEmptyAt(at.Ticks))
                    return false;
            }
            return true;
        }
    }

    /// <summary>The most and the fewest viewers within a time, by twelfths of it.</summary>
    private sealed class Window(long part)
    {
        public const int Parts = 12;

        private readonly int[] _most = new int[Parts];
        private readonly int[] _fewest = new int[Parts];
        private long _last = long.MinValue;
        private long _addedAt = long.MinValue;
        private int _count;
        private int _mostBefore;
        private int _fewestBefore = int.MaxValue;

        public int Most { get; private set; }

        public int Fewest { get; private set; }

        public void Add(int viewers, long at)
        {
            if (at == _addedAt)
                return; // by another rule with this window
            _addedAt = at;
            var number = at / part;
            if (number != _last)
                BeginPart(number, viewers);
            var place = number % Parts;
            (_most[place], _fewest[place]) = (Math.Max(_most[place], viewers), Math.Min(_fewest[place], viewers));
            (Most, Fewest) = (Math.Max(_mostBefore, _most[place]), Math.Min(_fewestBefore, _fewest[place]));
        }

        /// <summary>A part in which nothing was seen is like the one before it. After a whole window of them nothing is known.</summary>
        private void BeginPart(long number, int viewers)
        {
            _count = _count == 0 || number < _last || number - _last >= Parts ? 0 : _count;
            if (_count > 0)
            {
                for (var missed = _last + 1; missed < number; missed++)
                    (_most[missed % Parts], _fewest[missed % Parts]) = (_most[_last % Parts], _fewest[_last % Parts]);
                _count = (int)Math.Min(Parts - 1, _count + number - _last - 1);
            }
            (_mostBefore, _fewestBefore) = (0, int.MaxValue);
            for (var back = 1; back <= _count; back++)
            {
                var earlier = (number - back) % Parts;
                (_mostBefore, _fewestBefore) = (Math.Max(_mostBefore, _most[earlier]), Math.Min(_fewestBefore, _fewest[earlier]));
            }
            _count++;
            _last = number;
            (_most[number % Parts], _fewest[number % Parts]) = (viewers, viewers);
        }

        public bool IsEmptyAt(long at) => Most == 0 || (at / part) - _last >= Parts;
    }
}
