using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Keeps scheduled changes of settings, puts them in force when it is time, and takes them back.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> A switch, and that it was made, are one transaction of the settings' own store: a start goes on exactly where the last run ended. What
/// somebody changed by hand meanwhile stays.</para>
/// <para><b>Bound.</b> <see cref="ScheduleRules.Most"/> that wait or are in force, and the latest <see cref="MostEnded"/> that are over; all in memory.</para>
/// <para><b>Threads.</b> Any; changes follow one another.</para>
/// </remarks>
public sealed class ScheduleStore(PresenceDatabase database, PresenceEngine engine, SettingsStore settings, RoomStore rooms, RoomPrefixStore prefixes) : IDisposable
{
    /// <summary>How many are kept after they were over.</summary>
    public const int MostEnded = 100;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile IReadOnlyList<ScheduledChange> _all = [];

    /// <summary>All of them: those that wait or are in force by their beginning, then the others, the latest first.</summary>
    public IReadOnlyList<ScheduledChange> All => _all;

    /// <summary>Reads what is stored, applies what is due and ends what is over: at a start, and whenever it was changed elsewhere.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            Publish((await context.Schedules.AsNoTracking().ToListAsync(cancellationToken)).Select(ToChange));
        }
        finally
        {
            _oneAtATime.Release();
        }
        await PassAsync(cancellationToken);
    }

    /// <summary>At a start, once the settings are loaded: viewers are restored with what is due now.</summary>
    /// <returns>The settings in force.</returns>
    public async Task<PresenceSettings> ApplyDueAsync(CancellationToken cancellationToken)
    {
        await ReloadAsync(cancellationToken);
        return engine.Settings;
    }

    /// <summary>The change in force for the network (both null), a prefix or a room; null when there is none.</summary>
    public ScheduledChange? InForceFor(string? roomId, string? prefix) =>
        _all.FirstOrDefault(change => change.State == ScheduleState.InForce && PresenceComparers.RoomId.Equals(change.RoomId, roomId) && PresenceComparers.RoomId.Equals(change.Prefix, prefix));

    /// <summary>Schedules a change; one that begins now is in force when this returns.</summary>
    /// <param name="change">Where, what, from when, until when and why; the rest is the store's to say.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ScheduleRefusedException">Against <see cref="ScheduleRules"/>. Nothing was changed.</exception>
    /// <exception cref="ScheduleOverlapException">The same settings are scheduled in that time. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">There are as many as there can be. Nothing was changed.</exception>
    public async Task<ScheduledChange> ScheduleAsync(ScheduledChange change, Actor by, CancellationToken cancellationToken)
    {
        string id;
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var now = database.Now();
            change = change with { From = Stored(change.From), Until = Stored(change.Until) };
            if (ScheduleRules.ProblemOf(change, engine.Settings, now) is { } problem)
                throw new ScheduleRefusedException(problem);
            var open = _all.Where(known => known.IsOpen).ToList();
            if (open.Find(known => known.IsForSame(change) && change.From < known.Until && known.From < change.Until) is { } other)
                throw new ScheduleOverlapException(other);
            if (open.Count >= ScheduleRules.Most)
                throw new StoreFullException(ScheduleRules.Most, $"The limit of {ScheduleRules.Most} scheduled changes is reached. Cancel one first.");
            id = "sched_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            var made = change with { Id = id, CreatedBy = by.Name, CreatedAt = now, State = ScheduleState.Waiting, Before = null, Applied = null, EndedAt = null, Note = null };
            await SaveAloneAsync(made, new AuditEntry(AuditActs.ScheduleCreated, by) { RoomId = made.RoomId, Object = ObjectOf(made), New = ValuesOf(made), Reason = made.Reason }, now, cancellationToken);
            if (made.From <= now)
                await BeginAsync(made, now, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
        return _all.First(known => known.Id == id);
    }

    /// <summary>Ends a change now: what held before comes back at once. One that is over stays as it is.</summary>
    /// <returns>The change as it is now; null when there is none with this id.</returns>
    public async Task<ScheduledChange?> CancelAsync(string id, Actor by, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (_all.FirstOrDefault(known => known.Id == id) is not { } change)
                return null;
            var now = database.Now();
            var ended = change with { State = ScheduleState.Cancelled, EndedAt = now, Note = by.Name };
            var act = new AuditEntry(AuditActs.ScheduleCancelled, by) { RoomId = change.RoomId, Object = ObjectOf(change), Old = ValuesOf(change) };
            if (change.State == ScheduleState.Waiting)
                await SaveAloneAsync(ended, act, now, cancellationToken);
            else if (change.State == ScheduleState.InForce && !await OvertakeAsync(change, now, cancellationToken))
                await SwitchAsync(ended, change.Before!, by, act, now, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
        return _all.First(known => known.Id == id);
    }

    /// <summary>Applies what is due and ends what is over, in the order in which it should have happened; notices what was changed by hand.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        if (!_all.Any(change => change.IsOpen))
            return;
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var now = database.Now();
            foreach (var change in _all.Where(change => change.State == ScheduleState.InForce).ToList())
                await OvertakeAsync(change, now, cancellationToken);
            while (NextDue(now) is { } due)
            {
                if (due.State == ScheduleState.InForce)
                    await EndAsync(due, now, cancellationToken);
                else if (due.Until <= now)
                    await SaveAloneAsync(due with { State = ScheduleState.Missed, EndedAt = now }, act: null, now, cancellationToken);
                else
                    await BeginAsync(due, now, cancellationToken);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The earliest that is due; what ends at an instant comes before what begins then.</summary>
    private ScheduledChange? NextDue(DateTimeOffset now) => _all
        .Where(change => change.IsOpen && DueAt(change) <= now)
        .OrderBy(DueAt).ThenBy(change => change.State != ScheduleState.InForce)
        .FirstOrDefault();

    private static DateTimeOffset DueAt(ScheduledChange change) => change.State == ScheduleState.InForce ? change.Until : change.From;

    private async Task BeginAsync(ScheduledChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = HeldBy(change);
        var begun = change with { State = ScheduleState.InForce, Before = before, Applied = change.Over(before) };
        try
        {
            await SwitchAsync(begun, begun.Applied, ScheduleOf(change), act: null, now, cancellationToken);
        }
        catch (Exception refusal) when (refusal is SettingsRefusedException or StoreFullException)
        {
            await SaveAloneAsync(change with { State = ScheduleState.Refused, EndedAt = now, Note = refusal.Message }, act: null, now, cancellationToken);
        }
    }

    private async Task EndAsync(ScheduledChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await OvertakeAsync(change, now, cancellationToken))
            await SwitchAsync(change with { State = ScheduleState.Over, EndedAt = now }, change.Before!, ScheduleOf(change), act: null, now, cancellationToken);
    }

    /// <summary>Whether something else holds than was put in force: then it is over, and that stays.</summary>
    private async Task<bool> OvertakeAsync(ScheduledChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (HeldBy(change) == change.Applied)
            return false;
        var by = change switch
        {
            { RoomId: { } roomId } => (await rooms.FindAsync(roomId, cancellationToken)).UpdatedBy,
            { Prefix: { } prefix } => prefixes.Find(prefix).UpdatedBy,
            _ => engine.Settings.UpdatedBy,
        };
        await SaveAloneAsync(change with { State = ScheduleState.Overtaken, EndedAt = now, Note = by }, act: null, now, cancellationToken);
        return true;
    }

    /// <summary>What the settings it is for say now.</summary>
    private RoomOverrides HeldBy(ScheduledChange change) => change switch
    {
        { RoomId: { } roomId } => engine.Definition(roomId).Overrides,
        { Prefix: { } prefix } => prefixes.Find(prefix).Overrides,
        _ => new RoomOverrides { Enabled = engine.Settings.Enabled, HeartbeatInterval = engine.Settings.HeartbeatInterval, PresenceTimeout = engine.Settings.PresenceTimeout },
    };

    /// <summary>Puts values in force and stores what became of the change, in one transaction.</summary>
    private async Task SwitchAsync(ScheduledChange change, RoomOverrides values, Actor by, AuditEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isStored = false;
        switch (change)
        {
            case { RoomId: { } roomId }:
                var room = await rooms.FindAsync(roomId, cancellationToken);
                await rooms.DefineAsync(roomId, room.Definition with { Overrides = values }, by, room.Version, StoreAsync, cancellationToken);
                break;
            case { Prefix: { } prefix }:
                await prefixes.DefineAsync(prefix, values, by, prefixes.Find(prefix).Version, StoreAsync, cancellationToken);
                break;
            default:
                var current = engine.Settings;
                var wanted = current with { Enabled = values.Enabled!.Value, HeartbeatInterval = values.HeartbeatInterval!.Value, PresenceTimeout = values.PresenceTimeout!.Value };
                await settings.ChangeAsync(new SettingsChange { Settings = wanted, By = by, Reason = change.Reason, ExpectedVersion = current.Version }, StoreAsync, cancellationToken);
                break;
        }
        if (isStored)
            Publish([change, .. _all.Where(known => known.Id != change.Id)]);
        else
            await SaveAloneAsync(change, act, now, cancellationToken); // nothing had to be changed

        async Task StoreAsync(PresenceContext context)
        {
            await StoreInAsync(context, change, act, now, cancellationToken);
            isStored = true;
        }
    }

    private async Task SaveAloneAsync(ScheduledChange change, AuditEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await StoreInAsync(context, change, act, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Publish([change, .. _all.Where(known => known.Id != change.Id)]); // first: the latest of those that end at one instant
    }

    private async Task StoreInAsync(PresenceContext context, ScheduledChange change, AuditEntry? act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string[] replaced = [change.Id, .. _all.Where(known => !known.IsOpen && known.Id != change.Id).OrderByDescending(known => known.EndedAt).Skip(change.IsOpen ? MostEnded : MostEnded - 1).Select(known => known.Id)];
        await context.DeleteAsync(context.Schedules.Where(record => replaced.Contains(record.Id)), cancellationToken);
        context.Add(ToRecord(change));
        await context.SaveChangesAsync(cancellationToken);
        if (act is not null)
            await context.RecordAsync(act, now, cancellationToken);
    }

    private void Publish(IEnumerable<ScheduledChange> changes)
    {
        var all = changes.ToList();
        _all = [.. all.Where(change => change.IsOpen).OrderBy(change => change.From), .. all.Where(change => !change.IsOpen).OrderByDescending(change => change.EndedAt).Take(MostEnded)];
        engine.SignalSettings();
    }

    /// <summary>To the millisecond: what begins at this very moment would otherwise be ahead of the store's clock.</summary>
    private static DateTimeOffset Stored(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private static Actor ScheduleOf(ScheduledChange change) => new($"schedule of {change.CreatedBy}");

    private static string ObjectOf(ScheduledChange change) => change switch
    {
        { RoomId: not null } => change.Id,
        { Prefix: { } prefix } => $"{change.Id} {prefix}*",
        _ => change.Id,
    };

    private static string ValuesOf(ScheduledChange change) => AuditEntry.Values(
        ("enabled", change.Values.Enabled), ("heartbeatIntervalSeconds", change.Values.HeartbeatInterval), ("presenceTimeoutSeconds", change.Values.PresenceTimeout), ("from", change.From), ("until", change.Until));

    private static ScheduledChange ToChange(ScheduleRecord record) => new()
    {
        Id = record.Id,
        RoomId = record.RoomId,
        Prefix = record.Prefix,
        Values = OverridesOf(record.Values)!,
        From = record.From,
        Until = record.Until,
        Reason = record.Reason,
        CreatedBy = record.CreatedBy,
        CreatedAt = record.CreatedAt,
        State = record.State,
        Before = OverridesOf(record.Before),
        Applied = OverridesOf(record.Applied),
        EndedAt = record.EndedAt,
        Note = record.Note,
    };

    private static ScheduleRecord ToRecord(ScheduledChange change) => new()
    {
        Id = change.Id,
        RoomId = change.RoomId,
        Prefix = change.Prefix,
        Values = JsonSerializer.Serialize(change.Values),
        From = change.From,
        Until = change.Until,
        Reason = change.Reason,
        CreatedBy = change.CreatedBy,
        CreatedAt = change.CreatedAt,
        State = change.State,
        Before = change.Before is null ? null : JsonSerializer.Serialize(change.Before),
        Applied = change.Applied is null ? null : JsonSerializer.Serialize(change.Applied),
        EndedAt = change.EndedAt,
        Note = change.Note,
    };

    private static RoomOverrides? OverridesOf(string? json) => json is null ? null : JsonSerializer.Deserialize<RoomOverrides>(json);
}

/// <summary>A scheduled change.</summary>
internal sealed class ScheduleRecord
{
    public required string Id { get; init; }
    public string? RoomId { get; init; }
    public string? Prefix { get; init; }

    /// <summary>As JSON, like what held before and what was put in force.</summary>
    public required string Values { get; init; }

    public DateTimeOffset From { get; init; }
    public DateTimeOffset Until { get; init; }
    public string? Reason { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public ScheduleState State { get; init; }
    public string? Before { get; init; }
    public string? Applied { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? Note { get; init; }
}
