using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication.Accounts;

namespace Presence.Dashboard.Tests.Support;

/// <summary>The first account of a test's host.</summary>
public static class ModeratorOfTests
{
    public const string Email = "mod@example.com";
    public const string Password = "correct horse battery";

    /// <summary>Configuration that makes it at start.</summary>
    public static Dictionary<string, string?> Configuration => new(StringComparer.Ordinal)
    {
        ["Presence:Setup:AdminEmail"] = Email,
        ["Presence:Setup:AdminPassword"] = Password,
    };

    internal static SetupLink SetupLinkOf(DashboardHost host) => host.Services.GetRequiredService<SetupLink>();
}
