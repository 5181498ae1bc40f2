namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What became of an attempt to sign in.</summary>
internal enum SignInOutcome
{
    SignedIn,

    /// <summary>No such account, or not its password: the caller cannot tell which.</summary>
    Refused,

    /// <summary>Too many failures from this address.</summary>
    Throttled,

    /// <summary>Too many passwords are being checked: this one was not looked at.</summary>
    Busy,
}
