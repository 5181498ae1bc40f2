using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Signing in at an OpenID Connect provider: begun by a link, since the content policy lets no form lead to another origin.</summary>
internal static class ProviderSignIn
{
    public const string Scheme = "oidc";
    public const string Path = ModeratorAccounts.SignInPath + "/provider";
    public const string DonePath = Path + "/done";
    public const string Problem = "Problem";
    public const string ConnectPath = "/account/connect";

    private const string CallbackPath = Path + "/callback";
    private const string SignedOutPath = Path + "/signed-out";
    private const string ConnectItem = "presence:connect";
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void AddProvider(this IServiceCollection services, DashboardOptions.SignInOptions signIn)
    {
        services.AddScoped<ProviderAccounts>();
        if (signIn.OpenIdConnect is not { Issuer: { } issuer } provider)
            return;
        services.AddHostedService<ProviderCheck>();
        services.AddAuthentication()
            .AddCookie(IdentityConstants.ExternalScheme, options =>
            {
                options.Cookie.Name = "presence-provider";
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = PendingSignIn.Lifetime;
            })
            .AddOpenIdConnect(Scheme, provider.Name, options =>
            {
                (options.Authority, options.ClientId, options.ClientSecret) = (issuer, provider.ClientId, provider.ClientSecret);
                options.RequireHttpsMetadata = !issuer.StartsWith("http:", StringComparison.OrdinalIgnoreCase); // which is this machine's, or the configuration is refused
                (options.CallbackPath, options.SignedOutCallbackPath, options.RemoteSignOutPath) = (CallbackPath, SignedOutPath, default);
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = OpenIdConnectResponseMode.Query; // comes back by GET: lax cookies suffice, also over plain http
                options.SignInScheme = IdentityConstants.ExternalScheme;
                options.SignOutScheme = IdentityConstants.ApplicationScheme;
                options.RemoteAuthenticationTimeout = RoundTrip;
                options.BackchannelTimeout = Patience;
                (options.MapInboundClaims, options.SaveTokens, options.GetClaimsFromUserInfoEndpoint) = (false, true, true);
                options.ClaimActions.MapJsonKey(provider.RolesClaim, provider.RolesClaim); // some providers send it with the user's profile alone
                options.Scope.Clear();
                foreach (var scope in provider.Scopes)
                    options.Scope.Add(scope);
                options.Events.OnAccessDenied = context => ReturnAsync(context, "Denied");
                options.Events.OnRemoteFailure = context =>
                {
                    Log(context.HttpContext, issuer, context.Failure);
                    return ReturnAsync(context, WordFor(context.Failure));
                };
            });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ExternalScheme).Configure<PublicAddress>((options, address) =>
        {
            options.Cookie.Path = address.CookiePath;
            options.CookieManager = new SchemeAwareCookieManager(address.SecureCookiePrefix);
        });
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<PublicAddress>((options, address) =>
        {
            foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
                (cookie.SameSite, cookie.SecurePolicy, cookie.Path) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, address.CookiePath);
            if (address.ToString() is not { } origin)
                return;
            // Whatever host a proxy calls this server by: the provider knows the public address.
            options.Events.OnRedirectToIdentityProvider = context =>
            {
                context.ProtocolMessage.RedirectUri = origin + CallbackPath;
                return Task.CompletedTask;
            };
            options.Events.OnRedirectToIdentityProviderForSignOut = context =>
            {
                context.ProtocolMessage.PostLogoutRedirectUri = origin + SignedOutPath;
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>Goes on to another origin after a form, with a page that goes on by itself: the content policy lets no form be answered with a redirect to there.</summary>
    public static IResult GoOn(HttpContext http, string onwards, string text)
    {
        http.Response.Headers["Refresh"] = "0;url=" + onwards;
        return Results.Content($"<!DOCTYPE html><html lang=\"en\"><title>{text}</title><p><a href=\"{HtmlEncoder.Default.Encode(onwards)}\">{text}</a></p></html>", "text/html; charset=utf-8");
    }

    public static void MapProvider(this IEndpointRouteBuilder app)
    {
        app.MapPost(ConnectPath, ConnectAsync).WithMetadata(new RequireAntiforgeryTokenAttribute()).RequireAuthorization(ModeratorPolicy.Observe).ExcludeFromDescription();
        var routes = app.MapGroup("").ExcludeFromDescription();
        routes.MapGet(Path, BeginAsync).AllowAnonymous();
        routes.MapGet(DonePath, DoneAsync).AllowAnonymous();
    }

    /// <summary>What the metadata says the provider is; null while it doesn't answer.</summary>
    public static async Task<string?> IssuerFoundAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        (await MetadataAsync(services, cancellationToken)).Issuer;

    /// <summary>Whether two spellings name the same issuer.</summary>
    public static bool IsSame(string configured, string? found) => string.Equals(configured.TrimEnd('/'), found?.TrimEnd('/'), StringComparison.Ordinal);

    /// <summary>Ends the session at the provider too.</summary>
    /// <returns>Where the browser must go for it; null where there is nothing to end.</returns>
    /// <remarks>Called before the cookie is gone, which holds the proof of who signs out.</remarks>
    public static async Task<string?> SignOutAddressAsync(HttpContext http)
    {
        var issuer = http.RequestServices.GetRequiredService<DashboardOptions>().SignIn.OpenIdConnect.Issuer;
        if (issuer is null || await http.GetTokenAsync(IdentityConstants.ApplicationScheme, "id_token") is null)
            return null;
        try
        {
            if (string.IsNullOrEmpty((await MetadataAsync(http.RequestServices, http.RequestAborted)).EndSessionEndpoint))
                return null;
            await http.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = http.Request.PathBase + ModeratorAccounts.SignInPath });
            return http.Response.Headers.Location.ToString();
        }
        catch (Exception failure) when (IsOfProvider(failure))
        {
            Log(http, issuer, failure);
            return null;
        }
        finally
        {
            http.Response.Headers.Remove("Location");
            http.Response.StatusCode = StatusCodes.Status200OK;
        }
    }

