using System.Collections.Concurrent;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Engine.Alerts;

/// <summary>Judges the rules against what is present, and keeps what comes of it: the one place that knows which alerts are open.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> Nothing is told before it is stored. What was open when the process ended goes on: it is not told again, and its end is told, once.</para>
/// <para><b>Threads.</b> Any; changes follow one another, <see cref="Open"/> takes no lock.</para>
/// </remarks>
public sealed class AlertWatch : IDisposable
{
    /// <summary>How often rules are judged.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>For how long a condition must be gone, or a watched viewer away, before an alert is over.</summary>
    public static readonly TimeSpan Hold = AlertJudge.Hold;

    /// <summary>Arrivals between two passes. Who arrives beyond is not told.</summary>
    private const int MostArrivals = 10_000;

    private readonly IPresence _presence;
    private readonly AlertStore _store;
    private readonly WatchedArrivals _arrivals;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<WatchedArrival> _arrived = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly AlertJudge _judge = new();
    private readonly Dictionary<long, Alert> _unsaved = [];
    private AlertBook _book = new([], 1);
    private volatile IReadOnlyList<Alert> _open = [];

    public AlertWatch(IPresence presence, AlertStore store, WatchedArrivals arrivals, TimeProvider time)
    {
        (_presence, _store, _arrivals, _time) = (presence, store, arrivals, time);
        arrivals.Joined += OnJoined;
    }

    /// <summary>What goes on, the latest first.</summary>
    public IReadOnlyList<Alert> Open => _open;

    /// <summary>Every rule, in the order in which they were made.</summary>
    public IReadOnlyList<AlertRule> Rules => _store.Rules;

    /// <summary>Raised when alerts or rules changed, with the alerts that are new or over. Nothing slow may be done in it.</summary>
    public event EventHandler<AlertsChangedEventArgs>? Changed;

