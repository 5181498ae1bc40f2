using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Accounts;

/// <summary>Keeps pinned rooms with the moderator's account.</summary>
internal sealed class AccountPinStore(IServiceScopeFactory scopes) : IPinStore
{
    private const string Provider = "dashboard";
    private const string Name = "pinned-rooms";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> LoadAsync(string accountId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var stored = await accounts.FindByIdAsync(accountId) is { } account ? await accounts.GetAuthenticationTokenAsync(account, Provider, Name) : null;
        return stored is null ? [] : JsonSerializer.Deserialize<string[]>(stored) ?? [];
    }

    /// <inheritdoc/>
    public async Task SaveAsync(string accountId, IReadOnlyList<string> rooms)
    {
        // A scope of its own: the circuit's context may be in use by a page.
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = await accounts.FindByIdAsync(accountId) ?? throw new InvalidOperationException("The account no longer exists.");
        var result = await accounts.SetAuthenticationTokenAsync(account, Provider, Name, JsonSerializer.Serialize(rooms));
        if (!result.Succeeded)
            throw new InvalidOperationException(string.Join(" ", result.Errors.Select(error => error.Description)));
    }
}
