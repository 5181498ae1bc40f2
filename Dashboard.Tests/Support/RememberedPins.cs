using System.Collections.Concurrent;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Pins without accounts; it can be slow, and it can fail.</summary>
internal sealed class RememberedPins : IPinStore
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _pins = new(StringComparer.Ordinal);

    /// <summary>Held until it ends; a failure of it is the store's.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public int Loads { get; private set; }

    public async Task<IReadOnlyList<string>> LoadAsync(string accountId)
    {
        Loads++;
        await Ready;
        return _pins.GetValueOrDefault(accountId, []);
    }

    public async Task SaveAsync(string accountId, IReadOnlyList<string> rooms)
    {
        await Ready;
        _pins[accountId] = rooms;
    }
}
