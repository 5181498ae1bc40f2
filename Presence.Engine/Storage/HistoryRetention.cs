using System.Runtime.CompilerServices;
using System.Text.Json;

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