    private static Task<IResult> BeginAsync(HttpContext http, DashboardOptions options, SignInThrottle throttle, SignInManager<ModeratorAccount> signIn) =>
        ChallengeAsync(http, options, throttle, signIn, connect: null);

    /// <summary>A form and no link: another site must not have somebody connect their account to whoever their browser is at the provider.</summary>
    private static async Task<IResult> ConnectAsync(HttpContext http, DashboardOptions options, SignInThrottle throttle, SignInManager<ModeratorAccount> signIn)
    {
        var begun = await ChallengeAsync(http, options, throttle, signIn, signIn.UserManager.GetUserId(http.User));
        if (http.Response.Headers.Location.ToString() is not { Length: > 0 } onwards)
            return begun;
        http.Response.Headers.Remove("Location");
        http.Response.StatusCode = StatusCodes.Status200OK;
        return GoOn(http, onwards, Sentence.With(SignInTexts.GoingOn, options.SignIn.OpenIdConnect.Name));
    }

    private static async Task<IResult> ChallengeAsync(HttpContext http, DashboardOptions options, SignInThrottle throttle, SignInManager<ModeratorAccount> signIn, string? connect)
    {
        if (options.SignIn.OpenIdConnect.Issuer is not { } issuer)
            return Results.NotFound();
        if (!throttle.TryTake(http.Connection.RemoteIpAddress, out _))
            return Results.LocalRedirect(Back("Throttled")); // each of these may have the provider called
        try
        {
            if (!IsSame(issuer, await IssuerFoundAsync(http.RequestServices, http.RequestAborted)))
                return Results.LocalRedirect(Back("Issuer"));
            var returnTo = http.Request.Query[ReturnUrl.Parameter].ToString();
            var properties = signIn.ConfigureExternalAuthenticationProperties(
                Scheme, http.Request.PathBase + DonePath + QueryString.Create(ReturnUrl.Parameter, returnTo));
            if (connect is not null)
                properties.Items[ConnectItem] = connect;
            await http.ChallengeAsync(Scheme, properties);
            return Results.Empty;
        }
        catch (Exception failure) when (IsOfProvider(failure))
        {
            Log(http, issuer, failure);
            return Results.LocalRedirect(Back(WordFor(failure)));
        }
    }

