using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Signs a moderator in with email and password.</summary>
internal sealed class ModeratorSignIn(
    UserManager<ModeratorAccount> accounts,
    ModeratorPasswords passwords,
    ModeratorSessions sessions,
    SignInThrottle throttle,
    TimeProvider time,
    ILogger<ModeratorSignIn> log)
{
    /// <summary>
    /// Tries. An unknown or disabled account costs the same work and gets the same answer as a wrong password; past the allowed
    /// failures the password is not even looked at.
    /// </summary>
    /// <returns>What became of it and, when it was not looked at, how long to wait.</returns>
    public async Task<(SignInOutcome Outcome, TimeSpan Wait)> SignInAsync(string email, string password, HttpContext http)
    {
        using var attempt = throttle.TryBegin(email, http.Connection.RemoteIpAddress, out var wait);
        if (attempt is null)
            return (SignInOutcome.Throttled, wait);
        try
        {
            await Task.Delay(attempt.Delay, time, http.RequestAborted);
            var account = await accounts.FindByEmailAsync(email);
            if (await passwords.VerifyAsync(account, password, http.RequestAborted) && account is { IsDisabled: false })
            {
                attempt.End(SignInOutcome.SignedIn);
                await sessions.BeginAsync(account, http.RequestAborted);
                return (SignInOutcome.SignedIn, TimeSpan.Zero);
            }
        }
        catch (HashingBusyException)
        {
            return (SignInOutcome.Busy, HashingBusyException.Wait);
        }

        attempt.End(SignInOutcome.Refused);
        log.LogWarning("A sign-in from {Address} failed.", ClientAddress.Of(http));
        return (SignInOutcome.Refused, TimeSpan.Zero);
    }

    /// <summary>Signs in to an account whose password was set a moment ago, by who set it.</summary>
    /// <returns>False for an account that may not sign in.</returns>
    public async Task<bool> AdmitAsync(string email, CancellationToken cancellationToken)
    {
        if (await accounts.FindByEmailAsync(email) is not { IsDisabled: false } account)
            return false;
        await sessions.BeginAsync(account, cancellationToken);
        return true;
    }
}
