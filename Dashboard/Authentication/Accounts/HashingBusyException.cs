namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>As many passwords wait to be hashed as may. This one was not looked at; in a moment it may be.</summary>
internal sealed class HashingBusyException() : Exception("Too many passwords are being checked.")
{
    /// <summary>About how long those who wait take.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
}
