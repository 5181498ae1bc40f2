using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>The second step of signing in: a code of the authenticator app, or a recovery code.</summary>
public sealed partial class CodePage
{
    private readonly Dictionary<string, object?> _field = new(StringComparer.Ordinal) { ["name"] = "Input.Code", ["autocomplete"] = "one-time-code", ["data-first"] = true };
    private string? _refusal;

    [SupplyParameterFromForm(FormName = "code")]
    private CodeInput Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = ReturnUrl.Parameter)]
    private string? ReturnAddress { get; set; }

    [SupplyParameterFromQuery(Name = "Recovery")]
    private string? Recovery { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private UserManager<ModeratorAccount> Accounts { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private bool UsesRecovery => Recovery is not null;

    /// <summary>The same page for the other kind of code. Either field takes both.</summary>
    private string Other => UsesRecovery ? ReturnUrl.With(ModeratorAccounts.CodePath, ReturnAddress) : QueryHelpers.AddQueryString(ReturnUrl.With(ModeratorAccounts.CodePath, ReturnAddress), "Recovery", "1");

    protected override async Task OnInitializedAsync()
    {
        Input ??= new CodeInput();
        if (HttpMethods.IsGet(Http.Request.Method) && await PendingSignIn.FindAsync(Http, Accounts) is null)
            Navigation.NavigateTo(ReturnUrl.With(ModeratorAccounts.SignInPath, ReturnAddress));
    }

    private async Task SignInAsync()
    {
        try
        {
            var (outcome, wait) = await Moderators.SignInWithCodeAsync(Input.Code, Http);
            switch (outcome)
            {
                case SignInOutcome.SignedIn:
                    Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
                    break;
                case SignInOutcome.Throttled:
                    _refusal = PageWait.Refuse(Http, wait);
                    break;
                case SignInOutcome.Expired:
                    _refusal = SignInTexts.CodeExpired;
                    break;
                default:
                    _refusal = SignInTexts.CodeWrong;
                    break;
            }
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            _refusal = refusal;
        }
        Input.Code = "";
    }
}
