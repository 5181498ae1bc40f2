using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Presence.Engine.Storage;

/// <summary>Keeps which users switched their own presence off, and puts it in force (rule 18).</summary>
/// <remarks><b>Bound.</b> <see cref="PresenceLimits.OptOuts"/> users who ever touched the switch; in memory as well, since clients ask with every start.</remarks>
public sealed class UserPresenceSettingStore(PresenceDatabase database, PresenceEngine engine) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<string, UserPresenceSetting> _touched = new(PresenceComparers.UserId);

    /// <summary>Reads the switches and puts them in force, before requests are answered, and whenever it was changed elsewhere: the one place where such news arrives.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            var gone = _touched.Keys.ToHashSet(PresenceComparers.UserId);
            await foreach (var record in context.UserPresenceSettings.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                gone.Remove(record.UserId);
                _touched[record.UserId] = new UserPresenceSetting(record.Enabled, record.EnabledAt);
                engine.SetOptOut(record.UserId, isOut: !record.Enabled);
            }
            foreach (var userId in gone)
            {
                _touched.TryRemove(userId, out _);
                engine.SetOptOut(userId, isOut: false);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>A user's switch; on, since the network's was last changed, for who never touched it.</summary>
    public UserPresenceSetting Read(string userId) => _touched.GetValueOrDefault(userId) ?? new UserPresenceSetting(Enabled: true, engine.Settings.EnabledAt);

    /// <summary>Switches a user's presence on or off; to what it is already changes nothing.</summary>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    /// <remarks><b>Guarantee.</b> On the disk before it is in force, and in force when this returns.</remarks>
    public async Task<UserPresenceSetting> SetAsync(string userId, bool enabled, CancellationToken cancellationToken)
    {
        if (Read(userId) is var before && before.Enabled == enabled)
            return before;

        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            if (Read(userId) is var current && current.Enabled == enabled)
                return current;
            if (!_touched.ContainsKey(userId) && _touched.Count >= engine.Limits.OptOuts)
                throw new StoreFullException(engine.Limits.OptOuts, $"The limit of {engine.Limits.OptOuts} users who switched their presence off is reached.");

            var next = new UserPresenceSetting(enabled, database.Now());
            await using var context = database.CreateDbContext();
            await context.ExecuteAsync(
                $"""
                INSERT INTO "PresenceSwitches" ("UserId", "Enabled", "EnabledAt") VALUES ({userId}, {next.Enabled}, {next.EnabledAt.ToUnixTimeMilliseconds()})
                ON CONFLICT ("UserId") DO UPDATE SET "Enabled" = excluded."Enabled", "EnabledAt" = excluded."EnabledAt"
                """,
                cancellationToken);
            _touched[userId] = next;
            engine.SetOptOut(userId, isOut: !enabled);
            return next;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets that a user ever touched the switch. False when it never did.</summary>
    public async Task<bool> ForgetAsync(string userId, CancellationToken cancellationToken)
    {
        await _oneAtATime.TakeTurnAsync(cancellationToken);
        try
        {
            await using var context = database.CreateDbContext();
            await context.DeleteAsync(context.UserPresenceSettings.Where(s => s.UserId == userId), cancellationToken);
            engine.SetOptOut(userId, isOut: false);
            return _touched.TryRemove(userId, out _);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();
}

/// <summary>A user who once switched its own presence off; kept when it is on again, for the instant.</summary>
internal sealed class UserPresenceSettingRecord
{
    public required string UserId { get; init; }
    public bool Enabled { get; set; }
    public DateTimeOffset EnabledAt { get; set; }
}

/// <summary>A user's own presence switch.</summary>
/// <param name="Enabled">Listed as online where it is.</param>
/// <param name="EnabledAt">Since when <paramref name="Enabled"/> has its value.</param>
public sealed record UserPresenceSetting(bool Enabled, DateTimeOffset EnabledAt);
