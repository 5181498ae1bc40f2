using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Ends an open page's access as soon as its session ended or its account was removed, and gives it what the account may do now when that changed: a
/// circuit outlives its cookie's check. It is told of every change made here, and looks by itself now and then for those made by other means.
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
    }

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        // Its own scope, because a page can be using the circuit's context.
        await using var scope = _scopes.CreateAsyncScope();
        var (end, renewed) = await LookAsync(scope.ServiceProvider, authenticationState.User, _options.Value, cancellationToken);
        if (renewed is not null && !IsSame(renewed, authenticationState.User))
            SetAuthenticationState(Task.FromResult(new AuthenticationState(renewed)));
        return end is null;
    }

    /// <summary>
    /// Checks the cookie the same way on every page load: by default it would readmit a removed moderator for half an hour.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var (end, renewed) = context.Principal is { } principal
            ? await LookAsync(services, principal, services.GetRequiredService<IOptions<IdentityOptions>>().Value, context.HttpContext.RequestAborted)
            : (SessionEnd.Expired, null);
        if (renewed is not null)
        {
            renewed.NoteAddress(context.HttpContext);
            context.ReplacePrincipal(renewed);
            return;
        }
        SessionEnds.Note(context.HttpContext, end ?? SessionEnd.Expired);
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>What ended a principal's access, or else the principal with what its account may do now.</summary>
    internal static async Task<(SessionEnd? End, ClaimsPrincipal? Renewed)> LookAsync(UserManager<ModeratorAccount> accounts, ClaimsPrincipal principal, IdentityOptions options, bool needsSecondFactor = false)
    {
        var account = await accounts.GetUserAsync(principal);
        if (account is null or { IsDisabled: true })
            return (SessionEnd.AccountClosed, null);

        // A role removed directly in the database doesn't change the stamp.
        var held = await accounts.GetRolesAsync(account);
        if (held.Count == 0 && principal.HasClaim(claim => claim.Type == options.ClaimsIdentity.RoleClaimType))
            return (SessionEnd.RoleChanged, null);

        var stamp = principal.FindFirstValue(options.ClaimsIdentity.SecurityStampClaimType);
        return string.Equals(stamp, await accounts.GetSecurityStampAsync(account), StringComparison.Ordinal)
            ? (null, Renew(principal, ModeratorAccess.Of(account, held), SecondFactorRule.ClaimOf(account, principal, needsSecondFactor), options.ClaimsIdentity.RoleClaimType))
            : (SessionEnd.SignedOutEverywhere, null);
    }

    /// <summary>The same with other access: what a cookie says of it is as old as the cookie.</summary>
    private static ClaimsPrincipal Renew(ClaimsPrincipal principal, ModeratorAccess access, Claim? secondFactor, string roleClaimType)
    {
        var identity = (ClaimsIdentity)principal.Identity!;
        var others = identity.Claims.Where(claim => claim.Type != roleClaimType && claim.Type is not (ModeratorAccess.RoomsClaim or ModeratorAccess.ElsewhereClaim or SecondFactorRule.ClaimType));
        if (secondFactor is not null)
            others = others.Append(secondFactor);
        var renewed = new ClaimsIdentity(others, identity.AuthenticationType, identity.NameClaimType, roleClaimType);
        if (!SecondFactorRule.IsNeededBy(new ClaimsPrincipal(renewed)))
            renewed.AddClaims(access.ToClaims(roleClaimType));
        return new ClaimsPrincipal(renewed);
    }

    private static bool IsSame(ClaimsPrincipal one, ClaimsPrincipal other) =>
        ModeratorAccess.Of(one) == ModeratorAccess.Of(other) && one.FindFirstValue(SecondFactorRule.ClaimType) == other.FindFirstValue(SecondFactorRule.ClaimType);

    protected override void Dispose(bool disposing)
    {
        _changes.Unsubscribe(OnChanged);
        _told.Writer.TryComplete();
        base.Dispose(disposing);
    }

    private static async Task<(SessionEnd? End, ClaimsPrincipal? Renewed)> LookAsync(IServiceProvider services, ClaimsPrincipal principal, IdentityOptions options, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<UserManager<ModeratorAccount>>();
        var (end, renewed) = await LookAsync(accounts, principal, options, await SecondFactorRule.IsInForceAsync(services.GetRequiredService<AccountsContext>(), cancellationToken));
        end ??= await services.GetRequiredService<ModeratorSessions>().EndOfAsync(principal, cancellationToken);
        if (end is not null)
            return (end, null);
        services.GetRequiredService<LastSeen>().Note(accounts.GetUserId(principal)!);
        return (null, renewed);
    }

    // Runs on the thread that changed an account, so it only records the change. The circuit's own loop checks whether it concerns its account.
    private void OnChanged(string? accountId)
    {
        if (accountId is not null)
            _told.Writer.TryWrite(true);
    }

    private void Follow()
    {
        _changes.Subscribe(OnChanged);
        _ = RevalidateWhenToldAsync();
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
#pragma warning disable CA1031 // any failure: the periodic check tries again
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _log.LogError(failure, "The account of an open page couldn't be checked. It is checked again within {Interval}.", RevalidationInterval);
            }
        }
    }

    /// <summary>
    /// Follows the account from a circuit's beginning. A page that is only answered does not: its cookie was checked, and the change it makes itself, as
    /// switching the second factor on does, must not take the rest of the answer away, which alone shows the recovery codes.
    /// </summary>
    internal sealed class OfCircuit(AuthenticationStateProvider provider) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            (provider as ModeratorRevalidation)?.Follow();
            return Task.CompletedTask;
        }
    }
}
