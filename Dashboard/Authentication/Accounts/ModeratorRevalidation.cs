using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Ends an open page's access soon after its account was removed or changed: a circuit outlives its cookie's check.</summary>
internal sealed class ModeratorRevalidation(
    ILoggerFactory loggers,
    IServiceScopeFactory scopes,
    IOptions<IdentityOptions> options)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        // A scope of its own: the circuit's context may be in use by a page.
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        return await IsCurrentAsync(accounts, authenticationState.User, options.Value);
    }

    /// <summary>
    /// Checks the cookie the same way on every page load: by default it would readmit a removed moderator for half an hour.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var accounts = services.GetRequiredService<UserManager<ModeratorAccount>>();
        if (context.Principal is { } principal && await IsCurrentAsync(accounts, principal, services.GetRequiredService<IOptions<IdentityOptions>>().Value))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Whether the account still exists, has not been changed since the principal was made, and holds the same roles.</summary>
    internal static async Task<bool> IsCurrentAsync(
        UserManager<ModeratorAccount> accounts, ClaimsPrincipal principal, IdentityOptions options)
    {
        var account = await accounts.GetUserAsync(principal);
        if (account is null)
            return false;

        var stamp = principal.FindFirstValue(options.ClaimsIdentity.SecurityStampClaimType);
        if (!string.Equals(stamp, await accounts.GetSecurityStampAsync(account), StringComparison.Ordinal))
            return false;

        // A role taken away in the database alone does not change the stamp.
        var held = await accounts.GetRolesAsync(account);
        var claimed = principal.FindAll(options.ClaimsIdentity.RoleClaimType).Select(claim => claim.Value);
        return held.ToHashSet(StringComparer.Ordinal).SetEquals(claimed);
    }
}
