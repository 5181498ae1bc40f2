using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace Presence.Dashboard.Authentication.Accounts;

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
