using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Keeps the catalogue of rooms and puts it in force.</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.CatalogueRooms"/>.</remarks>
public sealed class RoomStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly RecentRoomSaves _recent = new();

    /// <summary>Reads the catalogue and puts it in force, before viewers are restored, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = new HashSet<string>(PresenceComparers.RoomId);
            await foreach (var record in context.Rooms.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                stored.Add(record.RoomId);
                if (ToRoom(record).Definition is var definition && engine.Definition(record.RoomId) != definition)
                    engine.Define(record.RoomId, definition);
            }
            foreach (var roomId in engine.DefinedRooms.Where(roomId => !stored.Contains(roomId)))
                engine.Define(roomId, null);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>What the catalogue keeps of a room; <see cref="DefinedRoom.Undefined"/> when nothing.</summary>
    public async Task<DefinedRoom> FindAsync(string roomId, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Rooms.AsNoTracking().FirstOrDefaultAsync(r => r.RoomId == roomId, cancellationToken) is { } record ? ToRoom(record) : DefinedRoom.Undefined(roomId);
    }

    /// <summary>The catalogue in the order of room ids.</summary>
    /// <param name="after">Continue behind this room; null starts at the first.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<DefinedRoom>> ListAsync(string? after, int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        // SQLite must compare, because it orders by UTF-8 bytes and .NET doesn't.
        var behind = context.Rooms.FromSql($"""SELECT * FROM "Rooms" WHERE "RoomId" > {after ?? ""}""");
        var records = await behind.AsNoTracking().OrderBy(r => r.RoomId).Take(take).ToListAsync(cancellationToken);
        return records.ConvertAll(ToRoom);
    }

    /// <summary>The rooms that do something differently from the network, in the order of their ids.</summary>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<DefinedRoom>> ListOverriddenAsync(int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Rooms.AsNoTracking()
            .Where(r => r.Enabled != null || r.HeartbeatIntervalMilliseconds != null || r.PresenceTimeoutMilliseconds != null)
            .OrderBy(r => r.RoomId).Take(take).ToListAsync(cancellationToken);
        return records.ConvertAll(ToRoom);
    }

    /// <summary>A room's recent changes, newest first.</summary>
    /// <remarks><b>Guarantee.</b> Since the server began, as long as no more than a thousand changes of all rooms came after.</remarks>
    public IReadOnlyList<RoomSave> RecentSaves(string roomId) => _recent.Of(roomId);

    /// <summary>Says what is special about a room, instead of what was said before; what changes nothing is not stored.</summary>
    /// <param name="roomId">The room, already validated; it need not exist yet.</param>
    /// <param name="definition">All of it.</param>
    /// <param name="by">Who.</param>
    /// <param name="expected">The version the change was decided on; null to overwrite whatever is there.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="RoomConflictException">Decided on a version that is no longer there. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The room is new and the cap is reached. Nothing was changed.</exception>
    /// <remarks>
    /// <para><b>Threads.</b> Any; changes follow one another.</para>
    /// <para><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</para>
    /// </remarks>
    public Task<DefinedRoom> DefineAsync(string roomId, RoomDefinition definition, Actor by, RoomVersion? expected, CancellationToken cancellationToken) =>
        DefineAsync(roomId, definition, by, expected, within: null, cancellationToken);

    /// <inheritdoc cref="DefineAsync(string, RoomDefinition, Actor, RoomVersion?, CancellationToken)"/>
    /// <param name="roomId">The room.</param>
    /// <param name="definition">All of it.</param>
    /// <param name="by">Who.</param>
    /// <param name="expected">The version the change was decided on.</param>
    /// <param name="within">What belongs to it, stored in the same transaction; not called when nothing changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<DefinedRoom> DefineAsync(string roomId, RoomDefinition definition, Actor by, RoomVersion? expected, Func<PresenceContext, Task>? within, CancellationToken cancellationToken)
    {
        if (RoomDefinitionRules.Problems(definition) is { Count: > 0 } problems)
            throw new SettingsRefusedException(problems);

        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var record = await context.Rooms.FirstOrDefaultAsync(r => r.RoomId == roomId, cancellationToken);
            var current = record is null ? DefinedRoom.Undefined(roomId) : ToRoom(record);
            ThrowIfChanged(current, expected);
            if (record is not null && current.Definition == definition)
                return current;
            if (record is null)
            {
                if (await context.Rooms.CountAsync(cancellationToken) >= engine.Limits.CatalogueRooms)
                    throw new StoreFullException(engine.Limits.CatalogueRooms, $"The catalogue has reached its limit of {engine.Limits.CatalogueRooms} rooms. Delete one first.");
                record = new RoomRecord { RoomId = roomId, UpdatedBy = by.Name };
                context.Add(record);
            }
            Write(record, definition);
            record.Version++;
            record.UpdatedAt = database.Now();
            record.UpdatedBy = by.Name;
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.RoomChanged, by) { RoomId = roomId, Old = ValuesOf(current.Definition), New = ValuesOf(definition) }, record.UpdatedAt, cancellationToken);
            if (within is not null)
                await within(context);
            await transaction.CommitAsync(cancellationToken);
            engine.Define(roomId, definition);
            _recent.Add(roomId, new RoomSave(current.Definition, definition, by.Name, record.UpdatedAt));
            return ToRoom(record);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets what is special about a room; it follows the network again. False when nothing was.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="by">Who.</param>
    /// <param name="expected">The version this was decided on; null to forget whatever is there.</param>
    /// <param name="cancellationToken">Gives up; nothing is forgotten then.</param>
    /// <exception cref="RoomConflictException">Decided on a version that is no longer there. Nothing was forgotten.</exception>
    public async Task<bool> ForgetAsync(string roomId, Actor by, RoomVersion? expected, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var record = await context.Rooms.FirstOrDefaultAsync(r => r.RoomId == roomId, cancellationToken);
            var current = record is null ? DefinedRoom.Undefined(roomId) : ToRoom(record);
            ThrowIfChanged(current, expected);
            if (record is null)
                return false;
            var now = database.Now();
            context.Remove(record);
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(new AuditEntry(AuditActs.RoomDeleted, by) { RoomId = roomId, Old = ValuesOf(current.Definition) }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            engine.Define(roomId, null);
            _recent.Add(roomId, new RoomSave(current.Definition, RoomDefinition.Unknown, by.Name, now));
            return true;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private static string ValuesOf(RoomDefinition definition) => AuditEntry.Values(
        ("title", definition.Title), ("status", definition.Status), ("enabled", definition.Overrides.Enabled),
        ("heartbeatIntervalSeconds", definition.Overrides.HeartbeatInterval), ("presenceTimeoutSeconds", definition.Overrides.PresenceTimeout));

    /// <summary>A definition as the audit log keeps it, read back; an unknown room's for null.</summary>
    internal static RoomDefinition DefinitionOf(string? values)
    {
        if (values is null)
            return RoomDefinition.Unknown;
        using var document = JsonDocument.Parse(values);
        var root = document.RootElement;
        return new RoomDefinition
        {
            Title = root.TryGetProperty("title", out var title) ? title.GetString() : null,
            Status = Enum.Parse<RoomStatus>(root.GetProperty("status").GetString()!),
            Overrides = new RoomOverrides
            {
                Enabled = root.TryGetProperty("enabled", out var enabled) ? enabled.GetBoolean() : null,
                HeartbeatInterval = Span("heartbeatIntervalSeconds"),
                PresenceTimeout = Span("presenceTimeoutSeconds"),
            },
        };

        TimeSpan? Span(string name) => root.TryGetProperty(name, out var seconds) ? TimeSpan.FromMilliseconds(Math.Round(seconds.GetDouble() * 1_000)) : null;
    }

    private static void ThrowIfChanged(DefinedRoom current, RoomVersion? expected)
    {
        if (expected is { } version && version != current.Version)
            throw new RoomConflictException(current);
    }

    private static DefinedRoom ToRoom(RoomRecord record) => new(
        record.RoomId,
        new RoomDefinition
        {
            Title = record.Title,
            Status = record.Status,
            Overrides = new RoomOverrides
            {
                Enabled = record.Enabled,
                HeartbeatInterval = SpanOf(record.HeartbeatIntervalMilliseconds),
                PresenceTimeout = SpanOf(record.PresenceTimeoutMilliseconds),
            },
        },
        new RoomVersion(record.Version, record.UpdatedAt),
        record.UpdatedBy);

    private static void Write(RoomRecord record, RoomDefinition definition)
    {
        record.Title = definition.Title;
        record.Status = definition.Status;
        record.Enabled = definition.Overrides.Enabled;
        record.HeartbeatIntervalMilliseconds = (long?)definition.Overrides.HeartbeatInterval?.TotalMilliseconds;
        record.PresenceTimeoutMilliseconds = (long?)definition.Overrides.PresenceTimeout?.TotalMilliseconds;
    }

    private static TimeSpan? SpanOf(long? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;
}

/// <summary>What the catalogue says of one room. An override that is null follows the network.</summary>
internal sealed class RoomRecord
{
    public required string RoomId { get; init; }
    public string? Title { get; set; }
    public RoomStatus Status { get; set; }
    public bool? Enabled { get; set; }
    public long? HeartbeatIntervalMilliseconds { get; set; }
    public long? PresenceTimeoutMilliseconds { get; set; }
    public int Version { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required string UpdatedBy { get; set; }
}

/// <summary>One change of what is special about a room.</summary>
/// <param name="Before">What held until then.</param>
/// <param name="After">What holds since; <see cref="RoomDefinition.Unknown"/> when the room was forgotten.</param>
/// <param name="By">Who saved it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record RoomSave(RoomDefinition Before, RoomDefinition After, string By, DateTimeOffset At)
{
    /// <summary>Tells apart what was saved at the same instant; rises.</summary>
    public long Number { get; init; }
}

/// <summary>One version of a room's definition. The instant tells apart the first versions of a room forgotten in between.</summary>
/// <param name="Number">1 for the first, rising by one with each change.</param>
/// <param name="At">When it was saved.</param>
public readonly record struct RoomVersion(int Number, DateTimeOffset At)
{
    /// <summary>Of a room the catalogue does not know.</summary>
    public static readonly RoomVersion None;
}

/// <summary>A room as the catalogue keeps it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Definition">Title, status, overrides.</param>
/// <param name="Version">What a later change names.</param>
/// <param name="UpdatedBy">Who saved it: a moderator's email or a server key's name; null for a room the catalogue does not know.</param>
public sealed record DefinedRoom(string RoomId, RoomDefinition Definition, RoomVersion Version, string? UpdatedBy)
{
    /// <summary>A room the catalogue does not know.</summary>
    public static DefinedRoom Undefined(string roomId) => new(roomId, RoomDefinition.Unknown, RoomVersion.None, UpdatedBy: null);
}

/// <summary>The room has changed since the version this change is based on. Nothing was changed.</summary>
public sealed class RoomConflictException : Exception
{
    public RoomConflictException(DefinedRoom current)
        : base($"The room is at version {current.Version.Number} now.") => Current = current;

    /// <summary>The room as it is.</summary>
    public DefinedRoom Current { get; }
}
