using System.Collections.Concurrent;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>When each moderator last had a page open. Kept in memory and stored once a minute: a page load writes nothing.</summary>
/// <remarks>Bounded by the accounts there are, which Admins make.</remarks>
internal sealed class LastSeen(IServiceScopeFactory scopes, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unsaved = new(StringComparer.Ordinal);

    public void Note(string accountId) => _unsaved[accountId] = time.GetUtcNow();

    /// <summary>What is known here and not yet stored, or null.</summary>
    public DateTimeOffset? Of(string accountId) => _unsaved.TryGetValue(accountId, out var at) ? at : null;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_unsaved.IsEmpty)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        foreach (var seen in _unsaved.ToArray())
        {
            await context.UpdateAsync(context.Users.Where(account => account.Id == seen.Key), account => account.SetProperty(one => one.LastSeenAt, seen.Value), cancellationToken);
            _unsaved.TryRemove(seen); // kept if it was recorded again since
        }
    }
}
