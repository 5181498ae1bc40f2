using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Dashboard.Display;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Renews lost passwords by links that work once, for a day. Anyone with a link can use it, so it is shown once, to who made
/// it; stored is a hash of its token, among the account's tokens, where a newer link takes the place of the older.
/// </summary>
/// <remarks>Bounded: one link an account.</remarks>
internal sealed class PasswordLinks(IServiceScopeFactory scopes, AccountChanges changes, SetupLink setupLink, SetupLinkFile setupFile, TimeProvider time, ILogger<PasswordLinks> log)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    // Identifies the row among an account's tokens.
    private const string Provider = "Presence";
    private const string Purpose = "PasswordLink";
    private const int TokenBytes = 32;

    /// <summary>Makes a link; the account's former one is dead from here on. Its password and its sessions stay as they are until the link is used.</summary>
    /// <param name="accountId">Whose password.</param>
    /// <param name="by">Who makes it; said in the log now and when it is used.</param>
    /// <param name="cancellationToken">Gives up; no link was made.</param>
    /// <returns>The link, shown only once.</returns>
    /// <exception cref="ModeratorChangeRefusedException">There is no such account. Nothing was done.</exception>
    public async Task<IssuedPasswordLink> IssueAsync(string accountId, Actor by, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        cancellationToken.ThrowIfCancellationRequested();
        var account = await accounts.FindByIdAsync(accountId) ?? throw new ModeratorChangeRefusedException(PeopleTexts.UnknownAccount);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var expiresAt = time.GetUtcNow() + Lifetime;
        var stored = string.Create(CultureInfo.InvariantCulture, $"{Hash(token)} {expiresAt.ToUnixTimeMilliseconds()} {by}");
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await accounts.SetAuthenticationTokenAsync(account, Provider, Purpose, stored) is { Succeeded: false } failed)
            throw new InvalidOperationException("The password link couldn't be stored: " + string.Join(" ", AccountErrors.Of(failed)));
        await context.RecordAsync(new AuditEntry(AuditActs.PasswordLinkCreated, by) { Object = account.Email, New = AuditEntry.Values(("expiresAt", expiresAt)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        log.LogInformation("{By} created a password link for {Email}.", by, account.Email);
        return new IssuedPasswordLink(account.Email ?? "", $"{ModeratorAccounts.NewPasswordPath}?token={token}", expiresAt, account.IsDisabled);
    }

    /// <summary>The email of the account a link is for; null when it was used, is too old or never was.</summary>
    public async Task<string?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        return await RowAsync(context, token, cancellationToken) is { } row
            ? await context.Users.Where(account => account.Id == row.UserId).Select(account => account.Email).FirstOrDefaultAsync(cancellationToken)
            : null;
    }

    /// <summary>Sets the password, uses the link up and ends every session of the account; all or nothing.</summary>
    /// <returns>What is wrong with the password; empty when it was set; null when the link is dead.</returns>
    /// <exception cref="HashingBusyException">Nothing was set and the link still works.</exception>
    public async Task<IReadOnlyList<string>?> UseAsync(string? token, string password, string? address, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        if (await RowAsync(context, token, cancellationToken) is not { } row || await accounts.FindByIdAsync(row.UserId) is not { } account)
            return null;

        // Before the transaction, because hashing is slow and all other writers would wait. The new stamp ends the sessions.
        var set = await scope.ServiceProvider.GetRequiredService<ModeratorPasswords>().SetAsync(account, password, cancellationToken);
        if (!set.Succeeded)
            return AccountErrors.Of(set);

        // The link is deleted first, so that only one of two simultaneous uses succeeds.
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await context.DeleteAsync(context.UserTokens.Where(other => other.UserId == row.UserId && other.LoginProvider == Provider && other.Name == Purpose && other.Value == row.Value), cancellationToken) == 0)
            return null;
        if (await accounts.UpdateAsync(account) is { Succeeded: false } failed)
            return AccountErrors.Of(failed);
        await context.DeleteAsync(context.Sessions.Where(session => session.AccountId == account.Id), cancellationToken);
        await context.RecordAsync(
            new AuditEntry(AuditActs.PasswordChanged, new Actor(account.Email ?? "", ActorKind.Moderator, address)) { Object = account.Email, New = AuditEntry.Values(("linkFrom", row.Value!.Split(' ', 3)[2])) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        log.LogInformation("{Email} set a new password with a link created by {By}.", account.Email, row.Value!.Split(' ', 3)[2]);
        changes.Announce(account.Id);
        if (await accounts.IsInRoleAsync(account, nameof(ModeratorRole.Admin)))
        {
            setupLink.Close(); // the setup link is only for a server without an Admin
            setupFile.Delete();
        }
        return [];
    }

    private async Task<IdentityUserToken<string>?> RowAsync(AccountsContext context, string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        var hash = Hash(token) + " ";
        var row = await context.UserTokens.AsNoTracking()
            .FirstOrDefaultAsync(other => other.LoginProvider == Provider && other.Name == Purpose && other.Value!.StartsWith(hash), cancellationToken);
        return row is not null && long.Parse(row.Value!.Split(' ', 3)[1], CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeMilliseconds() ? row : null;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>A fresh link to set a new password.</summary>
/// <param name="Email">Whose password.</param>
/// <param name="PathAndQuery">The link, without the server's address.</param>
/// <param name="ExpiresAt">When it stops working.</param>
/// <param name="IsDisabled">Whether the account may sign in at all.</param>
internal sealed record IssuedPasswordLink(string Email, string PathAndQuery, DateTimeOffset ExpiresAt, bool IsDisabled);
