using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Checks and sets the passwords of accounts. Identity's own methods for it hash on the caller's thread, as many at once as
/// there are callers; the build refuses their use.
/// </summary>
internal sealed class ModeratorPasswords(UserManager<ModeratorAccount> accounts, IPasswordHasher<ModeratorAccount> hasher, PasswordHashing hashing)
{
    public const int Rounds = 210_000;
    public const int Longest = 256;

    /// <summary>Whether it is the account's password. A hash of fewer rounds than today's is renewed by the way.</summary>
    /// <param name="account">Null if there is no account: checking takes as long as with one.</param>
    /// <param name="password">What was typed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="HashingBusyException">It was not looked at.</exception>
    public async Task<bool> VerifyAsync(ModeratorAccount? account, string password, CancellationToken cancellationToken)
    {
        if (password.Length is 0 or > Longest)
            return false;
        var (isRight, renewed) = await hashing.RunAsync(() => Verify(account, password), cancellationToken);
        if (renewed is not null)
        {
            account!.PasswordHash = renewed;
            await accounts.UpdateAsync(account); // the password is unchanged, so the stamp stays and sessions continue
        }
        return isRight;
    }

    /// <summary>Puts a new password into an account, and with it a new stamp; saves nothing.</summary>
    /// <returns>The rules it breaks, in words; then nothing was changed.</returns>
    /// <exception cref="HashingBusyException">Nothing was changed.</exception>
    public async Task<IdentityResult> SetAsync(ModeratorAccount account, string password, CancellationToken cancellationToken)
    {
        foreach (var rule in accounts.PasswordValidators)
        {
            if (await rule.ValidateAsync(accounts, account, password) is { Succeeded: false } broken)
                return broken;
        }
        account.PasswordHash = await hashing.RunAsync(() => hasher.HashPassword(account, password), cancellationToken);
        account.SecurityStamp = Guid.NewGuid().ToString();
        return IdentityResult.Success;
    }

    private (bool IsRight, string? Renewed) Verify(ModeratorAccount? account, string password)
    {
        if (account?.PasswordHash is not { } hash)
        {
            var nobody = new ModeratorAccount();
            hasher.VerifyHashedPassword(nobody, hashing.OfNobody ??= hasher.HashPassword(nobody, Guid.NewGuid().ToString()), password);
            return (false, null);
        }
        return hasher.VerifyHashedPassword(account, hash, password) switch
        {
            PasswordVerificationResult.Success => (true, null),
            PasswordVerificationResult.SuccessRehashNeeded => (true, hasher.HashPassword(account, password)),
            _ => (false, null),
        };
    }
}

/// <summary>What became of an attempt to change one's password.</summary>
internal enum PasswordOutcome
{
    Changed,

    /// <summary>The current password was wrong.</summary>
    Wrong,

    /// <summary>The new one has too few characters.</summary>
    Short,

    /// <summary>The new one has more characters than are looked at.</summary>
    Long,

    /// <summary>The new one has too few different characters.</summary>
    Uniform,

    /// <summary>The new one is made of the account's own words.</summary>
    Own,

    /// <summary>The new password is a common one.</summary>
    Common,

    /// <summary>Too many wrong ones from this address.</summary>
    Throttled,

    /// <summary>Too many passwords are being checked: this one was not looked at.</summary>
    Busy,
}
