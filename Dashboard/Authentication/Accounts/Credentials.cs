namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What the sign-in and set-up forms post.</summary>
internal sealed class Credentials
{
    public string Email { get; set; } = "";
    public string Password { get; set; } = "";
}
