using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Pages.SignedIn;

/// <summary>Sets up one's own second factor, renews its recovery codes and turns it off. Static: key and codes are in one answer and in no circuit.</summary>
public sealed partial class TwoFactorPage
{
    private ModeratorAccount? _account;
    private AuthenticatorKey? _key;
    private IReadOnlyList<string>? _codes;
    private int _left;
    private string? _said;
    private bool _isProblem;

    /// <summary>Whoever knows the password alone must not set up an authenticator app beside the owner's passkeys.</summary>
    private bool _mustUsePasskey;

    [SupplyParameterFromForm(FormName = "confirm")]
    private CodeInput Confirmation { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "change")]
    private SecondFactorChange Change { get; set; } = default!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private SecondFactor SecondFactor { get; set; } = default!;

    [Inject]
    private UserManager<ModeratorAccount> Accounts { get; set; } = default!;

    [Inject]
    private ModeratorPasswords Passwords { get; set; } = default!;

    [Inject]
    private SignInThrottle Throttle { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Whether nothing else is open until there is a second factor.</summary>
    private bool IsNeeded => SecondFactorRule.IsNeededBy(Http.User);

    protected override async Task OnInitializedAsync()
    {
        Confirmation ??= new CodeInput();
        Change ??= new SecondFactorChange();
        _account = await Accounts.GetUserAsync(Http.User);
        _mustUsePasskey = IsNeeded && _account is not null && (await Accounts.GetPasskeysAsync(_account)).Count > 0;
        if (_account is { TwoFactorEnabled: true })
            _left = await SecondFactor.CountCodesAsync(_account);
        else if (_account is not null && HttpMethods.IsPost(Http.Request.Method) && Http.Request.Form["_handler"] == "confirm")
            _key = await SecondFactor.PendingAsync(_account); // a form is only heard that is drawn before it; a GET doesn't show the key again
    }

    private async Task BeginAsync()
    {
        if (_mustUsePasskey || _account is not { TwoFactorEnabled: false, PasswordHash: not null } account)
            return;
        _key = await SecondFactor.BeginAsync(account);
        Throttle.GiveBack(Http.Connection.RemoteIpAddress);
    }

    private async Task ConfirmAsync()
    {
        if (_mustUsePasskey || _account is not { TwoFactorEnabled: false } account)
            return;
        _codes = await SecondFactor.ConfirmAsync(account, Confirmation.Code, Http.User, Http.RequestAborted);
        if (_codes is not null)
        {
            Throttle.GiveBack(Http.Connection.RemoteIpAddress);
            _said = SignInTexts.TwoFactorTurnedOn;
            return;
        }
        Confirmation.Code = "";
        Refuse(SignInTexts.CodeWrongAtSetUp);
    }

    /// <summary>Both need the password: who sits down at an unlocked computer must not get past the second factor for good.</summary>
    private async Task ChangeAsync()
    {
        if (_account is not { TwoFactorEnabled: true, Email: { } email } account)
            return;
        var (password, act) = (Change.Password, Change.Act);
        Change.Password = "";
        using var attempt = Throttle.TryBegin(email, Http.Connection.RemoteIpAddress, out var wait);
        if (attempt is null)
        {
            Refuse(PageWait.Refuse(Http, wait));
            return;
        }
        try
        {
            await attempt.WaitAsync(Http, Time);
            if (!await Passwords.VerifyAsync(account, password, Http.RequestAborted))
            {
                attempt.End(SignInOutcome.Refused);
                Refuse(AccountTexts.PasswordWrong);
                return;
            }
            attempt.End(SignInOutcome.SignedIn);
            if (act == SecondFactorChange.Disable)
            {
                await SecondFactor.DisableAsync(account, Http.User, Http.RequestAborted);
                _said = SignInTexts.TwoFactorTurnedOff;
            }
            else
            {
                _codes = await SecondFactor.RenewCodesAsync(account, Http.User.Actor(), Http.RequestAborted);
                _said = SignInTexts.CodesRenewed;
            }
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            Refuse(refusal);
        }
    }

    private void Refuse(string problem) => (_said, _isProblem) = (problem, true);

    private static Dictionary<string, object?> Field(string name, string autocomplete) => new(StringComparer.Ordinal) { ["name"] = name, ["autocomplete"] = autocomplete };
}

/// <summary>What the form of an account with a second factor posts.</summary>
public sealed class SecondFactorChange
{
    public const string Renew = "renew";
    public const string Disable = "disable";

    public string Password { get; set; } = "";

    /// <summary>The button that was pressed; new codes where none was.</summary>
    public string? Act { get; set; }
}
