using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Alerts;
using Presence.Engine.Audit;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>Stores alert rules, and the alerts that came of them with the state they are in.</summary>
/// <remarks>
/// <para><b>Bound.</b> <see cref="AlertRules.Most"/> rules, all in memory. <see cref="MostAlerts"/> alerts, and no older ones than events are kept
/// (<see cref="History.HistorySettings.EventDays"/>).</para>
/// <para><b>Threads.</b> Changes are <see cref="AlertWatch"/>'s, one after another; reads are anybody's.</para>
/// </remarks>
public sealed class AlertStore(PresenceDatabase database)
{
    /// <summary>Alerts kept. The oldest that are over make way.</summary>
    public const int MostAlerts = 10_000;

    private volatile IReadOnlyList<AlertRule> _rules = [];

    /// <summary>Every rule, in the order in which they were made.</summary>
    public IReadOnlyList<AlertRule> Rules => _rules;

    /// <summary>Reads the rules and what is open.</summary>
    public async Task<(IReadOnlyList<Alert> Open, long Next)> LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        _rules = [.. (await context.AlertRules.AsNoTracking().OrderBy(rule => rule.Number).ToListAsync(cancellationToken)).Select(ToRule)];
        var open = await context.Alerts.AsNoTracking().Where(alert => alert.OverAt == null).OrderBy(alert => alert.Id).ToListAsync(cancellationToken);
        var last = await context.Alerts.MaxAsync(alert => (long?)alert.Id, cancellationToken) ?? 0;
        return ([.. open.Select(ToAlert)], last + 1);
    }

    /// <summary>Alerts, the latest first.</summary>
    /// <param name="isOpen">Those that go on, or those that are over; null for all.</param>
    /// <param name="before">Only earlier ones than the one with this id; null starts with the latest.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="within">Only those that began in one of these rooms; null for all, the network's among them.</param>
    /// <param name="withWatched">Arrivals of watched viewers too.</param>
    public async Task<IReadOnlyList<Alert>> ListAsync(bool? isOpen, long? before, int take, CancellationToken cancellationToken, RoomSet? within = null, bool withWatched = true)
    {
        await using var context = database.CreateDbContext();
        var rows = context.Alerts.AsNoTracking();
        if (isOpen is { } open)
            rows = open ? rows.Where(alert => alert.OverAt == null) : rows.Where(alert => alert.OverAt != null);
        if (before is { } id)
            rows = rows.Where(alert => alert.Id < id);
        if (!withWatched)
            rows = rows.Where(alert => alert.Flag == null);
        if (within is not null)
        {
            var (ids, prefixes) = (within.Ids, within.Prefixes);
#pragma warning disable CA1310 // SQL, which compares bytes
            rows = rows.Where(alert => alert.RoomId != null && (ids.Contains(alert.RoomId) || prefixes.Any(prefix => alert.RoomId.StartsWith(prefix))));
#pragma warning restore CA1310
        }
        return [.. (await rows.OrderByDescending(alert => alert.Id).Take(take).ToListAsync(cancellationToken)).Select(ToAlert)];
    }

    /// <summary>Alerts whose state was not sent to devices yet, the earliest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListUnsentAsync(int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return [.. (await context.Alerts.AsNoTracking().Where(alert => alert.Sent < (alert.OverAt == null ? AlertState.Raised : AlertState.Over)).OrderBy(alert => alert.Id).Take(take).ToListAsync(cancellationToken)).Select(ToAlert)];
    }

    /// <summary>Notes which state of an alert was sent to devices.</summary>
    public async Task MarkSentAsync(long id, AlertState state, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await context.UpdateAsync(context.Alerts.Where(alert => alert.Id == id && alert.Sent < state), set => set.SetProperty(alert => alert.Sent, state), cancellationToken);
    }

    internal async Task SaveAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var ids = alerts.Select(alert => alert.Id).ToArray();
        var stored = await context.Alerts.Where(alert => ids.Contains(alert.Id)).ToDictionaryAsync(alert => alert.Id, cancellationToken);
        var told = new List<WebhookEvent>(); // by what is stored: never twice, whatever happened to a save before
        foreach (var alert in alerts.OrderBy(alert => alert.Id))
        {
            if (!stored.TryGetValue(alert.Id, out var record))
            {
                context.Add(record = RecordOf(alert));
                told.Add(WebhookEvents.Raised(alert));
            }
            if (record.OverAt is null && !alert.IsOpen)
                told.Add(WebhookEvents.Over(alert));
            (record.OverAt, record.Before, record.Now, record.Last, record.Rooms, record.Times) = (alert.OverAt, alert.Before, alert.Now, alert.Last, alert.Rooms, alert.Times);
            record.UserId = alert.UserId;
            record.OpenRooms = JsonSerializer.Serialize(alert.OpenRooms);
        }
        await context.SaveChangesAsync(cancellationToken);
        context.WriteEvents(told, database.Now());
        var oldest = alerts.Max(alert => alert.Id) - MostAlerts;
        if (oldest > 0)
            await context.DeleteAsync(context.Alerts.Where(alert => alert.Id <= oldest && alert.OverAt != null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The alerts that name a person, the earliest first.</summary>
    internal static async Task<IReadOnlyList<Alert>> OfUserAsync(PresenceContext context, string userId, CancellationToken cancellationToken) =>
        [.. (await context.Alerts.AsNoTracking().Where(alert => alert.UserId == userId).OrderBy(alert => alert.Id).ToListAsync(cancellationToken)).Select(ToAlert)];

    internal async Task EraseAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await context.UpdateAsync(context.Alerts.Where(alert => alert.UserId == userId), set => set.SetProperty(alert => alert.UserId, (string?)null), cancellationToken);
    }

    internal async Task<Alert?> AcknowledgeAsync(long id, string? by, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await context.UpdateAsync(context.Alerts.Where(alert => alert.Id == id), set => set.SetProperty(alert => alert.AcknowledgedBy, by).SetProperty(alert => alert.AcknowledgedAt, at), cancellationToken);
        return await context.Alerts.AsNoTracking().FirstOrDefaultAsync(alert => alert.Id == id, cancellationToken) is { } record ? ToAlert(record) : null;
    }

    internal async Task<AlertRule?> SaveRuleAsync(AlertRule rule, Actor by, CancellationToken cancellationToken)
    {
        if (AlertRules.Problems(rule) is [var problem, ..])
            throw new ArgumentException(problem.Message, nameof(rule));
        var isNew = rule.Id.Length == 0;
        if (isNew && _rules.Count >= AlertRules.Most)
            throw new StoreFullException(AlertRules.Most, $"The limit of {AlertRules.Most} alert rules is reached. Delete one first.");
        var at = database.Now();
        var next = AlertRules.Normalised(rule) with { Id = isNew ? "rule_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) : rule.Id, UpdatedAt = at, UpdatedBy = by.Name };
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var record = isNew ? new AlertRuleRecord { Id = next.Id, Number = (await context.AlertRules.MaxAsync(r => (long?)r.Number, cancellationToken) ?? 0) + 1 } : await context.AlertRules.FirstOrDefaultAsync(r => r.Id == rule.Id, cancellationToken);
        if (record is null)
            return null;
        var before = isNew ? null : ToRule(record);
        if (before is not null && before == next with { UpdatedAt = before.UpdatedAt, UpdatedBy = before.UpdatedBy })
            return before;
        (record.Kind, record.RoomId, record.Prefix, record.Amount, record.Minutes, record.Least) = (next.Kind, next.RoomId, next.Prefix, next.Amount, next.Minutes, next.Least);
        (record.Flag, record.IsOn, record.UpdatedAt, record.UpdatedBy) = (next.Flag, next.IsOn, next.UpdatedAt, next.UpdatedBy);
        if (isNew)
            context.Add(record);
        await context.SaveChangesAsync(cancellationToken);
        await context.RecordAsync(
            new AuditEntry(isNew ? AuditActs.AlertRuleCreated : AuditActs.AlertRuleChanged, by) { RoomId = next.RoomId, Object = next.Id, Old = before is null ? null : ValuesOf(before), New = ValuesOf(next) }, at, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _rules = isNew ? [.. _rules, next] : [.. _rules.Select(known => known.Id == next.Id ? next : known)];
        return next;
    }

    internal async Task<AlertRule?> DeleteRuleAsync(string id, Actor by, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await context.AlertRules.AsNoTracking().FirstOrDefaultAsync(rule => rule.Id == id, cancellationToken) is not { } record)
            return null;
        await context.DeleteAsync(context.AlertRules.Where(rule => rule.Id == id), cancellationToken);
        await context.RecordAsync(new AuditEntry(AuditActs.AlertRuleDeleted, by) { RoomId = record.RoomId, Object = id, Old = ValuesOf(ToRule(record)) }, database.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _rules = [.. _rules.Where(rule => rule.Id != id)];
        return ToRule(record);
    }

    private static string ValuesOf(AlertRule rule) => AuditEntry.Values(
        ("kind", rule.Kind), ("prefix", rule.Prefix), ("amount", rule.Amount), ("minutes", rule.Minutes), ("least", rule.Least), ("flag", rule.Flag), ("isOn", rule.IsOn));

    private static AlertRule ToRule(AlertRuleRecord record) => new()
    {
        Id = record.Id,
        Kind = record.Kind,
        RoomId = record.RoomId,
        Prefix = record.Prefix,
        Amount = record.Amount,
        Minutes = record.Minutes,
        Least = record.Least,
        Flag = record.Flag,
        IsOn = record.IsOn,
        UpdatedAt = record.UpdatedAt,
        UpdatedBy = record.UpdatedBy,
    };

    private static AlertRecord RecordOf(Alert alert) => new()
    {
        Id = alert.Id,
        Rule = JsonSerializer.Serialize(alert.Rule),
        RoomId = alert.RoomId,
        Flag = alert.Flag,
        RaisedAt = alert.RaisedAt,
        AcknowledgedBy = alert.AcknowledgedBy,
        AcknowledgedAt = alert.AcknowledgedAt,
    };

    private static Alert ToAlert(AlertRecord record) => new()
    {
        Id = record.Id,
        Rule = JsonSerializer.Deserialize<AlertRule>(record.Rule)!,
        RoomId = record.RoomId,
        UserId = record.UserId,
        Flag = record.Flag,
        RaisedAt = record.RaisedAt,
        OverAt = record.OverAt,
        Before = record.Before,
        Now = record.Now,
        Last = record.Last,
        Rooms = record.Rooms,
        Times = record.Times,
        OpenRooms = JsonSerializer.Deserialize<string?[]>(record.OpenRooms)!,
        AcknowledgedBy = record.AcknowledgedBy,
        AcknowledgedAt = record.AcknowledgedAt,
        Sent = record.Sent,
    };
}

/// <summary>A rule.</summary>
internal sealed class AlertRuleRecord
{
    public required string Id { get; init; }

    /// <summary>Its place among all.</summary>
    public long Number { get; init; }

    public AlertKind Kind { get; set; }
    public string? RoomId { get; set; }
    public string? Prefix { get; set; }
    public int Amount { get; set; }
    public int Minutes { get; set; }
    public int Least { get; set; }
    public ViewerFlag? Flag { get; set; }
    public bool IsOn { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string UpdatedBy { get; set; } = "";
}

/// <summary>An alert.</summary>
internal sealed class AlertRecord
{
    public long Id { get; init; }

    /// <summary>The rule as it was: it can be changed or deleted since.</summary>
    public required string Rule { get; init; }

    public string? RoomId { get; init; }

    /// <summary>The watched viewer who arrived.</summary>
    public string? UserId { get; set; }

    /// <summary>Why that viewer was watched for. Null for every other kind.</summary>
    public ViewerFlag? Flag { get; init; }

    public DateTimeOffset RaisedAt { get; init; }
    public DateTimeOffset? OverAt { get; set; }
    public int Before { get; set; }
    public int Now { get; set; }
    public int Last { get; set; }
    public int Rooms { get; set; }
    public int Times { get; set; }

    /// <summary>The rooms in which it goes on.</summary>
    public string OpenRooms { get; set; } = "[]";

    public string? AcknowledgedBy { get; set; }
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>The state that was sent to devices.</summary>
    public AlertState Sent { get; set; }
}
