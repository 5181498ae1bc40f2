using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Alerts;

/// <summary>Alerts and their rules for one circuit; the role is checked here, whatever the page shows.</summary>
internal sealed class AlertAdministration(AlertWatch alerts, AlertStore store, IPresence presence, IHistory history, NoteModeration notes, AccountValues values, PushDevices devices, AlertPush push, VapidKeys keys, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Past alerts on one page.</summary>
    public const int PageSize = 50;

    /// <summary>Rooms whose minutes a preview looks at: the largest of a prefix.</summary>
    public const int MostRehearsed = 20;

    /// <summary>Watched viewers whose visits a preview looks at.</summary>
    public const int MostRehearsedViewers = 100;

    /// <summary>What is open and was, the rules, and how the moderator is told.</summary>
    /// <param name="before">Only past alerts before the one with this id; null for the latest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<AlertsReading> ReadAsync(long? before, CancellationToken cancellationToken)
    {
        var identity = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var access = identity.Access;
        var past = await store.ListAsync(isOpen: false, before, PageSize + 1, cancellationToken, access.RoomsOf(ModeratorRole.Observer), access.Sees(AlertKind.Watched, roomId: null));
        Alert[] open = [.. alerts.Open.Where(alert => access.Sees(alert.Rule.Kind, alert.RoomId))];
        return new AlertsReading(
            open,
            [.. past.Take(PageSize)],
            past.Count > PageSize ? past[PageSize - 1].Id : null,
            [.. alerts.Rules.Where(rule => access.Sees(rule.Kind, rule.RoomId))],
            await values.ReadAsync(identity.AccountId, AlertPreferences.Value))
        {
            Access = access,
            Names = await notes.NamesOfAsync([.. open.Concat(past).Select(alert => alert.UserId).OfType<string>().Distinct(PresenceComparers.UserId)], cancellationToken),
            Devices = await devices.ReadAsync(identity.AccountId),
            At = time.GetUtcNow(),
        };
    }

    /// <summary>What of some alerts this moderator is told now: those of rooms that are theirs to see, and how.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<(IReadOnlyList<Alert> Alerts, AlertPreferences Preferences)> ToldAsync(IReadOnlyList<Alert> news)
    {
        var identity = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var preferences = await values.ReadAsync(identity.AccountId, AlertPreferences.Value);
        return (preferences.IsQuietAt(time.GetUtcNow()) ? [] : [.. news.Where(alert => identity.Access.Sees(alert.Rule.Kind, alert.RoomId))], preferences);
    }

    /// <summary>Changes how the moderator is told; durable when it returns.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task PreferAsync(Func<AlertPreferences, AlertPreferences> change) =>
        await values.ChangeAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId, AlertPreferences.Value, change);

    /// <summary>What an alert is called.</summary>
    public string TitleOf(Alert alert) => AlertWords.Title(alert, presence);

    /// <summary>What a rule is called.</summary>
    public string TitleOf(AlertRule rule) => AlertWords.Title(rule, presence);

    /// <summary>What a browser is told of an alert.</summary>
    public AlertSignal SignalOf(Alert alert) => AlertSignal.Of(alert, presence, time.GetUtcNow());

    /// <summary>The room as lists call it.</summary>
    public string NameOf(string roomId) => AlertWords.NameOf(roomId, presence);

    /// <summary>What browsers subscribe with.</summary>
    public string ServerKey => keys.PublicKey;

    /// <summary>Whether messages can reach a device.</summary>
    public bool CanReach(PushDevice device) => devices.CanReach(device);

    /// <summary>The endpoints of the moderator's devices that have to subscribe anew.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<IReadOnlyList<string>> LostEndpointsAsync() =>
        [.. (await devices.ReadAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId)).Where(device => !devices.CanReach(device)).Select(device => device.Endpoint)];

    /// <summary>Adds the moderator's device.</summary>
    /// <returns>What is wrong; null when it was added.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<string?> AddDeviceAsync(PushSubscriptionRequest subscription, string? replaced = null) =>
        await devices.AddAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId, subscription, replaced);

    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task RemoveDeviceAsync(string id) => await devices.RemoveAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId, id);

    /// <summary>Sends a device a test.</summary>
    /// <returns>Whether its push service took it.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<bool> TestDeviceAsync(PushDevice device, CancellationToken cancellationToken) =>
        await push.SendAsync((await guard.RequireSomewhereAsync(ModeratorRole.Observer)).AccountId, device, AlertSignal.Test(), cancellationToken);

    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">There is no place for another. Nothing was changed.</exception>
    public async Task<AlertRule?> SaveRuleAsync(AlertRule rule, CancellationToken cancellationToken) =>
        await alerts.SaveRuleAsync(rule, await ByAsync(rule.Id, rule), cancellationToken);

    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task DeleteRuleAsync(string id, CancellationToken cancellationToken) =>
        await alerts.DeleteRuleAsync(id, await ByAsync(id, rule: null), cancellationToken);

    /// <summary>Notes that the moderator has seen to an alert, or takes that back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task AcknowledgeAsync(Alert alert, bool isSeenTo, CancellationToken cancellationToken)
    {
        var by = (await guard.RequireAsync(ModeratorRole.Moderator, PlaceOf(alert.Rule.Kind, alert.RoomId))).Actor.Name;
        await alerts.AcknowledgeAsync(alert.Id, isSeenTo ? by : null, cancellationToken);
    }

    /// <summary>Who changes a rule: a Moderator of what it is for, and of what it was for.</summary>
    private async Task<Actor> ByAsync(string id, AlertRule? rule)
    {
        var before = alerts.Rules.FirstOrDefault(known => known.Id == id);
        if (before is not null)
            await guard.RequireAsync(ModeratorRole.Moderator, PlaceOf(before.Kind, before.RoomId));
        rule ??= before;
        return (await guard.RequireAsync(ModeratorRole.Moderator, rule is null ? null : PlaceOf(rule.Kind, rule.RoomId))).Actor;
    }

    /// <summary>The watch list is of the whole network, whatever room its viewers arrive in.</summary>
    private static string? PlaceOf(AlertKind kind, string? roomId) => kind == AlertKind.Watched ? null : roomId;

    /// <summary>How often a rule would have been raised within the last day, by what history keeps of its minutes.</summary>
    /// <returns>The number; null where history does not keep what the rule looks for.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<int?> RehearseAsync(AlertRule rule, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer, rule.RoomId);
        if (rule.Kind is AlertKind.Refused or AlertKind.Off)
            return null;
        var until = time.GetUtcNow();
        if (rule.Kind == AlertKind.Watched)
            return await RehearseWatchedAsync(rule, until.AddDays(-1), cancellationToken);
        IReadOnlyList<string?> rooms = rule.Prefix is { } prefix
            ? [.. (await presence.ListRoomsAsync(new RoomQuery { Prefix = prefix.Length == 0 ? null : prefix, Limit = MostRehearsed }, cancellationToken)).Rooms.Select(room => room.RoomId)]
            : [rule.RoomId];
        var raised = new SortedSet<DateTimeOffset>();
        foreach (var roomId in rooms)
        {
            var curve = await history.ReadCurveAsync(new CurveQuery { RoomId = roomId, From = until.AddDays(-1), Until = until, Step = HistoryStep.Minute }, cancellationToken);
            raised.UnionWith(AlertWatch.Rehearse(rule, curve.Points.Select(point => (point.Span.From, (int)Math.Round(point.Viewers / point.Span.Length)))));
        }
        // Rooms that follow within a minute are one alert.
        return raised.Where((at, place) => place == 0 || at - raised.ElementAt(place - 1) > TimeSpan.FromMinutes(1)).Count();
    }

    /// <summary>How often those who are on the watch list now arrived since then.</summary>
    private async Task<int> RehearseWatchedAsync(AlertRule rule, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var arrivals = 0;
        foreach (var userId in (await notes.ReadWatchListAsync(rule.Flag, cancellationToken)).Rows.Select(row => row.Note.UserId).Distinct(PresenceComparers.UserId).Take(MostRehearsedViewers))
        {
            var visits = await history.ReadVisitsAsync(userId, cancellationToken: cancellationToken);
            foreach (var room in visits.Items.Where(visit => visit.LeftAt >= since && rule.Covers(visit.RoomId)).GroupBy(visit => visit.RoomId, PresenceComparers.RoomId))
            {
                DateTimeOffset? left = null;
                foreach (var visit in room.OrderBy(visit => visit.JoinedAt))
                {
                    if (visit.JoinedAt >= since && !(visit.JoinedAt - left < AlertWatch.Hold))
                        arrivals++;
                    left = visit.LeftAt;
                }
            }
        }
        return arrivals;
    }
}

