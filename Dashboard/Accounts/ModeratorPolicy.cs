using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Presence.Engine.Audit;

namespace Presence.Dashboard.Accounts;

/// <summary>Which role suffices for what; the names pages put in <c>[Authorize]</c>.</summary>
internal static class ModeratorPolicy
{
    public const string Observe = nameof(Observe);
    public const string Moderate = nameof(Moderate);
    public const string Administer = nameof(Administer);

    private static readonly ModeratorRole[] Roles = Enum.GetValues<ModeratorRole>();

    /// <summary>Whether the principal holds the role or one that includes it.</summary>
    public static bool Holds(ClaimsPrincipal principal, ModeratorRole role)
    {
        if (principal.Identity?.IsAuthenticated != true)
            return false;
        foreach (var held in Roles)
        {
            if (held >= role && principal.IsInRole(held.ToString()))
                return true;
        }
        return false;
    }

    public static void AddTo(AuthorizationOptions options)
    {
        Add(Observe, ModeratorRole.Observer);
        Add(Moderate, ModeratorRole.Moderator);
        Add(Administer, ModeratorRole.Admin);

        void Add(string name, ModeratorRole role) =>
            options.AddPolicy(name, policy => policy.RequireAssertion(context => Holds(context.User, role)));
    }
}

/// <summary>What a moderator may do. Each role includes the ones before it.</summary>
public enum ModeratorRole
{
    /// <summary>Sees rooms, viewers and settings.</summary>
    Observer,

    /// <summary>Also acts: changes the presence settings.</summary>
    Moderator,

    /// <summary>Also decides who else may. The first account is one.</summary>
    Admin,
}

/// <summary>Who acts, as histories name them.</summary>
/// <param name="Email">The account's email.</param>
/// <param name="AccountId">The account, whatever its email becomes.</param>
internal sealed record ModeratorIdentity(string Email, string AccountId)
{
    /// <summary>As the audit log names them.</summary>
    public required Actor Actor { get; init; }
}

/// <summary>Checks the circuit's moderator inside the services that pages call; a page's own attribute only hides it.</summary>
internal sealed class ModeratorGuard(AuthenticationStateProvider authentication)
{
    /// <summary>Whether the role is held; for what a page shows. What it does is checked with <see cref="RequireAsync"/>.</summary>
    public async ValueTask<bool> HoldsAsync(ModeratorRole role) =>
        ModeratorPolicy.Holds((await authentication.GetAuthenticationStateAsync()).User, role);

    /// <exception cref="AccessRefusedException">The caller isn't signed in, or lacks the role.</exception>
    public async ValueTask<ModeratorIdentity> RequireAsync(ModeratorRole role)
    {
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (!ModeratorPolicy.Holds(principal, role))
            throw new AccessRefusedException(role);
        var name = principal.Identity!.Name!;
        return new ModeratorIdentity(principal.FindFirstValue(ClaimTypes.Email) ?? name, principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? name) { Actor = principal.Actor() };
    }
}

/// <summary>The signed-in moderator may not do this. Nothing was done.</summary>
internal sealed class AccessRefusedException(ModeratorRole needed) : Exception($"This needs the role {needed}.");