    private static async Task<IResult> DoneAsync(HttpContext http, DashboardOptions options, SignInThrottle throttle, SignInManager<ModeratorAccount> signIn, ProviderAccounts accounts)
    {
        if (options.SignIn.OpenIdConnect.Issuer is null)
            return Results.NotFound();
        if (await signIn.GetExternalLoginInfoAsync() is not { } info)
            return Results.LocalRedirect(Back("Lost"));
        await http.SignOutAsync(IdentityConstants.ExternalScheme); // used up, whatever becomes of it
        string? connect = null;
        info.AuthenticationProperties?.Items.TryGetValue(ConnectItem, out connect);
        var outcome = await accounts.SignInAsync(info, connect is not null && connect == signIn.UserManager.GetUserId(http.User) ? connect : null, http);
        if (outcome is ProviderOutcome.SignedIn or ProviderOutcome.LastAdmin or ProviderOutcome.Connected)
            throttle.GiveBack(http.Connection.RemoteIpAddress);
        var start = http.Request.PathBase + "/";
        return outcome switch
        {
            ProviderOutcome.SignedIn => Results.LocalRedirect(ReturnUrl.LocalOrHome(http.Request.Query[ReturnUrl.Parameter], start)),
            ProviderOutcome.LastAdmin or ProviderOutcome.Connected => Results.LocalRedirect($"~/account?{AccountEndpoints.Outcome}={outcome}"),
            _ => Results.LocalRedirect(Back(outcome.ToString())),
        };
    }

    private static string Back(string problem) => $"~{ModeratorAccounts.SignInPath}?{Problem}={problem}";

    private static Task ReturnAsync<TOptions>(HandleRequestContext<TOptions> context, string problem)
        where TOptions : AuthenticationSchemeOptions
    {
        context.HandleResponse();
        context.Response.Redirect(context.Request.PathBase + Back(problem)[1..]);
        return Task.CompletedTask;
    }

    private static Task<OpenIdConnectConfiguration> MetadataAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(Scheme).ConfigurationManager!.GetConfigurationAsync(cancellationToken);

    private static bool IsOfProvider(Exception failure) => failure is InvalidOperationException or HttpRequestException or OpenIdConnectProtocolException or OperationCanceledException or IOException;

    private static string WordFor(Exception? failure) => failure switch
    {
        SecurityTokenSignatureKeyNotFoundException => "Again", // it has new keys, which are known by now
        OpenIdConnectProtocolException => "Refused",
        HttpRequestException or OperationCanceledException or IOException => "Unreachable",
        InvalidOperationException => "Unreachable", // no metadata
        AuthenticationFailureException { Message: var message } when message.StartsWith("Correlation", StringComparison.Ordinal) => "Lost",
        { InnerException: { } inner } => WordFor(inner),
        _ => "Failed",
    };

    /// <summary>The innermost exception says what it was; the outer ones are a page long.</summary>
    private static void Log(HttpContext http, string issuer, Exception? failure) =>
        http.RequestServices.GetRequiredService<ILogger<ProviderAccounts>>().LogWarning("Sign-in at {Issuer} failed: {Message}", issuer, failure?.GetBaseException().Message);