/// <summary>What the page of alerts shows.</summary>
/// <param name="Open">What goes on, the latest first.</param>
/// <param name="Past">What is over, the latest first.</param>
/// <param name="Older">Where older ones begin; null on the last page.</param>
/// <param name="Rules">The rules, in the order in which they were made.</param>
/// <param name="Preferences">How the moderator is told.</param>
public sealed record AlertsReading(IReadOnlyList<Alert> Open, IReadOnlyList<Alert> Past, long? Older, IReadOnlyList<AlertRule> Rules, AlertPreferences Preferences)
{
    /// <summary>The moderator's devices.</summary>
    internal IReadOnlyList<PushDevice> Devices { get; init; } = [];

    /// <summary>What viewers who arrived are called, by their ids.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>What the moderator may do, and where.</summary>
    public ModeratorAccess Access { get; init; } = ModeratorAccess.None;

    /// <summary>Whether the moderator may change rules of any room.</summary>
    public bool MayChange => Access.HoldsSomewhere(ModeratorRole.Moderator);

    /// <summary>Whether the moderator may change what is for a room; with null, for the network or by prefix.</summary>
    public bool MayChangeIn(string? roomId) => Access.Holds(ModeratorRole.Moderator, roomId);

    /// <summary>When it was read.</summary>
    public DateTimeOffset At { get; init; }
}
