using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Webhooks;

namespace Presence.Engine.Storage;

/// <summary>The record of who did what: one row an act, written by the transaction that does it, each chained to the one before by its hash.</summary>
/// <remarks>
/// <para><b>Chain.</b> A row's hash covers the hash before, its number, instant, act, kind of actor and room, and two salted hashes: of who did it, and of what
/// it was done to. Erasing a person deletes the values and their salt, and leaves the hash of them: the chain still verifies, and nobody can be found by trying names.</para>
/// <para><b>Not covered.</b> Rows deleted from either end leave a chain that is whole: the oldest go by retention, and the newest can only be missed by comparing
/// <see cref="AuditVerification.Last"/> with one noted elsewhere.</para>
/// <para><b>Bound.</b> Retention (<see cref="History.HistorySettings.EventDays"/>).</para>
/// </remarks>
public sealed class AuditLog(PresenceDatabase database)
{
    private const int SaltBytes = 16;

    /// <summary>Acts, the latest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AuditRecord>> ListAsync(AuditQuery query, int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await Select(context, query).OrderByDescending(r => r.Id).Take(take).ToListAsync(cancellationToken);
    }

    /// <summary>Acts of any number in constant memory, the oldest first.</summary>
    public async IAsyncEnumerable<AuditRecord> ReadAsync(AuditQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await foreach (var record in Select(context, query).OrderBy(r => r.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
            yield return record;
    }

    /// <summary>Recomputes every hash.</summary>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        var (count, last) = (0L, (AuditRecord?)null);
        await foreach (var record in ReadAsync(new AuditQuery(), cancellationToken))
        {
            if (ProblemOf(record, last) is { } problem)
                return new AuditVerification(count, last, record.Id, problem);
            (count, last) = (count + 1, record);
        }
        return new AuditVerification(count, last, FirstBroken: null, Problem: null);
    }

    /// <summary>Deletes the oldest, all before an instant, but never the last one: the next is chained to it.</summary>
    /// <returns>How many.</returns>
    internal static Task<long> PruneAsync(PresenceDatabase database, long before, CancellationToken cancellationToken) =>
        // A clock that was set back leaves older instants behind newer ones: they stay until what is before them goes.
        database.DeleteInPiecesAsync<AuditRecord>(
            $"\"Id\" < coalesce((SELECT min(a.\"Id\") FROM \"Audit\" a WHERE a.\"At\" >= {before}), (SELECT max(a.\"Id\") FROM \"Audit\" a))", cancellationToken);

    /// <summary>Erases who a viewer was from every row: values and salt go, their hash stays.</summary>
    internal static Task<int> EraseAsync(PresenceContext context, string userId, CancellationToken cancellationToken) => context.UpdateAsync(
        context.Audit.Where(r => r.UserId == userId),
        set => set.SetProperty(r => r.UserId, (string?)null).SetProperty(r => r.Object, (string?)null).SetProperty(r => r.Old, (string?)null)
            .SetProperty(r => r.New, (string?)null).SetProperty(r => r.Reason, (string?)null).SetProperty(r => r.SubjectSalt, (byte[]?)null),
        cancellationToken);

    /// <summary>The row of an act, chained to the last one.</summary>
    internal static AuditRecord Next(AuditHead? last, AuditEntry entry, DateTimeOffset at)
    {
        var record = new AuditRecord
        {
            Id = (last?.Id ?? 0) + 1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
            Act = entry.Act,
            RoomId = entry.RoomId,
            ActorKind = entry.By.Kind,
            Actor = entry.By.Name,
            Address = entry.By.Address,
            ActorSalt = RandomNumberGenerator.GetBytes(SaltBytes),
            UserId = entry.UserId,
            Object = entry.Object,
            Old = entry.Old,
            New = entry.New,
            Reason = entry.Reason,
            SubjectSalt = RandomNumberGenerator.GetBytes(SaltBytes),
            Previous = last?.Hash ?? [],
            ActorHash = [],
            SubjectHash = [],
            Hash = [],
        };
        record.ActorHash = HashOfActor(record);
        record.SubjectHash = HashOfSubject(record);
        record.Hash = HashOf(record);
        return record;
    }

    private static IQueryable<AuditRecord> Select(PresenceContext context, AuditQuery query)
    {
        var rows = context.Audit.AsNoTracking();
        if (query.Before is { } before)
            rows = rows.Where(r => r.Id < before);
        if (query.From is { } from)
            rows = rows.Where(r => r.At >= from);
        if (query.Until is { } until)
            rows = rows.Where(r => r.At < until);
        if (query.Acts is { Count: > 0 } acts)
            rows = rows.Where(r => acts.Contains(r.Act));
        if (query.RoomId is { } roomId)
            rows = rows.Where(r => r.RoomId == roomId);
        if (query.UserId is { } userId)
            rows = rows.Where(r => r.UserId == userId);
        if (query.Actor is { } actor)
            rows = rows.Where(r => r.Actor == actor);
        if (query.Text is { } text)
            rows = rows.Where(r => r.Actor!.Contains(text) || r.UserId!.Contains(text) || r.RoomId!.Contains(text) || r.Object!.Contains(text) || r.Reason!.Contains(text));
        return rows;
    }

    private static string? ProblemOf(AuditRecord record, AuditRecord? last)
    {
        if (last is not null && (record.Id != last.Id + 1 || !record.Previous.AsSpan().SequenceEqual(last.Hash)))
            return record.Id != last.Id + 1 ? $"{record.Id - last.Id - 1} rows before it are missing" : "it does not follow the row before it";
        if (record.ActorSalt is not null && !record.ActorHash.AsSpan().SequenceEqual(HashOfActor(record)))
            return "who did it was changed";
        if (record.SubjectSalt is null
            ? (record.UserId ?? record.Object ?? record.Old ?? record.New ?? record.Reason) is not null
            : !record.SubjectHash.AsSpan().SequenceEqual(HashOfSubject(record)))
            return "what was done was changed";
        return record.Hash.AsSpan().SequenceEqual(HashOf(record)) ? null : "its instant, act, room or hashes were changed";
    }

    private static byte[] HashOfActor(AuditRecord record) => Hash(record.ActorSalt!, record.Actor, record.Address);

    private static byte[] HashOfSubject(AuditRecord record) => Hash(record.SubjectSalt!, record.UserId, record.Object, record.Old, record.New, record.Reason);

    private static byte[] HashOf(AuditRecord record) => Hash(
        record.Previous,
        Text(record.Id), Text(record.At.ToUnixTimeMilliseconds()), record.Act, Text((byte)record.ActorKind), record.RoomId,
        Convert.ToHexStringLower(record.ActorHash), Convert.ToHexStringLower(record.SubjectHash));

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Of an array as JSON: no two different lists are the same text.</summary>
    private static byte[] Hash(byte[] before, params string?[] values) =>
        SHA256.HashData([.. before, .. JsonSerializer.SerializeToUtf8Bytes(values)]);
}

