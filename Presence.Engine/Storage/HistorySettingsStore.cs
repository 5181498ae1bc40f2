using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>Keeps every version of the settings of history; the newest is in force.</summary>
public sealed class HistorySettingsStore(PresenceDatabase database) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile HistorySettings _current = HistorySettings.Default;

    /// <summary>What is in force.</summary>
    public HistorySettings Current => _current;

    /// <summary>Whose hours and days.</summary>
    public TimeZoneInfo Zone => HistorySettingsRules.ZoneOf(_current.Zone, database.Time.LocalTimeZone) ?? TimeZoneInfo.Utc;

    /// <summary>Reads what was stored. Once, at a start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        if (await context.HistorySettings.AsNoTracking().OrderByDescending(s => s.Version).FirstOrDefaultAsync(cancellationToken) is { } record)
            _current = ToSettings(record);
    }

    /// <summary>Stores a new version and puts it in force; a change that changes nothing does neither.</summary>
    /// <param name="settings">The values. Who saved them, when and as which version is the store's to say.</param>
    /// <param name="by">Who.</param>
    /// <param name="reason">Why, in the words of who did it; up to <see cref="HistorySettingsRules.LongestReason"/> characters.</param>
    /// <param name="expected">The version the change was decided on; null to overwrite whatever is in force.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The settings now in force.</returns>
    /// <exception cref="HistorySettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="HistorySettingsConflictException">Decided on a version that is no longer in force. Nothing was changed.</exception>
    /// <remarks><b>Guarantee.</b> On the disk before it is in force, and in force when this returns. Retention follows with its next run.</remarks>
    public async Task<HistorySettings> ChangeAsync(HistorySettings settings, Actor by, string? reason, int? expected, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var current = _current;
            if (HistorySettingsRules.Problems(settings, reason) is { Count: > 0 } problems)
                throw new HistorySettingsRefusedException(problems);
            if (expected is { } version && version != current.Version)
                throw new HistorySettingsConflictException(current);
            if (settings.SavedAs(current) == current)
                return current;

            var next = settings with { Version = current.Version + 1, UpdatedAt = database.Now(), UpdatedBy = by.Name };
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(ToRecord(next, reason));
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.HistorySettingsChanged, by) { Object = $"version {next.Version}", Old = ValuesOf(current), New = ValuesOf(next), Reason = reason }, next.UpdatedAt, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return _current = next;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private static string ValuesOf(HistorySettings settings) => AuditEntry.Values(
        ("minuteDays", settings.MinuteDays), ("quarterDays", settings.QuarterDays), ("attendanceDays", settings.AttendanceDays), ("broadcastDays", settings.BroadcastDays),
        ("eventDays", settings.EventDays), ("zone", settings.Zone), ("emptyGapSeconds", settings.EmptyGap));

    private static HistorySettings ToSettings(HistorySettingsRecord record) => new()
    {
        MinuteDays = record.MinuteDays,
        QuarterDays = record.QuarterDays,
        AttendanceDays = record.AttendanceDays,
        BroadcastDays = record.BroadcastDays,
        EventDays = record.EventDays,
        Zone = record.Zone,
        EmptyGap = TimeSpan.FromMilliseconds(record.EmptyGapMilliseconds),
        Version = record.Version,
        UpdatedAt = record.UpdatedAt,
        UpdatedBy = record.UpdatedBy,
    };

    private static HistorySettingsRecord ToRecord(HistorySettings settings, string? reason) => new()
    {
        MinuteDays = settings.MinuteDays,
        QuarterDays = settings.QuarterDays,
        AttendanceDays = settings.AttendanceDays,
        BroadcastDays = settings.BroadcastDays,
        EventDays = settings.EventDays,
        Zone = settings.Zone,
        EmptyGapMilliseconds = (long)settings.EmptyGap.TotalMilliseconds,
        Version = settings.Version,
        UpdatedAt = settings.UpdatedAt,
        UpdatedBy = settings.UpdatedBy,
        Reason = reason,
    };
}
