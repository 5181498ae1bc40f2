using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Pins without accounts; storing them can be slow, and it can fail.</summary>
internal sealed class RememberedPins() : PinnedRooms(scopes: null!, new StorageWatch(TimeProvider.System, NullLogger<StorageWatch>.Instance), NullLogger<PinnedRooms>.Instance)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _stored = new(StringComparer.Ordinal);

    /// <summary>Held until it ends; a failure of it is the storage's.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public int Loads { get; private set; }

    internal override async Task<IReadOnlyList<string>> LoadAsync(string accountId)
    {
        Loads++;
        await Ready;
        return _stored.GetValueOrDefault(accountId, []);
    }

    internal override async Task SaveAsync(string accountId, IReadOnlyList<string> rooms)
    {
        await Ready;
        _stored[accountId] = rooms;
    }
}
