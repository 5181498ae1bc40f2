namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Where to go after signing in: only ever a place in this dashboard.</summary>
internal static class ReturnUrl
{
    public const string Parameter = "ReturnUrl";

    /// <summary>The address if it is local, else the start page. What starts with two slashes names another host.</summary>
    public static string LocalOrHome(string? address) =>
        address is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !address.Any(char.IsControl) ? address : "/";

    /// <summary>The sign-in page that returns to a page given relative to the base address.</summary>
    public static string ToSignIn(string relativePath) =>
        $"{ModeratorAccounts.SignInPath}?{Parameter}={Uri.EscapeDataString("/" + relativePath)}";
}