    /// <summary>Reads what is stored. Once, at a start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var open = await _store.LoadAsync(cancellationToken);
            _book = new AlertBook(open.Open, open.Next);
            _judge.Apply(_store.Rules);
            foreach (var alert in open.Open)
            {
                foreach (var roomId in alert.OpenRooms)
                    _judge.Resume(alert.Rule.Id, roomId, alert.UserId);
            }
            _open = _book.Open;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Judges every rule once.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        if (_store.Rules.Count == 0 && _unsaved.Count == 0)
            return;
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var steps = new List<AlertStep>();
            var figures = await _presence.ReadFiguresAsync(cancellationToken);
            List<WatchedArrival> arrived = [];
            while (_arrived.TryDequeue(out var arrival))
            {
                if (_arrivals.IsWatched(arrival.Note.UserId)) // not erased since
                    arrived.Add(arrival);
            }
            var here = _judge.WatchedPlaces.Where(place => _arrivals.IsHere(place.RoomId, place.UserId)).ToHashSet();
            here.UnionWith(arrived.Select(arrival => (arrival.RoomId, arrival.Note.UserId)));
            _judge.Judge(figures with { Arrived = arrived, Here = here }, steps);
            await KeepAsync(_book.Enter(steps, figures.At), isRules: false, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores a rule, new or changed; in force when it returns. What was open of it as it was is over.</summary>
    /// <param name="rule">Without an id: a new one.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The rule as it is stored; null when there is none with its id.</returns>
    /// <exception cref="StoreFullException">There are <see cref="AlertRules.Most"/> rules. Nothing was changed.</exception>
    /// <exception cref="ArgumentException">Against <see cref="AlertRules"/>. Nothing was changed.</exception>
    public Task<AlertRule?> SaveRuleAsync(AlertRule rule, Actor by, CancellationToken cancellationToken) =>
        ChangeRulesAsync(() => _store.SaveRuleAsync(rule, by, cancellationToken), cancellationToken);

    /// <summary>Deletes a rule; null when there is none with this id. What was open of it is over.</summary>
    public Task<AlertRule?> DeleteRuleAsync(string id, Actor by, CancellationToken cancellationToken) =>
        ChangeRulesAsync(() => _store.DeleteRuleAsync(id, by, cancellationToken), cancellationToken);

    /// <summary>Notes that somebody has seen to an alert, or takes that back; null when there is none with this id.</summary>
    public async Task<Alert?> AcknowledgeAsync(long id, string? by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            DateTimeOffset? at = by is null ? null : _time.GetUtcNow();
            var alert = await _store.AcknowledgeAsync(id, by, at, cancellationToken);
            _book.Replace(id, open => open with { AcknowledgedBy = by, AcknowledgedAt = at });
            _open = _book.Open;
            Changed?.Invoke(this, new AlertsChangedEventArgs([]));
            return alert;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Erases whose alerts were a person's. What was open of them is over.</summary>
    public async Task EraseAsync(string userId, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            _judge.Forget(userId);
            var over = _book.Erase(userId, _time.GetUtcNow());
            foreach (var (id, alert) in _unsaved.Where(unsaved => PresenceComparers.UserId.Equals(unsaved.Value.UserId, userId)).ToArray())
                _unsaved[id] = alert with { UserId = null };
            await KeepAsync(over, isRules: false, cancellationToken);
            await _store.EraseAsync(userId, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>How often a rule would have been raised by the minutes of a curve.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="minutes">The average viewers of each minute, in order.</param>
    /// <returns>The minutes at which it began.</returns>
    public static IReadOnlyList<DateTimeOffset> Rehearse(AlertRule rule, IEnumerable<(DateTimeOffset At, int Viewers)> minutes)
    {
        var judge = new AlertJudge(confirmations: 1);
        judge.Apply([rule with { IsOn = true }]);
        var steps = new List<AlertStep>();
        var raised = new List<DateTimeOffset>();
        foreach (var (at, viewers) in minutes)
        {
            steps.Clear();
            judge.Judge(
                rule is { RoomId: null, Prefix: null } ? new PresenceFigures(at, viewers, 0, [], IsWarming: false) : new PresenceFigures(at, 0, 0, [new RoomFigure(rule.RoomId ?? rule.Prefix! + "*", viewers)], IsWarming: false),
                steps);
            if (steps.Exists(step => step.Kind == AlertStepKind.Raised))
                raised.Add(at);
        }
        return raised;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _arrivals.Joined -= OnJoined;
        _oneAtATime.Dispose();
    }

    private void OnJoined(object? sender, WatchedArrivedEventArgs news)
    {
        if (_arrived.Count < MostArrivals && _store.Rules.Any(rule => rule is { IsOn: true, Kind: AlertKind.Watched }))
            _arrived.Enqueue(news.Arrival);
    }

    private async Task<AlertRule?> ChangeRulesAsync(Func<Task<AlertRule?>> change, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var rule = await change();
            _judge.Apply(_store.Rules);
            await KeepAsync(_book.EndWithout(_store.Rules, _time.GetUtcNow()), isRules: true, CancellationToken.None); // the rule is stored: what follows from it is too
            return rule;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores alerts that changed, then tells of them. What could not be stored is tried again with the next pass.</summary>
    private async Task KeepAsync(IReadOnlyCollection<Alert> changed, bool isRules, CancellationToken cancellationToken)
    {
        foreach (var alert in changed)
            _unsaved[alert.Id] = alert;
        if (_unsaved.Count > 0)
            await _store.SaveAsync([.. _unsaved.Values], cancellationToken);
        if (_unsaved.Count == 0 && !isRules)
            return;
        var known = _open.Select(alert => alert.Id).ToHashSet();
        var news = _unsaved.Values.Where(alert => !alert.IsOpen || !known.Contains(alert.Id)).OrderBy(alert => alert.Id).ToArray();
        _unsaved.Clear();
        _open = _book.Open;
        Changed?.Invoke(this, new AlertsChangedEventArgs(news));
    }
}

/// <summary>What changed.</summary>
/// <param name="alerts">The alerts that began or are over, each once with each.</param>
public sealed class AlertsChangedEventArgs(IReadOnlyList<Alert> alerts) : EventArgs
{
    /// <summary>The alerts that began or are over, the earliest first.</summary>
    public IReadOnlyList<Alert> Alerts => alerts;
}
