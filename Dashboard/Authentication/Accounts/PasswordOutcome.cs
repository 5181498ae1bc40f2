namespace Presence.Dashboard.Authentication.Accounts;

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

    /// <summary>The new one is among those everybody tries first.</summary>
    Common,

    /// <summary>Too many wrong ones from this address.</summary>
    Throttled,

    /// <summary>Too many passwords are being checked: this one was not looked at.</summary>
    Busy,
}
