namespace Presence.Engine.Alerts;

/// <summary>Makes alerts of what became of rules: one for each cause, however many rooms it hits. Pure.</summary>
/// <remarks>
/// <para><b>Folding.</b> Rooms of one rule that follow within <see cref="FoldWithin"/> are one alert with a number. What another rule of the same kind already
/// tells of a room is not told again. An alert is over when all its rooms are. Arrivals of watched viewers are never folded: each names another person or room.</para>
/// <para><b>Bound.</b> <see cref="MostOpen"/> open ones of a rule, <see cref="MostRooms"/> rooms of each; what comes beyond is folded into the last one, and counted.
/// <see cref="MostWatched"/> open ones of a rule for watched viewers; who arrives beyond is not told.</para>
/// </remarks>
internal sealed class AlertBook
{
    /// <summary>How soon after one another rooms have one cause.</summary>
    public static readonly TimeSpan FoldWithin = TimeSpan.FromMinutes(1);

    public const int MostOpen = 20;
    public const int MostRooms = 1_000;
    public const int MostWatched = 200;

    private readonly List<(Alert Alert, DateTimeOffset FoldedAt)> _open = [];
    private long _next;

    public AlertBook(IEnumerable<Alert> open, long next)
    {
        _open.AddRange(open.OrderBy(alert => alert.Id).Select(alert => (alert, alert.RaisedAt)));
        _next = next;
    }

    /// <summary>What goes on, the latest first.</summary>
    public IReadOnlyList<Alert> Open => [.. _open.Select(open => open.Alert).Reverse()];

    /// <summary>Enters what became of rules.</summary>
    /// <returns>The alerts that changed, as they are now.</returns>
    public IReadOnlyCollection<Alert> Enter(IEnumerable<AlertStep> steps, DateTimeOffset at)
    {
        var changed = new Dictionary<long, Alert>();
        foreach (var step in steps)
        {
            if ((step.Kind switch { AlertStepKind.Raised => Raise(step, at), AlertStepKind.Over => End(step, at), _ => Repeat(step) }) is { } alert)
                changed[alert.Id] = alert;
        }
        return changed.Values;
    }

    /// <summary>Ends what is open of rules that are no more, or no longer the same.</summary>
    public IReadOnlyCollection<Alert> EndWithout(IReadOnlyList<AlertRule> rules, DateTimeOffset at)
    {
        var gone = _open.Select(open => open.Alert).Where(alert => !rules.Any(rule => rule.IsOn && rule == alert.Rule)).Select(alert => alert with { OverAt = at, OpenRooms = [], Last = alert.Now }).ToArray();
        _open.RemoveAll(open => gone.Any(alert => alert.Id == open.Alert.Id));
        return gone;
    }

    /// <summary>Ends what is open of a person, and no longer says whose it was.</summary>
    public IReadOnlyCollection<Alert> Erase(string userId, DateTimeOffset at)
    {
        var gone = _open.Select(open => open.Alert).Where(alert => PresenceComparers.UserId.Equals(alert.UserId, userId)).Select(alert => alert with { UserId = null, OverAt = at, OpenRooms = [] }).ToArray();
        _open.RemoveAll(open => gone.Any(alert => alert.Id == open.Alert.Id));
        return gone;
    }

    /// <summary>Puts another state of an open alert in place of it: acknowledged, sent.</summary>
    public void Replace(long id, Func<Alert, Alert> change)
    {
        if (_open.FindIndex(open => open.Alert.Id == id) is >= 0 and var place)
            _open[place] = _open[place] with { Alert = change(_open[place].Alert) };
    }

    private Alert? Raise(AlertStep step, DateTimeOffset at)
    {
        if (_open.Exists(open => open.Alert.Rule.Id != step.Rule.Id && open.Alert.Rule.Kind == step.Rule.Kind && PresenceComparers.UserId.Equals(open.Alert.UserId, step.UserId) && open.Alert.OpenRooms.Contains(step.RoomId, PresenceComparers.RoomId)))
            return null;
        var isWatched = step.Rule.Kind == AlertKind.Watched;
        if (isWatched && _open.Count(open => open.Alert.Rule.Id == step.Rule.Id) >= MostWatched)
            return null;
        var place = isWatched ? -1 : _open.FindLastIndex(open => open.Alert.Rule.Id == step.Rule.Id);
        if (place >= 0 && (at - _open[place].FoldedAt <= FoldWithin || _open.Count(open => open.Alert.Rule.Id == step.Rule.Id) >= MostOpen))
        {
            var before = _open[place].Alert;
            var folded = before with
            {
                Rooms = before.Rooms + 1,
                Before = before.Before + step.Before,
                Now = before.Now + step.Now,
                OpenRooms = before.OpenRooms.Count < MostRooms ? [.. before.OpenRooms, step.RoomId] : before.OpenRooms,
            };
            _open[place] = (folded, at);
            return folded;
        }
        var alert = new Alert { Id = _next++, Rule = step.Rule, RoomId = step.RoomId, UserId = step.UserId, Flag = step.Flag, RaisedAt = at, Before = step.Before, Now = step.Now, OpenRooms = [step.RoomId] };
        _open.Add((alert, at));
        return alert;
    }

    private Alert? Repeat(AlertStep step)
    {
        var place = PlaceOf(step);
        if (place < 0)
            return null;
        _open[place] = _open[place] with { Alert = _open[place].Alert with { Times = _open[place].Alert.Times + 1 } };
        return _open[place].Alert;
    }

    private Alert? End(AlertStep step, DateTimeOffset at)
    {
        var place = PlaceOf(step);
        if (place < 0)
            return null;
        var before = _open[place].Alert;
        var after = before with { OpenRooms = [.. before.OpenRooms.Where(room => !PresenceComparers.RoomId.Equals(room, step.RoomId))], Last = before.Last + step.Now };
        if (after.OpenRooms.Count > 0)
        {
            _open[place] = _open[place] with { Alert = after };
            return after;
        }
        _open.RemoveAt(place);
        return after with { OverAt = at };
    }

    private int PlaceOf(AlertStep step) =>
        _open.FindIndex(open => open.Alert.Rule.Id == step.Rule.Id && PresenceComparers.UserId.Equals(open.Alert.UserId, step.UserId) && open.Alert.OpenRooms.Contains(step.RoomId, PresenceComparers.RoomId));
}
