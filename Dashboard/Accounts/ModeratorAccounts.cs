using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Hosting;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>Accounts of moderators (ASP.NET Core Identity), their cookie, and signing out.</summary>
internal static class ModeratorAccounts
{
    public const string SignInPath = "/sign-in";
    public const string CodePath = "/sign-in/code";
    public const string TwoFactorPath = "/account/two-factor";
    public const string SignOutPath = "/sign-out";
    public const string SetupPath = "/setup";
    public const string JoinPath = "/join";
    public const string NewPasswordPath = "/new-password";
    public const int ShortestPassword = 12;
    public const int DifferentCharacters = 5;

    public static void AddModeratorAccounts(this WebApplicationBuilder builder, DashboardOptions.SignInOptions signIn)
    {
        var services = builder.Services;
        AddStores(services);
        AddCookies(services);
        services.AddProvider(signIn);
        services.AddDataProtection().SetApplicationName("Presence Dashboard");
        // It warns that the keys are not encrypted at rest. Like the signing keys, they are files that only the owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        // Anyone can have it fail. ProviderSignIn logs one line, with what it was.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler", LogLevel.Critical);
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>, KeysInDataFolder>();

        services.AddAuthorizationBuilder();
        services.Configure<Microsoft.AspNetCore.Authorization.AuthorizationOptions>(ModeratorPolicy.AddTo);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, ModeratorRevalidation>();
        services.AddScoped<CircuitHandler, ModeratorRevalidation.OfCircuit>();
        services.TryAddScoped<ModeratorGuard>();
        services.TryAddSingleton<AccountValues>();
        services.TryAddSingleton<PinnedRooms>();
        services.TryAddSingleton<AppearanceStore>();
        services.AddScoped<ModeratorSignIn>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<FirstAccount>();
        services.AddSingleton<AccountsStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<AccountsStartup>());
        services.AddSingleton<FailedSignIns>();
        services.AddLoop<FailedSignIns>("failed sign-ins", TimeSpan.FromMinutes(1), (failed, cancel) => failed.FlushAsync(cancel));
        services.AddLoop<LastSeen>("moderators seen", TimeSpan.FromMinutes(1), (seen, cancel) => seen.FlushAsync(cancel));
    }

    public static void MapModeratorAccounts(this WebApplication app)
    {
        app.MapAccountForms();
        app.MapProvider();
    }

    internal static void Configure(IdentityOptions options)
    {
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
        options.User.RequireUniqueEmail = true;
        // Length makes a password strong. Composition rules only make it harder to remember.
        options.Password.RequiredLength = ShortestPassword;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
        options.Password.RequiredUniqueChars = DifferentCharacters;
    }

    /// <summary>The accounts, without credentials.</summary>
    internal static void AddStores(IServiceCollection services)
    {
        services.AddDbContext<AccountsContext>((provider, context) =>
        {
            provider.GetRequiredService<PresenceDatabase>().Configure(context, AccountsContext.MigrationsHistoryTable);
            // Both also throw, and the handler decides whether to log: on a full disk, logging every failure makes it worse.
            context.ConfigureWarnings(events => events.Ignore(CoreEventId.SaveChangesFailed, RelationalEventId.CommandError));
        });
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = ModeratorPasswords.Rounds); // PBKDF2 with SHA-512
        services.TryAddSingleton<IPasswordHasher<ModeratorAccount>, PasswordHasher<ModeratorAccount>>();
        services.AddSingleton<PasswordHashing>();
        services.AddScoped<ModeratorPasswords>();
        services.AddScoped<ModeratorSessions>();
        services.AddScoped<SecondFactor>();
        Passkeys.Configure(services);
        services.AddSingleton<UsedCodes>();
        services.AddSingleton<SecondFactorRule>();
        services.AddIdentityCore<ModeratorAccount>(Configure)
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<AccountsContext>()
            .AddSignInManager()
            .AddErrorDescriber<AccountErrors>()
            .AddPasswordValidator<PasswordRules>()
            .AddDefaultTokenProviders()
            .AddTokenProvider<OneTimeCodes>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddSingleton<AccountChanges>();
        services.TryAddSingleton<AddressHashes>();
        services.AddSingleton<LastSeen>();
        services.AddSingleton<ModeratorStore>();
        services.AddSingleton<InvitationStore>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<SetupLinkFile>();
        services.AddSingleton<PasswordLinks>();
    }

    private static void AddCookies(IServiceCollection services)
    {
        services.AddOptions<AntiforgeryOptions>().Configure<PublicAddress>((options, address) =>
        {
            // One name for all requests, so the prefix needs to know that all of them come over TLS.
            options.Cookie.Name = (address.IsHttps ? address.SecureCookiePrefix : "") + "presence-form";
            options.Cookie.Path = address.CookiePath;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, options =>
            {
                options.Cookie.Name = "presence-moderator";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.LoginPath = SignInPath;
                options.AccessDeniedPath = "/access-denied";
                options.SlidingExpiration = true;
                options.Events = new CookieAuthenticationEvents
                {
                    OnValidatePrincipal = ModeratorRevalidation.ValidateAsync,
                    OnRedirectToLogin = SessionEnds.RedirectAsync,
                };
                var refuse = options.Events.OnRedirectToAccessDenied;
                options.Events.OnRedirectToAccessDenied = context =>
                {
                    if (SecondFactorRule.IsNeededBy(context.HttpContext.User))
                        context.RedirectUri = context.Request.PathBase + TwoFactorPath;
                    return refuse(context);
                };
            })
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, options =>
            {
                options.Cookie.Name = "presence-code";
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = PendingSignIn.Lifetime;
            });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme).Configure<PublicAddress>((options, address) =>
        {
            options.Cookie.Path = address.CookiePath;
            options.CookieManager = new SchemeAwareCookieManager(address.SecureCookiePrefix);
        });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<DashboardOptions, PublicAddress>((options, dashboard, address) =>
        {
            options.ExpireTimeSpan = dashboard.SignIn.IdleTimeout;
            options.Cookie.Path = address.CookiePath;
            options.CookieManager = new SchemeAwareCookieManager(address.SecureCookiePrefix);
        });
    }
}

/// <summary>The account of someone who may sign in to the dashboard. The user name is the email.</summary>
internal sealed class ModeratorAccount : IdentityUser
{
    /// <summary>Whether an Admin took its access away; everything else about it stays, for the day it is given back.</summary>
    public bool IsDisabled { get; set; }

    /// <summary>The rooms its role is for, as <see cref="Presence.Engine.Rooms.RoomSet"/> writes them; null for all.</summary>
    public string? Rooms { get; set; }

    /// <summary>Whether it observes the other rooms.</summary>
    public bool ObservesElsewhere { get; set; }

    /// <summary>The name in the invitation, for the rules of the first password. Not stored.</summary>
    [NotMapped]
    public string? Name { get; set; }

    /// <summary>When a page was last open in its name, at most a minute behind (<see cref="LastSeen"/>).</summary>
    public DateTimeOffset? LastSeenAt { get; set; }
}

/// <summary>An account cannot be changed like that. Nothing was done.</summary>
/// <param name="explanation">A sentence of a resource with the rule and the way out.</param>
internal sealed class ModeratorChangeRefusedException(string explanation) : Exception(explanation)
{
    /// <summary>What a page shows.</summary>
    public string Explanation { get; } = explanation;
}