    /// <summary>Says at start what would otherwise be found out by the first who signs in.</summary>
    private sealed class ProviderCheck(IServiceProvider services, DashboardOptions options, ILogger<ProviderAccounts> log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var issuer = options.SignIn.OpenIdConnect.Issuer!;
            try
            {
                var found = await IssuerFoundAsync(services, stoppingToken);
                if (!IsSame(issuer, found))
                    log.LogWarning("Presence__SignIn__OpenIdConnect__Issuer is {Issuer}, but the provider there calls itself {Found}. Nobody can sign in there until they are equal.", issuer, found);
            }
            catch (Exception failure) when (IsOfProvider(failure) && !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The sign-in provider {Issuer} doesn't answer: {Message} It is asked again at the next sign-in.", issuer, failure.GetBaseException().Message);
            }
        }
    }
}

/// <summary>What became of a sign-in at the provider. Problems are names in the sign-in page's address.</summary>
internal enum ProviderOutcome
{
    SignedIn,

    /// <summary>Signed in, and would no longer be Admin, were there another.</summary>
    LastAdmin,

    /// <summary>An account that has a password can use the provider from here on.</summary>
    Connected,

    /// <summary>In no group that may use the dashboard.</summary>
    NoGroup,

    /// <summary>An Admin disabled the account.</summary>
    Disabled,

    /// <summary>The provider names no email.</summary>
    NoEmail,

    /// <summary>Another account has this email.</summary>
    Taken,
}

