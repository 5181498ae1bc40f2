using Microsoft.AspNetCore.Identity;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Makes the first account, an Admin, and closes the set-up link for good.</summary>
internal sealed class FirstAccount(IServiceScopeFactory scopes, SetupLink link, SetupLinkFile file, Checkpointer checkpointer) : IDisposable
{
    // Two browsers with the same link make one account: the second finds it there.
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Whether an Admin exists, so that set-up is over.</summary>
    public async Task<bool> ExistsAsync()
    {
        await using var scope = scopes.CreateAsyncScope();
        return await HasAdminAsync(scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>());
    }

    /// <summary>Makes it.</summary>
    /// <returns>What is wrong with the email or the password; empty when the account was made; null when there was one already.</returns>
    /// <exception cref="HashingBusyException">Nothing was made; in a moment it may be.</exception>
    public async Task<IReadOnlyList<string>?> CreateAsync(string email, string password, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            if (await HasAdminAsync(accounts))
                return null;

            // Without an Admin the only account there can be is one whose making was cut short between its two writes.
            if (await accounts.FindByEmailAsync(email) is { } unfinished)
                await accounts.DeleteAsync(unfinished);

            var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
            var created = await scope.ServiceProvider.GetRequiredService<ModeratorPasswords>().SetAsync(account, password, cancellationToken);
            if (created.Succeeded)
                created = await accounts.CreateAsync(account);
            if (!created.Succeeded)
                return AccountErrors.Of(created);
            var promoted = await accounts.AddToRoleAsync(account, nameof(ModeratorRole.Admin));
            if (!promoted.Succeeded)
                return AccountErrors.Of(promoted);

            link.Close();
            file.Delete();
            await checkpointer.CheckpointAsync(cancellationToken); // into the file itself: without it the next start would offer a first account
            return [];
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static async Task<bool> HasAdminAsync(UserManager<ModeratorAccount> accounts) =>
        (await accounts.GetUsersInRoleAsync(nameof(ModeratorRole.Admin))).Count > 0;
}
