using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Authentication.Accounts;
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

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private SetupLink SetupLink { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

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
        var (outcome, wait) = await Moderators.SignInAsync(Input.Email.Trim(), Input.Password, Http);
        switch (outcome)
        {
            case SignInOutcome.SignedIn:
                Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
                break;
            case SignInOutcome.Throttled:
                _refusal = PageWait.Refuse(Http, wait);
                break;
            case SignInOutcome.Busy:
                PageWait.Refuse(Http, wait);
                _refusal = AccountTexts.Busy;
                break;
            default:
                _refusal = AccountTexts.Refused;
                break;
        }
        Input.Password = "";
    }
}