/// <summary>Which acts.</summary>
public sealed record AuditQuery
{
    /// <summary>Those with a lower number; null starts at the latest.</summary>
    public long? Before { get; init; }

    /// <summary>From this instant, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>To this instant, exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>One of these (<see cref="AuditActs"/>); null or empty for all.</summary>
    public IReadOnlyCollection<string>? Acts { get; init; }

    /// <summary>In this room.</summary>
    public string? RoomId { get; init; }

    /// <summary>To this viewer.</summary>
    public string? UserId { get; init; }

    /// <summary>With this text in the name of who did it, the user, the room, what else is concerned, or the reason. Case counts.</summary>
    public string? Text { get; init; }

    /// <summary>By whom.</summary>
    public string? Actor { get; init; }
}

/// <summary>What a look at the whole chain found.</summary>
/// <param name="Count">Rows that verify, before the first broken one.</param>
/// <param name="Last">The last of them: note its number and hash elsewhere, and rows missing from the end are found too. Null for none.</param>
/// <param name="FirstBroken">The number of the first row that does not verify; null when all do.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record AuditVerification(long Count, AuditRecord? Last, long? FirstBroken, string? Problem);

/// <summary>One act as it is stored. Never changed; erasing a person empties the columns that name it.</summary>
public sealed class AuditRecord
{
    /// <summary>Rises by one with every act.</summary>
    public long Id { get; init; }

