using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Signs a moderator in with email and password.</summary>
internal sealed class ModeratorSignIn(
    SignInManager<ModeratorAccount> signIn,
    SignInThrottle throttle,
    UnknownAccount unknown,
    ILogger<ModeratorSignIn> log)
{
    /// <summary>
    /// Tries. An unknown or disabled account costs the same work and gets the same answer as a wrong password; past the allowed
    /// failures the password is not even looked at.
    /// </summary>
    public async Task<SignInOutcome> SignInAsync(string email, string password, string address)
    {
        if (throttle.WaitBefore(email, address) is not null)
            return SignInOutcome.Throttled;

        var accounts = signIn.UserManager;
        var account = await accounts.FindByEmailAsync(email);
        if (account is null)
        {
            unknown.Verify(password);
        }
        else if ((await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: false)).Succeeded && !account.IsDisabled)
        {
            throttle.RecordSuccess(email, address);
            await signIn.SignInAsync(account, isPersistent: true);
            return SignInOutcome.SignedIn;
        }

        throttle.RecordFailure(email, address);
        log.LogWarning("A sign-in from {Address} failed.", address);
        return SignInOutcome.Refused;
    }
}
