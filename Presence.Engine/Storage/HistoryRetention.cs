using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.History;

namespace Presence.Engine.Storage;

/// <summary>Deletes history that is older than it is kept for.</summary>
/// <remarks>
/// <para><b>Time.</b> By a clock that is believed (<see cref="PresenceDatabase.LongAgo"/>): one that was set forward by mistake deletes nothing.</para>
/// <para><b>Cost.</b> In pieces of at most 50 ms, between which others write. A run that is cut off is repeated from where it was.</para>
/// </remarks>
public sealed class HistoryRetention(PresenceDatabase database, HistorySettingsStore settings)
{
    private const int RoomsAPiece = 500;

    private const string IsUnnamed =
        """
        NOT EXISTS (SELECT 1 FROM "Broadcasts" b WHERE b."RoomNo" = r."No") AND NOT EXISTS (SELECT 1 FROM "Visits" v WHERE v."RoomNo" = r."No")
        AND NOT EXISTS (SELECT 1 FROM "Minutes" m WHERE m."Step" = 1 AND m."RoomNo" = r."No") AND NOT EXISTS (SELECT 1 FROM "Minutes" m WHERE m."Step" = 0 AND m."RoomNo" = r."No")
        """;

    /// <summary>Deletes what is too old.</summary>
    /// <param name="progress">Told what was deleted so far.</param>
    /// <param name="cancellationToken">Stops between two pieces.</param>
    /// <returns>What was deleted.</returns>
    public async Task<HistoryDeleted> RunAsync(IProgress<HistoryDeleted>? progress, CancellationToken cancellationToken)
    {
        var kept = settings.Current;
        var deleted = new HistoryDeleted();
        foreach (var (step, days) in ((MinuteStep, int)[])[(MinuteStep.Minute, kept.MinuteDays), (MinuteStep.Quarter, kept.QuarterDays)])
        {
            if (Before(days) is not { } until)
                continue;
            var begun = step == MinuteStep.Minute ? 0 : 30; // percent
            var rooms = await RoomsAsync("""EXISTS (SELECT 1 FROM "Minutes" m WHERE m."Step" = $2 AND m."RoomNo" = r."No" AND m."At" < $1)""", until, (long)step, cancellationToken);
            for (var number = 0; number < rooms.Count; number++)
            {
                var room = rooms[number];
                var gone = await database.DeleteInPiecesAsync<MinuteRecord>($"\"Step\" = {(long)step} AND \"RoomNo\" = {room} AND \"At\" < {until}", cancellationToken);
                Report(deleted with { Minutes = deleted.Minutes + gone, Percent = begun + ((step == MinuteStep.Minute ? 30 : 10) * number / rooms.Count) });
            }
        }
        if (Before(kept.AttendanceDays) is { } attendance)
        {
            var rooms = await RoomsAsync("""EXISTS (SELECT 1 FROM "Visits" v WHERE v."RoomNo" = r."No" AND v."JoinedAt" < $1 AND v."JoinedAt" + v."StayedMilliseconds" < $1) AND $2 = 0""", attendance, 0, cancellationToken);
            for (var number = 0; number < rooms.Count; number++)
            {
                var room = rooms[number];
                var gone = await database.DeleteInPiecesAsync<VisitRecord>($"\"RoomNo\" = {room} AND \"JoinedAt\" < {attendance} AND \"JoinedAt\" + \"StayedMilliseconds\" < {attendance}", cancellationToken);
                Report(deleted with { Visits = deleted.Visits + gone, Percent = 40 + (50 * number / rooms.Count) });
            }
            Report(deleted with { People = await database.DeleteInPiecesAsync<HistoryPersonRecord>($"\"LastSeenAt\" < {attendance} AND NOT EXISTS (SELECT 1 FROM \"Visits\" v WHERE v.\"PersonNo\" = \"No\")", cancellationToken), Percent = 95 });
        }
        if (Before(kept.BroadcastDays) is { } broadcasts)
            Report(deleted with { Broadcasts = await database.DeleteInPiecesAsync<BroadcastRecord>($"\"EndedAt\" < {broadcasts}", cancellationToken) });
        if (Before(kept.EventDays) is { } events)
            Report(deleted with { Events = await AuditLog.PruneAsync(database, events, cancellationToken) + await database.DeleteInPiecesAsync<RemovalRecord>($"\"EndedAt\" < {events}", cancellationToken) + await database.DeleteInPiecesAsync<AlertRecord>($"\"OverAt\" < {events}", cancellationToken) });

        await ForgetRoomsAsync(cancellationToken);
        return deleted;

        void Report(HistoryDeleted now)
        {
            deleted = now;
            progress?.Report(now);
        }
    }

    /// <summary>Forgets rooms that nothing names any more.</summary>
    private async Task ForgetRoomsAsync(CancellationToken cancellationToken)
    {
        foreach (var rooms in (await RoomsAsync($"{IsUnnamed} AND r.\"No\" <> {HistoryTables.Network} AND $1 = $2", 0, 0, cancellationToken)).Chunk(RoomsAPiece))
        {
            // Looked at again inside the write: one may have been named meanwhile.
            await using var context = database.CreateDbContext();
            await context.ExecuteAsync(
                FormattableStringFactory.Create("""DELETE FROM "HistoryRooms" AS r WHERE "No" IN (SELECT value FROM json_each({0})) AND """ + IsUnnamed, JsonSerializer.Serialize(rooms)),
                cancellationToken);
        }
    }

    /// <summary>What ended before it is too old, in milliseconds since 1970; null while the clock is not believed.</summary>
    private long? Before(int days)
    {
        var dayAgo = database.LongAgo();
        var kept = TimeSpan.FromDays(days);
        return dayAgo - DateTimeOffset.MinValue < kept ? null : (dayAgo - (kept - SteadyClock.Settling)).ToUnixTimeMilliseconds();
    }

    /// <summary>The rooms with something to delete, the network included.</summary>
    private Task<List<long>> RoomsAsync(string condition, long until, long step, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var reader = new HistoryReader(database);
            return reader.Numbers($"""SELECT r."No" FROM (SELECT {HistoryTables.Network} AS "No" UNION ALL SELECT "No" FROM "HistoryRooms") r WHERE {condition}""", until, step);
        },
        cancellationToken);
}

/// <summary>What retention deleted, in rows.</summary>
public sealed record HistoryDeleted
{
    /// <summary>Minutes and quarters of an hour.</summary>
    public long Minutes { get; init; }

    /// <summary>Visits.</summary>
    public long Visits { get; init; }

    /// <summary>People whose last visit was deleted.</summary>
    public long People { get; init; }

    /// <summary>Broadcasts with their figures.</summary>
    public long Broadcasts { get; init; }

    /// <summary>Acts of the audit log, and alerts that are over.</summary>
    public long Events { get; init; }

    /// <summary>How far the run is, 0..100.</summary>
    public int Percent { get; init; }

    /// <summary>All of them.</summary>
    public long Total => Minutes + Visits + People + Broadcasts + Events;
}

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