    /// <summary>When, to the millisecond.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="AuditActs"/>.</summary>
    public required string Act { get; init; }

    /// <inheritdoc cref="AuditEntry.RoomId"/>
    public string? RoomId { get; init; }

    /// <summary>What acted.</summary>
    public ActorKind ActorKind { get; init; }

    /// <summary>Who acted, by name.</summary>
    public string? Actor { get; init; }

    /// <inheritdoc cref="Actor.Address"/>
    public string? Address { get; init; }

    /// <inheritdoc cref="AuditEntry.UserId"/>
    public string? UserId { get; init; }

    /// <inheritdoc cref="AuditEntry.Object"/>
    public string? Object { get; init; }

    /// <inheritdoc cref="AuditEntry.Old"/>
    public string? Old { get; init; }

    /// <inheritdoc cref="AuditEntry.New"/>
    public string? New { get; init; }

    /// <inheritdoc cref="AuditEntry.Reason"/>
    public string? Reason { get; init; }

    internal byte[]? ActorSalt { get; init; }
    internal byte[]? SubjectSalt { get; init; }
    internal byte[] ActorHash { get; set; } = [];
    internal byte[] SubjectHash { get; set; } = [];
    internal byte[] Previous { get; init; } = [];

    /// <summary>Covers this row and, through the one before, all earlier ones.</summary>
    public byte[] Hash { get; internal set; } = [];

    /// <summary>Whether the viewer it concerned was erased since.</summary>
    public bool IsErased => SubjectSalt is null;
}

/// <summary>The end of the chain.</summary>
internal sealed record AuditHead(long Id, byte[] Hash);

/// <summary>How any context of the database file records an act.</summary>
public static class AuditRecording
{
    /// <summary>Records an act, and what webhooks tell of it. Its transaction's commit makes all of it true, or nothing.</summary>
    /// <param name="context">A context in a transaction begun with <see cref="GatedWrites.BeginWriteAsync"/>: whoever writes is alone, so the chain has one end.</param>
    /// <param name="entry">The act.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RecordAsync(this IGatedContext context, AuditEntry entry, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (context.Database.CurrentTransaction is null)
            throw new InvalidOperationException("An act is recorded in the transaction that does it.");
        var last = await context.Database.SqlQuery<AuditHead>($"""SELECT "Id", "Hash" FROM "Audit" ORDER BY "Id" DESC LIMIT 1""").ToListAsync(cancellationToken);
        var record = AuditLog.Next(last.FirstOrDefault(), entry, at);
        await context.ExecuteAsync(
            $"""
            INSERT INTO "Audit" ("Id", "At", "Act", "RoomId", "ActorKind", "Actor", "Address", "ActorSalt", "ActorHash", "UserId", "Object", "Old", "New", "Reason", "SubjectSalt", "SubjectHash", "Previous", "Hash")
            VALUES ({record.Id}, {record.At.ToUnixTimeMilliseconds()}, {record.Act}, {record.RoomId}, {(int)record.ActorKind}, {record.Actor}, {record.Address}, {record.ActorSalt}, {record.ActorHash},
                {record.UserId}, {record.Object}, {record.Old}, {record.New}, {record.Reason}, {record.SubjectSalt}, {record.SubjectHash}, {record.Previous}, {record.Hash})
            """,
            cancellationToken);
        if (WebhookEvents.Of(entry, at) is { Count: > 0 } events)
            context.WriteEvents(events, at);
    }

    /// <summary>Records an act that changes nothing stored: a job started, a file handed out.</summary>
    public static async Task RecordAloneAsync(this IGatedContext context, AuditEntry entry, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        await context.RecordAsync(entry, at, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
