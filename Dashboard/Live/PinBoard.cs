using System.Collections.Concurrent;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>Every moderator's pinned rooms, in memory once they were asked for: the wall on one screen follows the pins made on another.</summary>
/// <remarks><b>Threads.</b> Any. <b>Bound.</b> One list of at most <see cref="Most"/> rooms an account.</remarks>
internal sealed class PinBoard(IPinStore store, StorageWatch storage, ILogger<PinBoard> logger) : IDisposable
{
    /// <summary>As many tiles as a wall shows and an eye takes in.</summary>
    public const int Most = 12;

    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _pins = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>An account's rooms; the same object while they are the same.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(string accountId) =>
        _pins.TryGetValue(accountId, out var pins) ? pins : _pins.GetOrAdd(accountId, await store.LoadAsync(accountId));

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
            await store.SaveAsync(accountId, after);
            _pins[accountId] = after;
            return PinOutcome.Done;
        }
#pragma warning disable CA1031 // whatever it was, the moderator is told that the pin was not kept
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

    public void Dispose() => _oneAtATime.Dispose();
}

/// <summary>The pinned rooms of the moderator who looks. They are a view of one's own: every role may pin.</summary>
internal sealed class PinnedRooms(PinBoard board, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">The moderator may no longer see rooms.</exception>
    public async ValueTask<IReadOnlyList<string>> ReadAsync() => await board.ReadAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId);

    /// <summary>Pins a room or lets it go.</summary>
    /// <exception cref="AccessRefusedException">The moderator may no longer see rooms.</exception>
    public async Task<PinOutcome> SetAsync(string roomId, bool isPinned) =>
        await board.SetAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, roomId, isPinned);
}

/// <summary>What became of pinning a room or letting it go.</summary>
internal enum PinOutcome
{
    Done,

    /// <summary>As many are pinned as may be. Nothing was changed.</summary>
    Full,

    /// <summary>It could not be stored. Nothing was changed.</summary>
    Failed,
}

/// <summary>Where a moderator's pinned rooms outlive the server.</summary>
internal interface IPinStore
{
    /// <summary>The rooms of an account, in the order they were pinned.</summary>
    Task<IReadOnlyList<string>> LoadAsync(string accountId);

    /// <summary>Keeps them, instead of those before; durable when it returns.</summary>
    Task SaveAsync(string accountId, IReadOnlyList<string> rooms);
}
