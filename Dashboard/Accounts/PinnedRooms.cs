using System.Text.Json;
using Presence.Dashboard.Hosting;
using Presence.Engine;

namespace Presence.Dashboard.Accounts;

/// <summary>Every moderator's pinned rooms. The wall on one screen follows the pins made on another.</summary>
internal sealed class PinnedRooms(AccountValues values, StorageWatch storage, ILogger<PinnedRooms> logger)
{
    /// <summary>As many tiles as a wall shows and an eye takes in.</summary>
    public const int Most = 12;

    internal static readonly AccountValue<IReadOnlyList<string>> Value = new(
        "pinned-rooms", stored => stored is null ? [] : JsonSerializer.Deserialize<string[]>(stored) ?? [], rooms => JsonSerializer.Serialize(rooms));

    /// <summary>An account's rooms, in the order they were pinned; the same object while they are the same.</summary>
    public ValueTask<IReadOnlyList<string>> ReadAsync(string accountId) => values.ReadAsync(accountId, Value);

    /// <summary>Pins a room, or lets it go; durable when it returns.</summary>
    /// <param name="accountId">Whose pin it is.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="isPinned">Whether it is to be pinned.</param>
    /// <param name="place">Where among the others. Null for behind them.</param>
    public async Task<PinOutcome> SetAsync(string accountId, string roomId, bool isPinned, int? place = null)
    {
        var outcome = PinOutcome.Done;
        try
        {
            await values.ChangeAsync(accountId, Value, before =>
            {
                if (before.Contains(roomId, PresenceComparers.RoomId) == isPinned)
                    return before;
                if (!isPinned)
                    return [.. before.Where(room => !PresenceComparers.RoomId.Equals(room, roomId))];
                if (before.Count >= Most)
                {
                    outcome = PinOutcome.Full;
                    return before;
                }
                var at = Math.Min(place ?? before.Count, before.Count);
                return [.. before.Take(at), roomId, .. before.Skip(at)];
            });
            return outcome;
        }
#pragma warning disable CA1031 // any failure: the moderator is told that the pin was not kept
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!storage.Note(failure))
                logger.LogError(failure, "A moderator's pinned rooms couldn't be stored.");
            return PinOutcome.Failed;
        }
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
