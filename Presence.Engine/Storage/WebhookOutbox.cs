using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Presence.Engine.Changes;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>How events get into the outbox: in the transaction of what they tell, so that nothing is sent before it is stored and nothing is forgotten.</summary>
internal static class WebhookOutbox
{
    private const int MostPending = WebhookStore.MostPending;

    private const string Counts = "{}";

    /// <summary>Writes events for each endpoint that wants them, in a context's transaction.</summary>
    public static void WriteEvents(this IGatedContext context, IReadOnlyList<WebhookEvent> events, DateTimeOffset now)
    {
        var transaction = (SqliteTransaction)(context.Database.CurrentTransaction ?? throw new InvalidOperationException("Events are written in the transaction of what they tell.")).GetDbTransaction();
        Write(transaction, context.Gate, events, now);
    }

    /// <summary>Writes events for each endpoint that wants them.</summary>
    /// <param name="transaction">The transaction of what they tell.</param>
    /// <param name="gate">The gate it holds: whoever leaves it wakes the sender.</param>
    /// <param name="events">In order.</param>
    /// <param name="now">Now.</param>
    public static void Write(SqliteTransaction transaction, WriteGate gate, IReadOnlyList<WebhookEvent> events, DateTimeOffset now)
    {
        foreach (var endpoint in ReadEndpoints(transaction))
        {
            var wanted = events.Where(endpoint.Filter.Wants).ToList();
            if (wanted.Count > 0 || endpoint.Dropped != Counts)
                Write(transaction, gate, endpoint, wanted, now);
        }
    }

    /// <summary>Writes one event for one endpoint, whatever it wants.</summary>
    public static void Insert(SqliteTransaction transaction, WriteGate gate, string endpointId, IEnumerable<WebhookEvent> events, DateTimeOffset now)
    {
        var rows = new JsonArray();
        foreach (var happened in events)
        {
            rows.Add(new JsonObject
            {
                ["e"] = happened.Id,
                ["t"] = happened.Type,
                ["r"] = happened.RoomId,
                ["u"] = happened.UserId,
                ["a"] = happened.At.ToUnixTimeMilliseconds(),
                ["p"] = WebhookEvents.BodyOf(happened),
            });
        }
        using var insert = Command(
            transaction,
            """
            INSERT INTO "WebhookDeliveries" ("EndpointId", "EventId", "Type", "RoomId", "UserId", "At", "Payload", "State", "Attempts", "NextAt", "DurationMilliseconds")
            SELECT $endpoint, value ->> '$.e', value ->> '$.t', value ->> '$.r', value ->> '$.u', value ->> '$.a', value ->> '$.p', 0, 0, $now, 0 FROM json_each($rows)
            """,
            ("$endpoint", endpointId), ("$now", now.ToUnixTimeMilliseconds()), ("$rows", rows.ToJsonString()));
        insert.ExecuteNonQuery();
        gate.HasEvents = true;
    }

    private static void Write(SqliteTransaction transaction, WriteGate gate, Waiting endpoint, List<WebhookEvent> wanted, DateTimeOffset now)
    {
        using var count = Command(transaction, """SELECT count(*) FROM "WebhookDeliveries" WHERE "EndpointId" = $endpoint AND "State" = 0""", ("$endpoint", endpoint.Id));
        var free = MostPending - (int)(long)count.ExecuteScalar()!;
        var dropped = JsonSerializer.Deserialize<Dictionary<string, int>>(endpoint.Dropped)!;
        var from = endpoint.DroppedFrom ?? now;
        if (dropped.Count > 0 && free >= MostPending / 10)
        {
            Insert(transaction, gate, endpoint.Id, [WebhookEvents.FullGap(from, now, dropped)], now);
            (free, from) = (free - 1, now);
            dropped.Clear();
        }
        var kept = dropped.Count > 0 ? 0 : Math.Clamp(free, 0, wanted.Count);
        if (kept > 0)
            Insert(transaction, gate, endpoint.Id, wanted.Take(kept), now);
        foreach (var lost in wanted.Skip(kept))
            dropped[lost.Type] = dropped.GetValueOrDefault(lost.Type) + 1;
        var counts = dropped.Count == 0 ? Counts : JsonSerializer.Serialize(dropped);
        if (counts == endpoint.Dropped)
            return;
        using var note = Command(
            transaction, """UPDATE "WebhookEndpoints" SET "Dropped" = $counts, "DroppedFrom" = $from WHERE "Id" = $endpoint""",
            ("$counts", counts), ("$from", dropped.Count == 0 ? DBNull.Value : from.ToUnixTimeMilliseconds()), ("$endpoint", endpoint.Id));
        note.ExecuteNonQuery();
    }

    private static List<Waiting> ReadEndpoints(SqliteTransaction transaction)
    {
        var endpoints = new List<Waiting>();
        using var query = Command(transaction, """SELECT "Id", "Events", "Rooms", "Thresholds", "Dropped", "DroppedFrom" FROM "WebhookEndpoints" WHERE "State" <> 2""");
        using var reader = query.ExecuteReader();
        while (reader.Read())
        {
            endpoints.Add(new Waiting(
                reader.GetString(0), WebhookFilter.Read(reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetString(4),
                reader.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5))));
        }
        return endpoints;
    }

    private static SqliteCommand Command(SqliteTransaction transaction, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = transaction.Connection!.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, text);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    private sealed record Waiting(string Id, WebhookFilter Filter, string Dropped, DateTimeOffset? DroppedFrom);
}

