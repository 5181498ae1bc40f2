using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Presence.Dashboard.Display;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Reads and changes accounts. The caller has checked the role.</summary>
/// <remarks>
/// <para><b>Guarantee.</b> There is always an Admin who can sign in: changes follow one another, and the one that would take
/// away the last is refused. A change is on the disk, and open pages are told, when the call returns.</para>
/// </remarks>
internal sealed class ModeratorStore(IServiceScopeFactory scopes, AccountChanges changes, LastSeen lastSeen, TimeProvider time, ILogger<ModeratorStore> log) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>All accounts, by email.</summary>
    public async Task<IReadOnlyList<Moderator>> ListAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        var roles = await (from held in context.UserRoles
                           join role in context.Roles on held.RoleId equals role.Id
                           select new { held.UserId, role.Name }).ToListAsync(cancellationToken);
        var rolesOf = roles.ToLookup(role => role.UserId, role => role.Name ?? "", StringComparer.Ordinal);
        var accounts = await context.Users.AsNoTracking().OrderBy(account => account.NormalizedEmail).ToListAsync(cancellationToken);
        var withPasskeys = (await context.UserPasskeys.Select(passkey => passkey.UserId).Distinct().ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var atProvider = (await context.UserLogins.Select(login => login.UserId).Distinct().ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        return [.. accounts.Select(account => new Moderator(account.Id, account.Email ?? "", ModeratorAccess.Of(account, rolesOf[account.Id]), account.IsDisabled, lastSeen.Of(account.Id) ?? account.LastSeenAt) { HasSecondFactor = account.TwoFactorEnabled, HasPasskeys = withPasskeys.Contains(account.Id), HasProvider = atProvider.Contains(account.Id) })];
    }

    /// <summary>Changes what an account may do. Its open pages follow at once; sessions end only when nothing is left.</summary>
    /// <exception cref="ModeratorChangeRefusedException">It is the last Admin, or there is no such account. Nothing was done.</exception>
    public Task ChangeAccessAsync(string accountId, ModeratorAccess access, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, access.Role != ModeratorRole.Admin, access.Role is null, async (accounts, account) =>
        {
            var held = await accounts.GetRolesAsync(account);
            var before = ModeratorAccess.Of(account, held);
            Require(await accounts.RemoveFromRolesAsync(account, held));
            if (access.Role is { } given)
                Require(await accounts.AddToRoleAsync(account, given.ToString()));
            access.Store(account);
            Require(await accounts.UpdateAsync(account));
            log.LogInformation("{By} made {Email} {Access}.", by, account.Email, access);
            return new AuditEntry(AuditActs.AccountRoleChanged, by) { Object = account.Email, Old = before.ToValues(), New = access.ToValues() };
        }, cancellationToken);

    /// <inheritdoc cref="ChangeAccessAsync"/>
    public Task SetDisabledAsync(string accountId, bool isDisabled, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, isDisabled, endsSessions: true, (_, account) =>
        {
            account.IsDisabled = isDisabled;
            log.LogInformation("{By} {Did} {Email}.", by, isDisabled ? "disabled" : "enabled", account.Email);
            return Task.FromResult(new AuditEntry(isDisabled ? AuditActs.AccountDisabled : AuditActs.AccountEnabled, by) { Object = account.Email });
        }, cancellationToken);

    /// <summary>Creates an account without a password. It can't sign in before a <see cref="PasswordLinks">link</see> has set one.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="ModeratorChangeRefusedException">The email is invalid or already has an account. Nothing was changed.</exception>
    public async Task<string> AddAsync(string email, ModeratorRole role, Actor by, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
        var made = await accounts.CreateAsync(account);
        if (made.Succeeded)
            made = await accounts.AddToRoleAsync(account, role.ToString());
        if (!made.Succeeded)
            throw new ModeratorChangeRefusedException(string.Join(' ', AccountErrors.Of(made)));
        await context.RecordAsync(new AuditEntry(AuditActs.AccountCreated, by) { Object = email, New = AuditEntry.Values(("role", role)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        log.LogInformation("{By} created the account {Email} as {Role}.", by, email, role);
        changes.Announce(account.Id);
        return account.Id;
    }

    /// <summary>Takes a lost second factor away, with its recovery codes and all passkeys, and ends every session.</summary>
    /// <exception cref="ModeratorChangeRefusedException">The account has none, or there is no such account. Nothing was done.</exception>
    public Task ResetSecondFactorAsync(string accountId, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, takesAnAdmin: false, endsSessions: true, async (accounts, account) =>
        {
            var passkeys = await accounts.GetPasskeysAsync(account);
            if (!account.TwoFactorEnabled && passkeys.Count == 0)
                throw new ModeratorChangeRefusedException(Sentence.With(PeopleTexts.NoSecondFactor, account.Email));
            foreach (var passkey in passkeys)
                Require(await accounts.RemovePasskeyAsync(account, passkey.CredentialId));
            await SecondFactor.RemoveAsync(accounts, account);
            log.LogInformation("{By} reset the second factor of {Email}.", by, account.Email);
            return new AuditEntry(AuditActs.SecondFactorReset, by) { Object = account.Email };
        }, cancellationToken);

    /// <summary>By what an account signs in; null for one that is gone.</summary>
    public async Task<SignInMeans?> MeansOfAsync(string accountId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
        return await context.Users.Where(account => account.Id == accountId)
            .Select(account => new SignInMeans(account.PasswordHash != null, account.TwoFactorEnabled, context.UserLogins.Any(login => login.UserId == accountId), context.UserPasskeys.Count(passkey => passkey.UserId == accountId)))
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Ends every session of an account: cookies and open pages.</summary>
    public Task EndSessionsAsync(string accountId, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, takesAnAdmin: false, endsSessions: true, (_, account) => Task.FromResult(new AuditEntry(AuditActs.AccountSignedOut, by) { Object = account.Email }), cancellationToken);

    public void Dispose() => _oneAtATime.Dispose();

    private async Task ChangeAsync(string accountId, bool takesAnAdmin, bool endsSessions, Func<UserManager<ModeratorAccount>, ModeratorAccount, Task<AuditEntry>> change, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
            var account = await accounts.FindByIdAsync(accountId) ?? throw new ModeratorChangeRefusedException(PeopleTexts.UnknownAccount);
            if (takesAnAdmin && await IsLastAdminAsync(accounts, account))
                throw new ModeratorChangeRefusedException(Sentence.With(PeopleTexts.LastAdmin, account.Email));

            var context = scope.ServiceProvider.GetRequiredService<AccountsContext>();
            await using var transaction = await context.BeginWriteAsync(cancellationToken);
            var act = await change(accounts, account);
            if (endsSessions)
            {
                // A new stamp, so that old cookies stay invalid if the role is given back later.
                Require(await accounts.UpdateSecurityStampAsync(account));
                await context.DeleteAsync(context.Sessions.Where(session => session.AccountId == account.Id), cancellationToken);
            }
            await context.RecordAsync(act, time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
        changes.Announce(accountId);
    }

    private static async Task<bool> IsLastAdminAsync(UserManager<ModeratorAccount> accounts, ModeratorAccount account)
    {
        var admins = (await accounts.GetUsersInRoleAsync(nameof(ModeratorRole.Admin))).Where(admin => !admin.IsDisabled).ToList();
        return admins.Count == 1 && admins[0].Id == account.Id;
    }

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException("The account couldn't be changed: " + string.Join(" ", AccountErrors.Of(result)));
    }
}

/// <summary>By what an account signs in.</summary>
/// <param name="HasPassword">By a password.</param>
/// <param name="HasSecondFactor">With a code after it.</param>
/// <param name="HasProvider">At a provider.</param>
/// <param name="Passkeys">By how many passkeys.</param>
internal sealed record SignInMeans(bool HasPassword, bool HasSecondFactor, bool HasProvider, int Passkeys);

/// <summary>An account as Admins see it.</summary>
/// <param name="Id">Names it for good; an email may change.</param>
/// <param name="Email">What it signs in with.</param>
/// <param name="Access">What it may do, and where.</param>
/// <param name="IsDisabled">Whether it may sign in.</param>
/// <param name="LastSeenAt">When a page was last open in its name; null for never.</param>
public sealed record Moderator(string Id, string Email, ModeratorAccess Access, bool IsDisabled, DateTimeOffset? LastSeenAt)
{
    /// <summary>Its highest role; null for an account that has none and may see nothing.</summary>
    public ModeratorRole? Role => Access.Role;

    /// <summary>Whether its password alone doesn't sign in.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>Whether it also signs in with a passkey.</summary>
    public bool HasPasskeys { get; init; }

    /// <summary>Whether it also signs in at the provider.</summary>
    public bool HasProvider { get; init; }

    /// <summary>Whether a password alone is all it can sign in with.</summary>
    public bool HasPasswordAlone => !HasSecondFactor && !HasPasskeys && !HasProvider;
}
