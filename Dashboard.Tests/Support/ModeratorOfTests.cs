using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;

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

    /// <summary>One more account, with the same password.</summary>
    internal static async Task MakeAsync(DashboardHost host, string email, ModeratorAccess access)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
        access.Store(account);
        Assert.True((await accounts.CreateAsync(account, Password)).Succeeded);
        Assert.True((await accounts.AddToRoleAsync(account, access.Role.ToString()!)).Succeeded);
    }

    internal static SetupLink SetupLinkOf(DashboardHost host) => host.Services.GetRequiredService<SetupLink>();
}
