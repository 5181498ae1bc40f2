using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Alerts;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Alerts;

/// <summary>Alerts and their rules for one circuit; the role is checked here, whatever the page shows.</summary>
internal sealed class AlertAdministration(AlertWatch alerts, AlertStore store, IPresence presence, IHistory history, AccountValues values, PushDevices devices, AlertPush push, VapidKeys keys, ModeratorGuard guard, TimeProvider time)
{
    /// <summary>Past alerts on one page.</summary>
    public const int PageSize = 50;

    /// <summary>Rooms whose minutes a preview looks at: the largest of a prefix.</summary>
    public const int MostRehearsed = 20;

    /// <summary>What is open and was, the rules, and how the moderator is told.</summary>
    /// <param name="before">Only past alerts before the one with this id; null for the latest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<AlertsReading> ReadAsync(long? before, CancellationToken cancellationToken)
    {
        var identity = await guard.RequireAsync(ModeratorRole.Observer);
        var past = await store.ListAsync(isOpen: false, before, PageSize + 1, cancellationToken);
        return new AlertsReading(alerts.Open, [.. past.Take(PageSize)], past.Count > PageSize ? past[PageSize - 1].Id : null, alerts.Rules, await values.ReadAsync(identity.AccountId, AlertPreferences.Value))
        {
            Devices = await devices.ReadAsync(identity.AccountId),
            MayChange = await guard.HoldsAsync(ModeratorRole.Moderator),
            At = time.GetUtcNow(),
        };
    }

    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<AlertPreferences> PreferencesAsync() => await values.ReadAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, AlertPreferences.Value);

    /// <summary>Changes how the moderator is told; durable when it returns.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task PreferAsync(Func<AlertPreferences, AlertPreferences> change) =>
        await values.ChangeAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, AlertPreferences.Value, change);

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
        [.. (await devices.ReadAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId)).Where(device => !devices.CanReach(device)).Select(device => device.Endpoint)];

    /// <summary>Adds the moderator's device.</summary>
    /// <returns>What is wrong; null when it was added.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<string?> AddDeviceAsync(PushSubscriptionRequest subscription, string? replaced = null) =>
        await devices.AddAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, subscription, replaced);

    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task RemoveDeviceAsync(string id) => await devices.RemoveAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, id);

    /// <summary>Sends a device a test.</summary>
    /// <returns>Whether its push service took it.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<bool> TestDeviceAsync(PushDevice device, CancellationToken cancellationToken) =>
        await push.SendAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, device, AlertSignal.Test(), cancellationToken);

    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">There is no place for another. Nothing was changed.</exception>
    public async Task<AlertRule?> SaveRuleAsync(AlertRule rule, CancellationToken cancellationToken) =>
        await alerts.SaveRuleAsync(rule, (await guard.RequireAsync(ModeratorRole.Moderator)).Actor, cancellationToken);

    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task DeleteRuleAsync(string id, CancellationToken cancellationToken) =>
        await alerts.DeleteRuleAsync(id, (await guard.RequireAsync(ModeratorRole.Moderator)).Actor, cancellationToken);

    /// <summary>Notes that the moderator has seen to an alert, or takes that back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task AcknowledgeAsync(long id, bool isSeenTo, CancellationToken cancellationToken)
    {
        var by = (await guard.RequireAsync(ModeratorRole.Moderator)).Actor.Name;
        await alerts.AcknowledgeAsync(id, isSeenTo ? by : null, cancellationToken);
    }

    /// <summary>How often a rule would have been raised within the last day, by what history keeps of its minutes.</summary>
    /// <returns>The number; null where history does not keep what the rule looks for.</returns>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<int?> RehearseAsync(AlertRule rule, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        if (rule.Kind is AlertKind.Refused or AlertKind.Off)
            return null;
        var until = time.GetUtcNow();
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

    /// <summary>Whether the moderator may change rules and see to alerts.</summary>
    public bool MayChange { get; init; }

    /// <summary>When it was read.</summary>
    public DateTimeOffset At { get; init; }
}
