using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// What somebody does with the account they are signed in to. Plain forms and not the page's circuit: each of them changes
/// cookies, which only a response can. The page says how it went, from its address.
/// </summary>
internal static class OwnAccountForms
{
    public const string PasswordPath = "/account/password";
    public const string SignOutEverywherePath = "/account/sign-out-everywhere";
    public const string Outcome = "outcome";

    public static void MapOwnAccountForms(this IEndpointRouteBuilder app)
    {
        app.MapPost(ModeratorAccounts.SignOutPath, SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(PasswordPath, ChangePasswordAsync).RequireAuthorization().ExcludeFromDescription();
        app.MapPost(SignOutEverywherePath, SignOutEverywhereAsync).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, IAntiforgery antiforgery, SignInManager<ModeratorAccount> signIn)
    {
        // Validated by hand, here as below: the middleware only enforces it on endpoints that bind a form.
        if (!await antiforgery.IsRequestValidAsync(http))
            return Results.BadRequest();
        await signIn.SignOutAsync();
        return Results.LocalRedirect(ModeratorAccounts.SignInPath);
    }

    private static async Task<IResult> ChangePasswordAsync(
        HttpContext http, IAntiforgery antiforgery, SignInManager<ModeratorAccount> signIn, SignInThrottle throttle, AccountChanges changes)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return Results.BadRequest();
        if (await signIn.UserManager.GetUserAsync(http.User) is not { Email: { } email } account)
            return Results.LocalRedirect(ModeratorAccounts.SignInPath);

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var address = ClientAddress.Of(http);
        // A browser left open must not be a place to guess the password.
        if (throttle.WaitBefore(email, address) is not null)
            return Back(PasswordOutcome.Throttled);
        var changed = await signIn.UserManager.ChangePasswordAsync(account, form["current"].ToString(), form["new"].ToString());
        if (!changed.Succeeded)
        {
            var isWrong = changed.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch));
            if (isWrong)
                throttle.RecordFailure(email, address);
            return Back(isWrong ? PasswordOutcome.Wrong : PasswordOutcome.Short);
        }

        throttle.RecordSuccess(email, address);
        await signIn.RefreshSignInAsync(account); // this browser stays; its stamp is the new one
        changes.Announce(account.Id);
        return Back(PasswordOutcome.Changed);
    }

    private static async Task<IResult> SignOutEverywhereAsync(HttpContext http, IAntiforgery antiforgery, SignInManager<ModeratorAccount> signIn, ModeratorStore moderators)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
            return Results.BadRequest();
        if (signIn.UserManager.GetUserId(http.User) is { } id)
            await moderators.EndSessionsAsync(id, http.RequestAborted);
        await signIn.SignOutAsync();
        return Results.LocalRedirect(ModeratorAccounts.SignInPath);
    }

    private static IResult Back(PasswordOutcome outcome) => Results.LocalRedirect($"/account?{Outcome}={outcome.ToString().ToLowerInvariant()}");
}
