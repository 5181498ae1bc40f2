using System.Collections.Concurrent;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Tests.Support;

/// <summary>What moderators chose, without accounts; storing it can be slow, and it can fail.</summary>
internal sealed class RememberedPins() : AccountValues(scopes: null!)
{
    private readonly ConcurrentDictionary<(string, string), string> _stored = new();

    /// <summary>Held until it ends; a failure of it is the storage's.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public int Loads { get; private set; }

    /// <summary>What every account may do.</summary>
    public ModeratorAccess Access { get; set; } = ModeratorRole.Moderator;

    /// <summary>The stored pins of an account.</summary>
    public async Task<IReadOnlyList<string>> LoadAsync(string accountId) => PinnedRooms.Value.Read(await LoadAsync(accountId, PinnedRooms.Value.Name));

    /// <summary>Stores pins behind the back of whoever has read them.</summary>
    public Task SaveAsync(string accountId, IReadOnlyList<string> rooms) => SaveAsync(accountId, PinnedRooms.Value.Name, PinnedRooms.Value.Write(rooms));

    internal override async Task<string?> LoadAsync(string accountId, string name)
    {
        Loads++;
        await Ready;
        return _stored.GetValueOrDefault((accountId, name));
    }

    internal override Task<IReadOnlyList<(string AccountId, ModeratorAccess Access)>> AccountsWithAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(string AccountId, ModeratorAccess Access)>>([.. _stored.Keys.Where(key => key.Item2 == name).Select(key => (key.Item1, Access))]);

    internal override async Task SaveAsync(string accountId, string name, string text)
    {
        await Ready;
        _stored[(accountId, name)] = text;
    }
}
