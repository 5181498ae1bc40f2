using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Signs a moderator in, then goes where they were headed.</summary>
public sealed partial class SignInPage
{
    private string? _refusal;

    [SupplyParameterFromForm(FormName = "sign-in")]
    private Credentials Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = ReturnUrl.Parameter)]
    private string? ReturnAddress { get; set; }

    [SupplyParameterFromQuery(Name = SessionEnds.Parameter)]
    private string? Ended { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private SetupLink SetupLink { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <summary>Why a session ended. Null without one, and after the form was sent.</summary>
    private string? EndText => !HttpMethods.IsGet(Http.Request.Method) ? null
        : (SessionEnds.Of(Http) ?? (Enum.TryParse<SessionEnd>(Ended, out var end) ? end : null)) switch
        {
            SessionEnd.Expired => AccountTexts.EndExpired,
            SessionEnd.SignedOut => AccountTexts.EndSignedOut,
            SessionEnd.AccountClosed => AccountTexts.EndAccountClosed,
            SessionEnd.RoleChanged => AccountTexts.EndRoleChanged,
            SessionEnd.SignedOutEverywhere => AccountTexts.EndSignedOutEverywhere,
            _ => null,
        };

    protected override void OnInitialized()
    {
        Input ??= new Credentials();
        if (SetupLink.IsOpen)
            Navigation.NavigateTo(ModeratorAccounts.SetupPath[1..]);
        else if (HttpMethods.IsGet(Http.Request.Method) && ModeratorPolicy.Holds(Http.User, ModeratorRole.Observer))
            Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
    }

    private async Task SignInAsync()
    {
        try
        {
            var (outcome, wait) = await Moderators.SignInAsync(Input.Email.Trim(), Input.Password, Http);
            switch (outcome)
            {
                case SignInOutcome.SignedIn:
                    Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
                    break;
                case SignInOutcome.NeedsCode:
                    Navigation.NavigateTo(ReturnUrl.With(ModeratorAccounts.CodePath, ReturnAddress));
                    break;
                case SignInOutcome.Throttled:
                    _refusal = PageWait.Refuse(Http, wait);
                    break;
                default:
                    _refusal = AccountTexts.Refused;
                    break;
            }
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            _refusal = refusal;
        }
        Input.Password = "";
    }
}