/// <summary>
/// Accounts of people who sign in at the provider: found by the provider's id of a person, never by an email, which others could
/// take; their role is that of their groups, written at each sign-in.
/// </summary>
internal sealed class ProviderAccounts(
    UserManager<ModeratorAccount> accounts, AccountsContext context, ModeratorStore moderators, ModeratorSessions sessions,
    SetupLink setupLink, SetupLinkFile setupFile, DashboardOptions options, TimeProvider time, ILogger<ProviderAccounts> log)
{
    private readonly DashboardOptions.ProviderOptions _provider = options.SignIn.OpenIdConnect;

    /// <param name="info">Who, as the provider says.</param>
    /// <param name="connect">The account of who is signed in already and connects it; null for signing in.</param>
    /// <param name="http">The request.</param>
    public async Task<ProviderOutcome> SignInAsync(ExternalLoginInfo info, string? connect, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        // By issuer, so that another provider's person of the same id is somebody else.
        var login = new UserLoginInfo(_provider.Issuer!, info.ProviderKey, _provider.Name);
        var role = RoleOf(info.Principal);
        var account = await accounts.FindByLoginAsync(login.LoginProvider, login.ProviderKey);
        if (account is null && connect is not null)
            return await ConnectAsync(connect, login, http, cancellationToken);
        if (account is null)
        {
            var made = await MakeAsync(info.Principal, login, role, http, cancellationToken);
            if (made.Account is null)
                return made.Outcome;
            account = made.Account;
        }
        if (account.IsDisabled)
            return ProviderOutcome.Disabled;

        var outcome = await FollowAsync(account, role, cancellationToken);
        if (outcome == ProviderOutcome.NoGroup)
            return outcome;
        context.ChangeTracker.Clear(); // the role was changed elsewhere, and the stamp with it
        account = await accounts.FindByIdAsync(account.Id);
        if (account is null)
            return ProviderOutcome.Disabled;
        var idToken = info.AuthenticationTokens?.FirstOrDefault(token => token.Name == "id_token")?.Value;
        await sessions.BeginAsync(account, http.Actor(account.Email ?? ""), "single sign-on", cancellationToken, new ProviderSession(time.GetUtcNow() + _provider.Lifetime, idToken));
        return outcome;
    }

    /// <summary>The highest role of a person's groups; null for none.</summary>
    private ModeratorRole? RoleOf(ClaimsPrincipal principal)
    {
        var groups = principal.FindAll(_provider.RolesClaim).Select(claim => claim.Value).Append("*").ToHashSet(StringComparer.Ordinal);
        return _provider.AdminGroups.Any(groups.Contains) ? ModeratorRole.Admin
            : _provider.ModeratorGroups.Any(groups.Contains) ? ModeratorRole.Moderator
            : _provider.ObserverGroups.Any(groups.Contains) ? ModeratorRole.Observer
            : null;
    }

    private async Task<(ModeratorAccount? Account, ProviderOutcome Outcome)> MakeAsync(ClaimsPrincipal principal, UserLoginInfo login, ModeratorRole? role, HttpContext http, CancellationToken cancellationToken)
    {
        if (role is null)
            return (null, ProviderOutcome.NoGroup);
        if (principal.FindFirstValue("email") is not { Length: > 0 } email)
            return (null, ProviderOutcome.NoEmail);
        var account = new ModeratorAccount { UserName = email, Email = email, EmailConfirmed = true };
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        var made = await accounts.CreateAsync(account);
        if (made.Succeeded)
            made = await accounts.AddToRoleAsync(account, role.Value.ToString());
        if (made.Succeeded)
            made = await accounts.AddLoginAsync(account, login);
        if (!made.Succeeded)
        {
            log.LogWarning("The account {Email} of {Issuer} couldn't be created: {Problems}", email, _provider.Issuer, string.Join(' ', AccountErrors.Of(made)));
            return (null, made.Errors.Any(error => error.Code.StartsWith("Duplicate", StringComparison.Ordinal)) ? ProviderOutcome.Taken : ProviderOutcome.NoEmail);
        }
        await context.RecordAsync(new AuditEntry(AuditActs.AccountCreated, http.Actor(email)) { Object = email, New = AuditEntry.Values(("role", role), ("from", _provider.Name)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (role == ModeratorRole.Admin)
        {
            setupLink.Close(); // the setup link is only for a server without an Admin
            setupFile.Delete();
        }
        return (account, ProviderOutcome.SignedIn);
    }

    private async Task<ProviderOutcome> ConnectAsync(string accountId, UserLoginInfo login, HttpContext http, CancellationToken cancellationToken)
    {
        if (await accounts.FindByIdAsync(accountId) is not { IsDisabled: false } account)
            return ProviderOutcome.Disabled;
        await using var transaction = await context.BeginWriteAsync(cancellationToken);
        if (await accounts.AddLoginAsync(account, login) is { Succeeded: false } failed)
            throw new InvalidOperationException("The account couldn't be connected: " + string.Join(' ', AccountErrors.Of(failed)));
        await context.RecordAsync(new AuditEntry(AuditActs.AccountConnected, http.User.Actor()) { Object = account.Email, New = AuditEntry.Values(("to", _provider.Name)) }, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ProviderOutcome.Connected;
    }

    /// <summary>Writes a role into the account. The rooms it is for stay as an Admin set them.</summary>
    private async Task<ProviderOutcome> FollowAsync(ModeratorAccount account, ModeratorRole? role, CancellationToken cancellationToken)
    {
        var held = await accounts.GetRolesAsync(account);
        if (held.SequenceEqual(role is { } one ? [one.ToString()] : [], StringComparer.Ordinal))
            return role is null ? ProviderOutcome.NoGroup : ProviderOutcome.SignedIn;
        try
        {
            await moderators.ChangeAccessAsync(account.Id, ModeratorAccess.Of(role, RoomSet.Read(account.Rooms), account.ObservesElsewhere), _provider.Name, cancellationToken);
            return role is null ? ProviderOutcome.NoGroup : ProviderOutcome.SignedIn;
        }
        catch (ModeratorChangeRefusedException)
        {
            log.LogWarning("{Email} is in no Admin group of {Issuer} any more, and stays Admin as the only one who can sign in. Sign in with an account of {Groups}, or make another account Admin on the People page.", account.Email, _provider.Issuer, string.Join(", ", _provider.AdminGroups));
            return ProviderOutcome.LastAdmin;
        }
    }
}

/// <summary>What differs for a session of who signed in at the provider.</summary>
/// <param name="Until">When it ends in any case: the provider isn't asked about the person before.</param>
/// <param name="IdToken">What signs them out there.</param>
internal sealed record ProviderSession(DateTimeOffset Until, string? IdToken);
