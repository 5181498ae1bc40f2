using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// Ends an open page's access as soon as its session ended or its account was removed or changed: a circuit outlives its cookie's check. It is
/// told of every change made here, and looks by itself now and then for those made by other means.
/// </summary>
internal sealed class ModeratorRevalidation : RevalidatingServerAuthenticationStateProvider
{
    private static readonly AuthenticationState Nobody = new(new ClaimsPrincipal(new ClaimsIdentity()));

    private readonly IServiceScopeFactory _scopes;
    private readonly IOptions<IdentityOptions> _options;
    private readonly AccountChanges _changes;
    private readonly ILogger _log;
    private readonly Channel<bool> _told = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public ModeratorRevalidation(ILoggerFactory loggers, IServiceScopeFactory scopes, IOptions<IdentityOptions> options, AccountChanges changes)
        : base(loggers)
    {
        (_scopes, _options, _changes) = (scopes, options, changes);
        _log = loggers.CreateLogger<ModeratorRevalidation>();
        _changes.Subscribe(OnChanged);
        _ = RevalidateWhenToldAsync();
    }

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        // A scope of its own: the circuit's context may be in use by a page.
        await using var scope = _scopes.CreateAsyncScope();
        return await IsCurrentAsync(scope.ServiceProvider, authenticationState.User, _options.Value, cancellationToken);
    }

    /// <summary>
    /// Checks the cookie the same way on every page load: by default it would readmit a removed moderator for half an hour.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        if (context.Principal is { } principal && await IsCurrentAsync(services, principal, services.GetRequiredService<IOptions<IdentityOptions>>().Value, context.HttpContext.RequestAborted))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Whether the account still exists, is not disabled or changed since the principal was made, and holds the same roles.</summary>
    internal static async Task<bool> IsCurrentAsync(UserManager<ModeratorAccount> accounts, ClaimsPrincipal principal, IdentityOptions options)
    {
        var account = await accounts.GetUserAsync(principal);
        if (account is null or { IsDisabled: true })
            return false;

        var stamp = principal.FindFirstValue(options.ClaimsIdentity.SecurityStampClaimType);
        if (!string.Equals(stamp, await accounts.GetSecurityStampAsync(account), StringComparison.Ordinal))
            return false;

        // A role taken away in the database alone does not change the stamp.
        var held = await accounts.GetRolesAsync(account);
        var claimed = principal.FindAll(options.ClaimsIdentity.RoleClaimType).Select(claim => claim.Value);
        return held.ToHashSet(StringComparer.Ordinal).SetEquals(claimed);
    }

    protected override void Dispose(bool disposing)
    {
        _changes.Unsubscribe(OnChanged);
        _told.Writer.TryComplete();
        base.Dispose(disposing);
    }

    private static async Task<bool> IsCurrentAsync(IServiceProvider services, ClaimsPrincipal principal, IdentityOptions options, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<UserManager<ModeratorAccount>>();
        if (!await services.GetRequiredService<ModeratorSessions>().IsLiveAsync(principal, cancellationToken) || !await IsCurrentAsync(accounts, principal, options))
            return false;
        services.GetRequiredService<LastSeen>().Note(accounts.GetUserId(principal)!);
        return true;
    }

    // Called by whoever changed an account: only notes it. Which account this circuit's is, its own loop finds out.
    private void OnChanged(string? accountId)
    {
        if (accountId is not null)
            _told.Writer.TryWrite(true);
    }

    private async Task RevalidateWhenToldAsync()
    {
        await foreach (var _ in _told.Reader.ReadAllAsync())
        {
            try
            {
                var state = await GetAuthenticationStateAsync();
                if (state.User.Identity?.IsAuthenticated == true && !await ValidateAuthenticationStateAsync(state, CancellationToken.None))
                    SetAuthenticationState(Task.FromResult(Nobody));
            }
#pragma warning disable CA1031 // whatever failed, the check that comes by itself is the second chance
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _log.LogError(failure, "An open page's account could not be checked at once; it is within {Interval}.", RevalidationInterval);
            }
        }
    }
}
