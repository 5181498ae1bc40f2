using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Display;
using Presence.Engine.Audit;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Accounts;

/// <summary>
/// Actions of the signed-in account. Plain forms and not the page's circuit: each of them changes
/// cookies, which only a response can. The page says how it went, from its address.
/// </summary>
internal static class AccountEndpoints
{
    public const string PasswordPath = "/account/password";
    public const string SignOutEverywherePath = "/account/sign-out-everywhere";
    public const string AppearancePath = "/account/appearance";
    public const string Outcome = "outcome";

    public static void MapAccountForms(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("").WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();
        forms.MapPost(ModeratorAccounts.SignOutPath, SignOutAsync).AllowAnonymous();
        forms.MapPost(PasswordPath, ChangePasswordAsync).WithMetadata(new HashesPasswordsAttribute()).RequireAuthorization(ModeratorPolicy.Observe);
        forms.MapPost(SignOutEverywherePath, SignOutEverywhereAsync).RequireAuthorization();
        Passkeys.Map(forms);
        forms.MapPost(AppearancePath, ChangeAppearanceAsync).RequireAuthorization(ModeratorPolicy.Observe);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, ModeratorSessions sessions)
    {
        var onwards = await ProviderSignIn.SignOutAddressAsync(http);
        await sessions.EndAsync(http.User, http.RequestAborted, isLeaving: onwards is not null);
        return onwards is null ? Results.LocalRedirect("~" + ModeratorAccounts.SignInPath) : ProviderSignIn.GoOn(http, onwards, SignInTexts.SigningOut);
    }

    private static async Task<IResult> ChangePasswordAsync(
        HttpContext http, AccountsContext context, UserManager<ModeratorAccount> accounts, ModeratorPasswords passwords, ModeratorSessions sessions, SignInThrottle throttle, TimeProvider time)
    {
        if (await accounts.GetUserAsync(http.User) is not { Email: { } email } account)
            return Results.LocalRedirect("~" + ModeratorAccounts.SignInPath);

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        // Otherwise anyone at an unlocked computer could guess the password here.
        using var attempt = throttle.TryBegin(email, http.Connection.RemoteIpAddress, out _);
        if (attempt is null)
            return Back(PasswordOutcome.Throttled);
        try
        {
            await attempt.WaitAsync(http, time);
            if (!await passwords.VerifyAsync(account, form["current"].ToString(), http.RequestAborted))
            {
                attempt.End(SignInOutcome.Refused);
                return Back(PasswordOutcome.Wrong);
            }
            attempt.End(SignInOutcome.SignedIn);
            var set = await passwords.SetAsync(account, form["new"].ToString(), http.RequestAborted);
            if (!set.Succeeded)
                return Back(OutcomeOf(set.Errors.First().Code));
        }
        catch (HashingBusyException)
        {
            return Back(PasswordOutcome.Busy);
        }

        await using var transaction = await context.BeginWriteAsync(http.RequestAborted);
        if (!(await accounts.UpdateAsync(account)).Succeeded)
            return Back(PasswordOutcome.Busy); // the account was changed at the same moment
        await context.RecordAsync(new AuditEntry(AuditActs.PasswordChanged, http.User.Actor()) { Object = email }, time.GetUtcNow(), http.RequestAborted);
        await transaction.CommitAsync(http.RequestAborted);
        await sessions.KeepOnlyAsync(http.User, account, http.RequestAborted); // with the new stamp
        return Back(PasswordOutcome.Changed);
    }

    private static PasswordOutcome OutcomeOf(string brokenRule) => brokenRule switch
    {
        nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => PasswordOutcome.Uniform,
        PasswordRules.TooLong => PasswordOutcome.Long,
        PasswordRules.OwnWords => PasswordOutcome.Own,
        PasswordRules.Common => PasswordOutcome.Common,
        _ => PasswordOutcome.Short,
    };

    private static async Task<IResult> SignOutEverywhereAsync(HttpContext http, SignInManager<ModeratorAccount> signIn, ModeratorStore moderators)
    {
        if (signIn.UserManager.GetUserId(http.User) is { } id)
            await moderators.EndSessionsAsync(id, http.User.Actor(), http.RequestAborted);
        await signIn.SignOutAsync();
        return Results.LocalRedirect("~" + ModeratorAccounts.SignInPath);
    }

    /// <summary>Sent by wwwroot/theme.js, which has already shown and remembered the choice.</summary>
    private static async Task<IResult> ChangeAppearanceAsync(HttpContext http, UserManager<ModeratorAccount> accounts, AppearanceStore appearances)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var isStored = accounts.GetUserId(http.User) is { } id && await appearances.ChangeAsync(id, form["theme"], form["density"]);
        return isStored ? Results.NoContent() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Back(PasswordOutcome outcome) => Results.LocalRedirect($"~/account?{Outcome}={outcome.ToString().ToLowerInvariant()}");
}
