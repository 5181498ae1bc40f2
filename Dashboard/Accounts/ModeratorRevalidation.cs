using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Accounts;

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
        // Its own scope, because a page can be using the circuit's context.
        await using var scope = _scopes.CreateAsyncScope();
        return await EndOfAsync(scope.ServiceProvider, authenticationState.User, _options.Value, cancellationToken) is null;
    }

    /// <summary>
    /// Checks the cookie the same way on every page load: by default it would readmit a removed moderator for half an hour.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var end = context.Principal is { } principal
            ? await EndOfAsync(services, principal, services.GetRequiredService<IOptions<IdentityOptions>>().Value, context.HttpContext.RequestAborted)
            : SessionEnd.Expired;
        if (end is null)
        {
            context.Principal!.NoteAddress(context.HttpContext);
            return;
        }
        SessionEnds.Note(context.HttpContext, end.Value);
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Null while the account exists, is switched on, has the roles the principal says and did not change since; else what ended it.</summary>
    internal static async Task<SessionEnd?> EndOfAsync(UserManager<ModeratorAccount> accounts, ClaimsPrincipal principal, IdentityOptions options)
    {
        var account = await accounts.GetUserAsync(principal);
        if (account is null or { IsDisabled: true })
            return SessionEnd.AccountClosed;

        // A role removed directly in the database doesn't change the stamp.
        var held = await accounts.GetRolesAsync(account);
        var claimed = principal.FindAll(options.ClaimsIdentity.RoleClaimType).Select(claim => claim.Value);
        if (!held.ToHashSet(StringComparer.Ordinal).SetEquals(claimed))
            return SessionEnd.RoleChanged;

        var stamp = principal.FindFirstValue(options.ClaimsIdentity.SecurityStampClaimType);
        return string.Equals(stamp, await accounts.GetSecurityStampAsync(account), StringComparison.Ordinal) ? null : SessionEnd.SignedOutEverywhere;
    }

    protected override void Dispose(bool disposing)
    {
        _changes.Unsubscribe(OnChanged);
        _told.Writer.TryComplete();
        base.Dispose(disposing);
    }

    private static async Task<SessionEnd?> EndOfAsync(IServiceProvider services, ClaimsPrincipal principal, IdentityOptions options, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<UserManager<ModeratorAccount>>();
        var end = await EndOfAsync(accounts, principal, options) ?? await services.GetRequiredService<ModeratorSessions>().EndOfAsync(principal, cancellationToken);
        if (end is null)
            services.GetRequiredService<LastSeen>().Note(accounts.GetUserId(principal)!);
        return end;
    }

    // Runs on the thread that changed an account, so it only records the change. The circuit's own loop checks whether it concerns its account.
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
#pragma warning disable CA1031 // any failure: the periodic check tries again
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _log.LogError(failure, "The account of an open page couldn't be checked. It is checked again within {Interval}.", RevalidationInterval);
            }
        }
    }
}
