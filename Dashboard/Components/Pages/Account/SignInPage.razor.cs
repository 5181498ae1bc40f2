using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages.SignedIn;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Signs a moderator in, then goes where they were headed.</summary>
public sealed partial class SignInPage
{
    private string? _refusal;
    private string? _problem;

    [SupplyParameterFromForm(FormName = "sign-in")]
    private Credentials Input { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "passkey")]
    private PasskeyInput Passkey { get; set; } = default!;

    [SupplyParameterFromQuery(Name = ReturnUrl.Parameter)]
    private string? ReturnAddress { get; set; }

    [SupplyParameterFromQuery(Name = SessionEnds.Parameter)]
    private string? Ended { get; set; }

    [SupplyParameterFromQuery(Name = ProviderSignIn.Problem)]
    private string? Problem { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private SetupLink SetupLink { get; set; } = default!;

    [Inject]
    private DashboardOptions Options { get; set; } = default!;

    [Inject]
    private IServiceProvider Services { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private DashboardOptions.ProviderOptions Provider => Options.SignIn.OpenIdConnect;

    private bool HasPasswords => Options.SignIn.LocalAccounts;

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

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Credentials();
        Passkey ??= new PasskeyInput();
        if (SetupLink.IsOpen && Provider.Issuer is null)
            Navigation.NavigateTo(ModeratorAccounts.SetupPath[1..]);
        else if (HttpMethods.IsGet(Http.Request.Method) && ModeratorAccess.Of(Http.User).HoldsSomewhere(ModeratorRole.Observer))
            Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
        if (HttpMethods.IsGet(Http.Request.Method) && Provider.Issuer is not null)
            _problem = await ProblemTextAsync();
    }

    /// <summary>What went wrong at the provider and what to do; null for nothing.</summary>
    private async Task<string?> ProblemTextAsync() => Problem switch
    {
        "Denied" => Sentence.With(SignInTexts.ProblemDenied, Provider.Name),
        "Lost" => SignInTexts.ProblemLost,
        "Again" => Sentence.With(SignInTexts.ProblemAgain, Provider.Name),
        "Refused" => Sentence.With(SignInTexts.ProblemRefused, Provider.Name),
        "Unreachable" => Sentence.With(SignInTexts.ProblemUnreachable, Provider.Name),
        "Issuer" => Sentence.With(SignInTexts.ProblemIssuer, Provider.Issuer, await FoundAsync()),
        "Throttled" => SignInTexts.ProblemThrottled,
        "NoPasswords" => Sentence.With(SignInTexts.ProblemNoPasswords, Provider.Name),
        nameof(ProviderOutcome.NoGroup) => Sentence.With(SignInTexts.ProblemNoGroup, Provider.Name, Provider.RolesClaim),
        nameof(ProviderOutcome.Disabled) => SignInTexts.ProblemDisabled,
        nameof(ProviderOutcome.NoEmail) => Sentence.With(SignInTexts.ProblemNoEmail, Provider.Name),
        nameof(ProviderOutcome.Taken) => Sentence.With(SignInTexts.ProblemTaken, Provider.Name),
        null => null,
        _ => Sentence.With(SignInTexts.ProblemFailed, Provider.Name),
    };

    private async Task<string> FoundAsync()
    {
        try
        {
            return await ProviderSignIn.IssuerFoundAsync(Services, Http.RequestAborted) ?? "?";
        }
        catch (InvalidOperationException)
        {
            return "?"; // it no longer answers
        }
    }

    private async Task SignInWithPasskeyAsync()
    {
        if (Passkey.Credential is not { Length: > 0 } credential)
        {
            _problem = PasskeyErrors.TextOf(Passkey.Error, isNew: false);
            return;
        }
        try
        {
            if (await Moderators.SignInWithPasskeyAsync(credential, Http) == SignInOutcome.SignedIn)
                Navigation.NavigateTo(ReturnUrl.LocalOrHome(ReturnAddress, Navigation));
            _problem = SignInTexts.PasskeyRefused;
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            _problem = refusal;
        }
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