/// <summary>Reads the feed for webhooks and writes what they tell, in pieces. What was told of each room is stored with it, so that a restart repeats nothing and tells what changed meanwhile.</summary>
/// <remarks>
/// <para><b>Cost.</b> While no endpoint wants anything of the feed, a look at a flag. Heartbeats, joins and leaves never wait for it.</para>
/// <para><b>Guarantee.</b> What could not be stored is stored by the next pass; meanwhile the feed waits, and tells a gap if that takes too long.</para>
/// <para><b>Threads.</b> Any; passes follow one another.</para>
/// </remarks>
public sealed class WebhookReader(PresenceDatabase database, PresenceEngine engine, WebhookStore store) : IDisposable
{
    private const int EventsAPiece = 1_000;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly List<FeedEvent> _events = [];
    private readonly List<WebhookEvent> _told = [];
    private FeedReader? _feed;
    private RoomWatcher? _rooms;
    private DateTimeOffset _toldUntil;
    private bool _isKnownUnread;

    /// <summary>Takes in what happened since the last call.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!store.WantsFeed)
            {
                await ForgetAsync(cancellationToken);
                return;
            }
            if (_told.Count > 0 || _rooms?.Changed.Count > 0)
                await SaveAsync(cancellationToken); // what the last pass could not
            if (_feed is null)
                await BeginAsync(cancellationToken);
            bool isMore;
            do
            {
                _events.Clear();
                var (feed, rooms) = (_feed!, _rooms!);
                if (feed.TryRead(_events, EventsAPiece))
                {
                    foreach (var happened in _events)
                        rooms.Apply(happened, _told);
                }
                else
                {
                    rooms.Correct(Live(), "behind", _toldUntil, database.Now(), _told);
                }
                isMore = _events.Count == EventsAPiece;
                if (!isMore)
                    rooms.Tick(database.Now(), _told);
                await SaveAsync(cancellationToken);
            }
            while (isMore);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed?.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var stored = await context.Set<WebhookRoomRecord>().AsNoTracking().ToListAsync(cancellationToken);
        var rooms = new RoomWatcher(engine.Limits.Crowd, store.Wants, () => store.Thresholds);
        foreach (var record in stored.Where(record => record.RoomId != WebhookRoomRecord.Reader))
        {
            rooms.Restore(new WatchedRoom
            {
                RoomId = record.RoomId,
                Viewers = record.Viewers,
                Peak = Math.Max(record.Viewers, record.PeakTold),
                PeakAt = record.At,
                PeakTold = record.PeakTold,
                Above = [.. record.Above.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))],
            });
        }
        var marker = stored.Find(record => record.RoomId == WebhookRoomRecord.Reader);
        _toldUntil = marker?.At ?? database.Now();
        _feed = engine.Feed.Read(); // before the rooms are looked at
        rooms.Correct(Live(), marker is null ? null : "restart", _toldUntil, database.Now(), _told);
        (_rooms, _isKnownUnread) = (rooms, false);
        await SaveAsync(cancellationToken, always: marker is null);
    }

    private async Task SaveAsync(CancellationToken cancellationToken, bool always = false)
    {
        var rooms = _rooms!;
        if (_told.Count == 0 && rooms.Changed.Count == 0 && !always)
            return;
        var now = database.Now();
        await using var context = database.CreateDbContext();
        await using (var transaction = await context.BeginWriteAsync(cancellationToken))
        {
            var live = new JsonArray([new JsonObject { ["r"] = WebhookRoomRecord.Reader, ["v"] = 0, ["p"] = 0, ["a"] = "" }]);
            var over = new JsonArray();
            foreach (var room in rooms.Changed)
            {
                if (room.IsLive)
                    live.Add(new JsonObject { ["r"] = room.RoomId, ["v"] = room.Viewers, ["p"] = room.PeakTold, ["a"] = string.Join(' ', room.Above.Select(threshold => threshold.ToString(CultureInfo.InvariantCulture))) });
                else
                    over.Add(room.RoomId);
            }
            await context.ExecuteAsync($"""DELETE FROM "WebhookRooms" WHERE "RoomId" IN (SELECT value FROM json_each({over.ToJsonString()}))""", cancellationToken);
            await context.ExecuteAsync(
                $"""
                INSERT OR REPLACE INTO "WebhookRooms" ("RoomId", "Viewers", "PeakTold", "Above", "At")
                SELECT value ->> '$.r', value ->> '$.v', value ->> '$.p', value ->> '$.a', {now.ToUnixTimeMilliseconds()} FROM json_each({live.ToJsonString()})
                """,
                cancellationToken);
            context.WriteEvents(_told, now);
            await transaction.CommitAsync(cancellationToken);
        }
        _toldUntil = now;
        _told.Clear();
        rooms.Changed.Clear();
    }

    /// <summary>Nothing is wanted any more: what was told is no base to compare with later.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (_isKnownUnread)
            return;
        _feed?.Dispose();
        (_feed, _rooms) = (null, null);
        _told.Clear();
        await using var context = database.CreateDbContext();
        await context.DeleteAsync(context.Set<WebhookRoomRecord>(), cancellationToken);
        _isKnownUnread = true;
    }

    private List<(string RoomId, int Viewers)> Live() =>
        [.. engine.LiveRooms().Select(roomId => (roomId, Viewers: engine.Count(roomId).Viewers)).Where(room => room.Viewers > 0)];
}
