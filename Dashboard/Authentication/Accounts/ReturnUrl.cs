using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Authentication.Accounts;

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
    public static string ToSignIn(NavigationManager navigation) =>
        $"{ModeratorAccounts.SignInPath[1..]}?{Parameter}={Uri.EscapeDataString(StartOf(navigation) + navigation.ToBaseRelativePath(navigation.Uri))}";

    private static string StartOf(NavigationManager navigation) => new Uri(navigation.BaseUri).AbsolutePath;
}
