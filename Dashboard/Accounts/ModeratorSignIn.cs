using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Accounts;

/// <summary>Signs a moderator in with email and password.</summary>
internal sealed class ModeratorSignIn(
    UserManager<ModeratorAccount> accounts,
    ModeratorPasswords passwords,
    ModeratorSessions sessions,
    SecondFactor secondFactor,
    Passkeys passkeys,
    SignInThrottle throttle,
    FailedSignIns failed,
    DashboardOptions options,
    TimeProvider time,
    ILogger<ModeratorSignIn> log)
{
    /// <summary>
    /// Tries. An unknown or disabled account costs the same work and gets the same answer as a wrong password; past the allowed
    /// failures the password is not even looked at.
    /// </summary>
    /// <returns>What became of it and, when it was not looked at, how long to wait.</returns>
    /// <exception cref="HashingBusyException">It was not looked at; in a moment it may be.</exception>
    public async Task<(SignInOutcome Outcome, TimeSpan Wait)> SignInAsync(string email, string password, HttpContext http)
    {
        using var attempt = throttle.TryBegin(email, http.Connection.RemoteIpAddress, out var wait);
        if (attempt is null)
            return (SignInOutcome.Throttled, wait);
        await attempt.WaitAsync(http, time);
        var account = await accounts.FindByEmailAsync(email);
        if (await passwords.VerifyAsync(account, password, http.RequestAborted) && account is { IsDisabled: false })
        {
            var outcome = await AdmitAsync(account, http);
            attempt.End(outcome);
            return (outcome, TimeSpan.Zero);
        }
        return Refuse(attempt, http);
    }

    /// <summary>Tries a code of the account whose password was right, and signs in. Wrong codes count as wrong passwords do.</summary>
    /// <returns>What became of it, <see cref="SignInOutcome.Expired"/> when no password was given lately, and how long to wait when it was not looked at.</returns>
    public async Task<(SignInOutcome Outcome, TimeSpan Wait)> SignInWithCodeAsync(string code, HttpContext http)
    {
        if (await PendingSignIn.FindAsync(http, accounts) is not { Email: { } email, TwoFactorEnabled: true } account)
            return (SignInOutcome.Expired, TimeSpan.Zero);
        using var attempt = throttle.TryBegin(email, http.Connection.RemoteIpAddress, out var wait);
        if (attempt is null)
            return (SignInOutcome.Throttled, wait);
        await attempt.WaitAsync(http, time);
        if (await secondFactor.VerifyAsync(account, code, http.Actor(email), http.RequestAborted) is not { } means)
            return Refuse(attempt, http);
        attempt.End(SignInOutcome.SignedIn);
        await PendingSignIn.ForgetAsync(http);
        await sessions.BeginAsync(account, http.Actor(email), means, http.RequestAborted);
        return (SignInOutcome.SignedIn, TimeSpan.Zero);
    }

    /// <summary>Signs in with a passkey, which is device and person in one: no code is asked for.</summary>
    /// <param name="credential">The browser's answer, as JSON.</param>
    /// <param name="http">The request.</param>
    public async Task<SignInOutcome> SignInWithPasskeyAsync(string credential, HttpContext http)
    {
        if (!options.SignIn.LocalAccounts || await passkeys.VerifyAsync(credential) is not { IsDisabled: false, Email: { } email } account)
        {
            failed.Note();
            log.LogWarning("A sign-in with a passkey from {Address} failed.", ClientAddress.Of(http));
            return SignInOutcome.Refused;
        }
        throttle.GiveBack(http.Connection.RemoteIpAddress);
        await sessions.BeginAsync(account, http.Actor(email), Passkeys.Means, http.RequestAborted);
        return SignInOutcome.SignedIn;
    }

    /// <summary>Signs in to an account whose password was set a moment ago, by who set it.</summary>
    /// <returns><see cref="SignInOutcome.Refused"/> for an account that may not sign in.</returns>
    public async Task<SignInOutcome> AdmitAsync(string email, HttpContext http) =>
        await accounts.FindByEmailAsync(email) is { IsDisabled: false } account ? await AdmitAsync(account, http) : SignInOutcome.Refused;

    private async Task<SignInOutcome> AdmitAsync(ModeratorAccount account, HttpContext http)
    {
        if (!options.SignIn.LocalAccounts)
            return SignInOutcome.Refused; // no page leads here then
        if (account.TwoFactorEnabled)
        {
            await PendingSignIn.RememberAsync(http, account);
            return SignInOutcome.NeedsCode;
        }
        await sessions.BeginAsync(account, http.Actor(account.Email ?? ""), "password", http.RequestAborted);
        return SignInOutcome.SignedIn;
    }

    private (SignInOutcome Outcome, TimeSpan Wait) Refuse(SignInAttempt attempt, HttpContext http)
    {
        attempt.End(SignInOutcome.Refused);
        failed.Note();
        log.LogWarning("A sign-in from {Address} failed.", ClientAddress.Of(http));
        return (SignInOutcome.Refused, TimeSpan.Zero);
    }
}

/// <summary>What became of an attempt to sign in.</summary>
internal enum SignInOutcome
{
    SignedIn,

    /// <summary>The password was right, and a code is asked for: neither right nor wrong, or each right password would forgive wrong codes.</summary>
    NeedsCode,

    /// <summary>A code without a password, or long after it.</summary>
    Expired,

    /// <summary>No such account, or not its password: the caller cannot tell which. Or a wrong code.</summary>
    Refused,

    /// <summary>Too many failures from this address.</summary>
    Throttled,

    /// <summary>This password was not looked at.</summary>
    Busy,
}

/// <summary>What the form for a second step posts.</summary>
public sealed class CodeInput
{
    public string Code { get; set; } = "";
}

/// <summary>What the sign-in and set-up forms post.</summary>
public sealed class Credentials
{
    public string Email { get; set; } = "";
    public string Password { get; set; } = "";
}

/// <summary>Where to go after signing in: only ever a place in this dashboard.</summary>
internal static class ReturnUrl
{
    public const string Parameter = "ReturnUrl";

    /// <summary>The address if it is of this dashboard, else the start page. What starts with two slashes names another host.</summary>
    /// <param name="address">A path of this host.</param>
    /// <param name="start">The start page's, which all others begin with.</param>
    public static string LocalOrHome(string? address, string start = "/") =>
        address is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !address.Any(char.IsControl) && address.StartsWith(start, StringComparison.Ordinal) ? address : start;

    /// <inheritdoc cref="LocalOrHome(string, string)"/>
    public static string LocalOrHome(string? address, NavigationManager navigation) => LocalOrHome(address, StartOf(navigation));

    /// <summary>The sign-in page that returns to the page shown now.</summary>
    public static string RedirectToSignIn(NavigationManager navigation) =>
        $"{ModeratorAccounts.SignInPath[1..]}?{Parameter}={Uri.EscapeDataString(StartOf(navigation) + navigation.ToBaseRelativePath(navigation.Uri))}";

    /// <summary>A page of signing in, with where to go after it.</summary>
    public static string With(string path, string? address) => address is null ? path[1..] : $"{path[1..]}?{Parameter}={Uri.EscapeDataString(address)}";

    private static string StartOf(NavigationManager navigation) => new Uri(navigation.BaseUri).AbsolutePath;
}

/// <summary>The address a request comes from, as limits count it.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    public static string Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    /// <summary>An IPv6 client owns a whole /64 and could use a new address each time, so the /64 counts as one.</summary>
    internal static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
