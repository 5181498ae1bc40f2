using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Checks the circuit's moderator inside the services that pages call; a page's own attribute only hides it.</summary>
internal sealed class ModeratorGuard(AuthenticationStateProvider authentication)
{
    /// <summary>Whether the role is held; for what a page shows. What it does is checked with <see cref="RequireAsync"/>.</summary>
    public async ValueTask<bool> HoldsAsync(ModeratorRole role) =>
        ModeratorPolicy.Holds((await authentication.GetAuthenticationStateAsync()).User, role);

    /// <exception cref="AccessRefusedException">Nobody is signed in, or not with a role that suffices.</exception>
    public async ValueTask<ModeratorIdentity> RequireAsync(ModeratorRole role)
    {
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (!ModeratorPolicy.Holds(principal, role))
            throw new AccessRefusedException(role);
        var name = principal.Identity!.Name!;
        return new ModeratorIdentity(principal.FindFirstValue(ClaimTypes.Email) ?? name, principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? name);
    }
}
