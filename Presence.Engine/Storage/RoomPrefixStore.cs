using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Keeps what holds in rooms by the beginning of their id, and puts it in force.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/>, all in memory.</remarks>
public sealed class RoomPrefixStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    /// <summary>How many there can be.</summary>
    public const int Most = PrefixRules.Most;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile IReadOnlyList<RoomPrefix> _all = [];

    /// <summary>All of them, by prefix.</summary>
    public IReadOnlyList<RoomPrefix> All => _all;

    /// <summary>Reads them and puts them in force, before viewers are restored, and whenever they were changed elsewhere.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            PutInForce((await context.RoomPrefixes.AsNoTracking().ToListAsync(cancellationToken)).Select(ToPrefix));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>What is said of a prefix; <see cref="RoomPrefix.Undefined"/> when nothing.</summary>
    public RoomPrefix Find(string prefix) => _all.FirstOrDefault(known => PresenceComparers.RoomId.Equals(known.Prefix, prefix)) ?? RoomPrefix.Undefined(prefix);

    /// <summary>Says what holds in rooms that begin with a prefix, or with <see cref="RoomOverrides.None"/> nothing any more; what changes nothing is not stored.</summary>
    /// <param name="prefix">The beginning of room ids, already validated.</param>
    /// <param name="overrides">All of it.</param>
    /// <param name="by">Who.</param>
    /// <param name="expected">The version the change was decided on; null to overwrite whatever is there.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The prefix as it is now; <see cref="RoomPrefix.Undefined"/> when nothing is said of it.</returns>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="RoomPrefixConflictException">Decided on a version that is no longer there. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The prefix is new and the cap is reached. Nothing was changed.</exception>
    /// <remarks>
    /// <para><b>Threads.</b> Any; changes follow one another.</para>
    /// <para><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</para>
    /// </remarks>
    public Task<RoomPrefix> DefineAsync(string prefix, RoomOverrides overrides, Actor by, RoomVersion? expected, CancellationToken cancellationToken) =>
        DefineAsync(prefix, overrides, by, expected, within: null, cancellationToken);

    /// <inheritdoc cref="DefineAsync(string, RoomOverrides, Actor, RoomVersion?, CancellationToken)"/>
    /// <param name="prefix">The beginning of room ids.</param>
    /// <param name="overrides">All of it.</param>
    /// <param name="by">Who.</param>
    /// <param name="expected">The version the change was decided on.</param>
    /// <param name="within">What belongs to it, stored in the same transaction; not called when nothing changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<RoomPrefix> DefineAsync(string prefix, RoomOverrides overrides, Actor by, RoomVersion? expected, Func<PresenceContext, Task>? within, CancellationToken cancellationToken)
    {
        if (RoomDefinitionRules.Problems(new RoomDefinition { Overrides = overrides }) is { Count: > 0 } problems)
            throw new SettingsRefusedException(problems);

        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var current = Find(prefix);
            if (expected is { } version && version != current.Version)
                throw new RoomPrefixConflictException(current);
            if (overrides == current.Overrides)
                return current;
            if (current.UpdatedBy is null && _all.Count >= Most)
                throw new StoreFullException(Most, $"The limit of {Most} prefixes is reached. Delete one first.");

            var now = database.Now();
            var isGone = overrides == RoomOverrides.None;
            var next = isGone ? RoomPrefix.Undefined(prefix) : new RoomPrefix(prefix, overrides, new RoomVersion(current.Version.Number + 1, now), by.Name);
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            await context.DeleteAsync(context.RoomPrefixes.Where(record => record.Prefix == prefix), cancellationToken);
            if (!isGone)
                context.Add(ToRecord(next));
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(
                new AuditEntry(isGone ? AuditActs.PrefixDeleted : AuditActs.PrefixChanged, by)
                {
                    Object = $"{prefix}*",
                    Old = current.UpdatedBy is null ? null : ValuesOf(current.Overrides),
                    New = isGone ? null : ValuesOf(overrides),
                },
                now,
                cancellationToken);
            if (within is not null)
                await within(context);
            await transaction.CommitAsync(cancellationToken);
            PutInForce([.. _all.Where(known => known != current), .. isGone ? [] : new[] { next }]);
            return next;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private void PutInForce(IEnumerable<RoomPrefix> prefixes)
    {
        _all = [.. prefixes.OrderBy(prefix => prefix.Prefix, PresenceComparers.RoomId)];
        engine.SetPrefixes(_all.Select(prefix => KeyValuePair.Create(prefix.Prefix, prefix.Overrides)));
    }

    private static string ValuesOf(RoomOverrides overrides) => AuditEntry.Values(
        ("enabled", overrides.Enabled), ("heartbeatIntervalSeconds", overrides.HeartbeatInterval), ("presenceTimeoutSeconds", overrides.PresenceTimeout));

    private static RoomPrefix ToPrefix(RoomPrefixRecord record) => new(
        record.Prefix,
        new RoomOverrides
        {
            Enabled = record.Enabled,
            HeartbeatInterval = SpanOf(record.HeartbeatIntervalMilliseconds),
            PresenceTimeout = SpanOf(record.PresenceTimeoutMilliseconds),
        },
        new RoomVersion(record.Version, record.UpdatedAt),
        record.UpdatedBy);

    private static RoomPrefixRecord ToRecord(RoomPrefix prefix) => new()
    {
        Prefix = prefix.Prefix,
        Enabled = prefix.Overrides.Enabled,
        HeartbeatIntervalMilliseconds = (long?)prefix.Overrides.HeartbeatInterval?.TotalMilliseconds,
        PresenceTimeoutMilliseconds = (long?)prefix.Overrides.PresenceTimeout?.TotalMilliseconds,
        Version = prefix.Version.Number,
        UpdatedAt = prefix.Version.At,
        UpdatedBy = prefix.UpdatedBy!,
    };

    private static TimeSpan? SpanOf(long? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;
}

/// <summary>What holds in rooms whose id begins with a prefix. A value that is null follows a shorter prefix, or the network.</summary>
internal sealed class RoomPrefixRecord
{
    public required string Prefix { get; init; }
    public bool? Enabled { get; init; }
    public long? HeartbeatIntervalMilliseconds { get; init; }
    public long? PresenceTimeoutMilliseconds { get; init; }
    public int Version { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
}

/// <summary>A prefix as it is kept.</summary>
/// <param name="Prefix">The beginning of room ids.</param>
/// <param name="Overrides">What holds in these rooms; null follows a shorter prefix, or the network.</param>
/// <param name="Version">What a later change names.</param>
/// <param name="UpdatedBy">Who saved it: a moderator's email or a server key's name; null for a prefix nothing is said of.</param>
public sealed record RoomPrefix(string Prefix, RoomOverrides Overrides, RoomVersion Version, string? UpdatedBy)
{
    /// <summary>A prefix nothing is said of.</summary>
    public static RoomPrefix Undefined(string prefix) => new(prefix, RoomOverrides.None, RoomVersion.None, UpdatedBy: null);
}

/// <summary>The prefix has changed since the version this change is based on. Nothing was changed.</summary>
public sealed class RoomPrefixConflictException : Exception
{
    public RoomPrefixConflictException(RoomPrefix current)
        : base($"The prefix is at version {current.Version.Number} now.") => Current = current;

    /// <summary>The prefix as it is.</summary>
    public RoomPrefix Current { get; }
}
