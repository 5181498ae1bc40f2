using Microsoft.EntityFrameworkCore;
using Presence.Engine.Audit;
using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>Keeps every version of the presence settings and puts the newest in force.</summary>
public sealed class SettingsStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Reads the settings and puts them in force, at a start, and whenever they were changed elsewhere: the one place where such news arrives. The first start stores <paramref name="initial"/> as version 1.</summary>
    /// <exception cref="SettingsRefusedException"><paramref name="initial"/> is against the rules and nothing is stored yet.</exception>
    public async Task<PresenceSettings> LoadAsync(PresenceSettings initial, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var stored = await context.Settings.AsNoTracking().OrderByDescending(s => s.Version).FirstOrDefaultAsync(cancellationToken);
            if (stored is null)
            {
                ThrowIfRefused(initial, reason: null);
                var now = database.Now();
                stored = ToRecord(initial with { Version = 1, UpdatedAt = now, EnabledAt = now }, reason: null);
                context.Add(stored);
                await context.SaveChangesAsync(cancellationToken);
                database.Marker.NoteSettings(stored.Version);
            }

            var settings = ToSettings(stored);
            engine.Apply(settings);
            return settings;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores a new version and puts it in force; a change that changes nothing does neither.</summary>
    /// <returns>The settings now in force.</returns>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="SettingsConflictException">Decided on a version that is no longer in force. Nothing was changed.</exception>
    /// <remarks>
    /// <para><b>Threads.</b> Any; changes follow one another.</para>
    /// <para><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</para>
    /// </remarks>
    public Task<PresenceSettings> ChangeAsync(SettingsChange change, CancellationToken cancellationToken) => ChangeAsync(change, within: null, cancellationToken);

    /// <inheritdoc cref="ChangeAsync(SettingsChange, CancellationToken)"/>
    /// <param name="change">The new settings.</param>
    /// <param name="within">What belongs to it, stored in the same transaction; not called when nothing changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<PresenceSettings> ChangeAsync(SettingsChange change, Func<PresenceContext, Task>? within, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            var current = engine.Settings;
            var wanted = change.Settings.SavedAs(current);
            ThrowIfRefused(wanted, change.Reason);
            if (change.ExpectedVersion is { } expected && expected != current.Version)
                throw new SettingsConflictException(current);
            if (wanted == current)
                return current;

            var now = database.Now();
            var next = wanted with
            {
                Version = current.Version + 1,
                UpdatedAt = now,
                UpdatedBy = change.By.Name,
                EnabledAt = wanted.Enabled == current.Enabled ? current.EnabledAt : now,
            };
            await using var context = database.CreateDbContext();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            context.Add(ToRecord(next, change.Reason));
            await context.SaveChangesAsync(cancellationToken);
            await context.RecordAsync(
                new AuditEntry(AuditActs.SettingsChanged, change.By) { Object = $"version {next.Version}", Old = ValuesOf(current), New = ValuesOf(next), Reason = change.Reason }, now, cancellationToken);
            if (within is not null)
                await within(context);
            await transaction.CommitAsync(cancellationToken);
            database.Marker.NoteSettings(next.Version);
            engine.Apply(next);
            return next;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The latest versions, newest first.</summary>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SettingsHistoryEntry>> HistoryAsync(int take, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var records = await context.Settings.AsNoTracking().OrderByDescending(s => s.Version).Take(take + 1).ToListAsync(cancellationToken);
        var versions = records.ConvertAll(ToSettings);
        return [.. versions.Take(take).Select((settings, i) => new SettingsHistoryEntry(settings, versions.ElementAtOrDefault(i + 1), records[i].Reason))];
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private static string ValuesOf(PresenceSettings settings) => AuditEntry.Values(
        ("enabled", settings.Enabled), ("heartbeatIntervalSeconds", settings.HeartbeatInterval), ("presenceTimeoutSeconds", settings.PresenceTimeout), ("listLimit", settings.ListLimit), ("roomHeartbeatsPerSecond", settings.RoomHeartbeatsPerSecond));

    private static void ThrowIfRefused(PresenceSettings settings, string? reason)
    {
        var problems = PresenceSettingsRules.Problems(settings);
        if (reason?.Length > SettingsChange.LongestReason)
            problems = [.. problems, new SettingsIssue(SettingsIssueKind.ReasonTooLong, "reason", reason.Length, SettingsChange.LongestReason)];
        if (problems.Count > 0)
            throw new SettingsRefusedException(problems);
    }

    internal static PresenceSettings ToSettings(SettingsRecord record) => new()
    {
        Enabled = record.Enabled,
        HeartbeatInterval = TimeSpan.FromMilliseconds(record.HeartbeatIntervalMilliseconds),
        PresenceTimeout = TimeSpan.FromMilliseconds(record.PresenceTimeoutMilliseconds),
        ListLimit = record.ListLimit,
        RoomHeartbeatsPerSecond = record.RoomHeartbeatsPerSecond,
        Version = record.Version,
        UpdatedAt = record.UpdatedAt,
        UpdatedBy = record.UpdatedBy,
        EnabledAt = record.EnabledAt,
    };

    private static SettingsRecord ToRecord(PresenceSettings settings, string? reason) => new()
    {
        Enabled = settings.Enabled,
        HeartbeatIntervalMilliseconds = (long)settings.HeartbeatInterval.TotalMilliseconds,
        PresenceTimeoutMilliseconds = (long)settings.PresenceTimeout.TotalMilliseconds,
        ListLimit = settings.ListLimit,
        RoomHeartbeatsPerSecond = settings.RoomHeartbeatsPerSecond,
        Version = settings.Version,
        UpdatedAt = settings.UpdatedAt,
        UpdatedBy = settings.UpdatedBy,
        EnabledAt = settings.EnabledAt,
        Reason = reason,
    };
}

/// <summary>One version of the settings. The highest version is in force, the others are the history: nothing is ever updated.</summary>
internal sealed class SettingsRecord
{
    public int Version { get; init; }
    public bool Enabled { get; init; }
    public long HeartbeatIntervalMilliseconds { get; init; }
    public long PresenceTimeoutMilliseconds { get; init; }
    public int ListLimit { get; init; }
    public int RoomHeartbeatsPerSecond { get; init; }
    public DateTimeOffset EnabledAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
    public string? Reason { get; init; }
}

/// <summary>The new settings, all of them.</summary>
public sealed record SettingsChange
{
    /// <summary>The longest <see cref="Reason"/>, in characters.</summary>
    public const int LongestReason = PresenceSettingsRules.LongestReason;

    /// <summary>The values. Who saved them, when and as which version is the store's to say.</summary>
    public required PresenceSettings Settings { get; init; }

    /// <summary>Why, in the words of who did it; up to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Who: a moderator or a server key.</summary>
    public required Actor By { get; init; }

    /// <summary>The version the change was decided on; null to overwrite whatever is in force.</summary>
    public int? ExpectedVersion { get; init; }
}

/// <summary>One version of the settings as it was saved.</summary>
/// <param name="Settings">The version; it says who saved it and when.</param>
/// <param name="Previous">The version before it; null for the first.</param>
/// <param name="Reason">The reason, if given.</param>
public sealed record SettingsHistoryEntry(PresenceSettings Settings, PresenceSettings? Previous, string? Reason);

/// <summary>The settings have changed since the version this change is based on. Nothing was changed.</summary>
public sealed class SettingsConflictException : Exception
{
    public SettingsConflictException(PresenceSettings current)
        : base($"The settings are at version {current.Version} now.") => Current = current;

    /// <summary>The settings in force.</summary>
    public PresenceSettings Current { get; }
}

/// <summary>The settings asked for are against the rules (rule 5). Nothing was changed.</summary>
public sealed class SettingsRefusedException : Exception
{
    public SettingsRefusedException(IReadOnlyList<SettingsIssue> problems)
        : base(string.Join(' ', problems.Select(problem => problem.Message))) => Problems = problems;

    /// <summary>Everything that is wrong, not only the first.</summary>
    public IReadOnlyList<SettingsIssue> Problems { get; }
}
