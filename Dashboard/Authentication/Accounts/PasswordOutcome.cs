namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What became of an attempt to change one's password.</summary>
internal enum PasswordOutcome
{
    Changed,

    /// <summary>The current password was wrong.</summary>
    Wrong,

    /// <summary>The new one breaks the rule of length.</summary>
    Short,

    /// <summary>Too many wrong ones from this address.</summary>
    Throttled,
}
