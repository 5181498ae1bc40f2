using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Storage;
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
