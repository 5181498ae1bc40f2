using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Accounts;

/// <summary>Every moderator's pinned rooms: stored with the account, and in memory once they were read, so that the wall on one screen follows the pins made on another.</summary>
/// <remarks><b>Threads.</b> Any. <b>Bound.</b> One list of at most <see cref="Most"/> rooms an account.</remarks>
internal class PinnedRooms(IServiceScopeFactory scopes, StorageWatch storage, ILogger<PinnedRooms> logger) : IDisposable
{
    /// <summary>As many tiles as a wall shows and an eye takes in.</summary>
    public const int Most = 12;

    private const string Provider = "dashboard";
    private const string Name = "pinned-rooms";

    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _pins = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>An account's rooms, in the order they were pinned; the same object while they are the same.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(string accountId) =>
        _pins.TryGetValue(accountId, out var pins) ? pins : _pins.GetOrAdd(accountId, await LoadAsync(accountId));

    /// <summary>Pins a room, behind the others, or lets it go; durable when it returns.</summary>
    public async Task<PinOutcome> SetAsync(string accountId, string roomId, bool isPinned)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var before = await ReadAsync(accountId);
            if (before.Contains(roomId, PresenceComparers.RoomId) == isPinned)
                return PinOutcome.Done;
            if (isPinned && before.Count >= Most)
                return PinOutcome.Full;

            string[] after = isPinned ? [.. before, roomId] : [.. before.Where(room => !PresenceComparers.RoomId.Equals(room, roomId))];
            await SaveAsync(accountId, after);
            _pins[accountId] = after;
            return PinOutcome.Done;
        }
#pragma warning disable CA1031 // any failure: the moderator is told that the pin was not kept
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!storage.Note(failure))
                logger.LogError(failure, "A moderator's pinned rooms couldn't be stored.");
            return PinOutcome.Failed;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        _oneAtATime.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The stored rooms of an account; none for an account that is gone.</summary>
    internal virtual async Task<IReadOnlyList<string>> LoadAsync(string accountId)
    {
        // Its own scope, here and below, because a page can be using the circuit's context.
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var stored = await accounts.FindByIdAsync(accountId) is { } account ? await accounts.GetAuthenticationTokenAsync(account, Provider, Name) : null;
        return stored is null ? [] : JsonSerializer.Deserialize<string[]>(stored) ?? [];
    }

    /// <summary>Stores the rooms of an account in place of those before.</summary>
    internal virtual async Task SaveAsync(string accountId, IReadOnlyList<string> rooms)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = await accounts.FindByIdAsync(accountId) ?? throw new InvalidOperationException("The account no longer exists.");
        var result = await accounts.SetAuthenticationTokenAsync(account, Provider, Name, JsonSerializer.Serialize(rooms));
        if (!result.Succeeded)
            throw new InvalidOperationException(string.Join(" ", result.Errors.Select(error => error.Description)));
    }
}

/// <summary>What became of pinning a room or letting it go.</summary>
internal enum PinOutcome
{
    Done,

    /// <summary>The limit is reached. Nothing was changed.</summary>
    Full,

    /// <summary>It could not be stored. Nothing was changed.</summary>
    Failed,
}
