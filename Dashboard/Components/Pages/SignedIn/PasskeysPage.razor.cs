using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Components.Pages.SignedIn;

/// <summary>Adds and removes one's own passkeys.</summary>
public sealed partial class PasskeysPage
{
    private ModeratorAccount? _account;
    private IReadOnlyList<UserPasskeyInfo> _passkeys = [];
    private string? _said;
    private bool _isProblem;

    [SupplyParameterFromForm(FormName = "add")]
    private PasskeyInput Input { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "remove")]
    private PasskeyInput Removal { get; set; } = default!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private Passkeys Keys { get; set; } = default!;

    [Inject]
    private UserManager<ModeratorAccount> Users { get; set; } = default!;

    [Inject]
    private ModeratorPasswords Passwords { get; set; } = default!;

    [Inject]
    private SignInThrottle Throttle { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>Whether nothing else is open until there is a second factor: the first passkey may be added, and none removed, by who has the password alone.</summary>
    private bool IsNeeded => SecondFactorRule.IsNeededBy(Http.User);

    protected override async Task OnInitializedAsync()
    {
        Input ??= new PasskeyInput();
        Removal ??= new PasskeyInput();
        _account = await Users.GetUserAsync(Http.User);
        await LoadAsync();
    }

    /// <summary>Needs the password: a passkey signs in past the second factor, for good.</summary>
    private async Task AddAsync()
    {
        if (_account is not { PasswordHash: not null, Email: { } email } account || _passkeys.Count >= (IsNeeded ? 1 : Passkeys.Most))
            return;
        var (password, name) = (Input.Password ?? "", (Input.Name ?? "").Trim());
        Input.Password = "";
        if (name.Length is 0 or > Passkeys.LongestName || name.Any(char.IsControl))
        {
            Refuse(Sentence.With(SignInTexts.PasskeyNameRule, Passkeys.LongestName));
            return;
        }
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
            if (Input.Credential is not { Length: > 0 } credential)
            {
                Refuse(PasskeyErrors.TextOf(Input.Error, isNew: true));
                return;
            }
            if (!await Keys.AddAsync(account, credential, name, Http.User.Actor(), Http.RequestAborted))
            {
                Refuse(SignInTexts.PasskeyNotAdded);
                return;
            }
            _said = Sentence.With(SignInTexts.PasskeyWasAdded, name);
            Input.Name = "";
            await LoadAsync();
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            Refuse(refusal);
        }
    }

    private async Task RemoveAsync()
    {
        Throttle.GiveBack(Http.Connection.RemoteIpAddress);
        var id = new byte[Encoding.UTF8.GetByteCount(Removal.Remove ?? "")];
        if (IsNeeded || _account is not { } account || !Convert.TryFromBase64String(Removal.Remove ?? "", id, out var length))
            return;
        await Keys.RemoveAsync(account, id[..length], Http.User.Actor(), Http.RequestAborted);
        _said = SignInTexts.PasskeyWasRemoved;
        await LoadAsync();
    }

    private async Task LoadAsync() => _passkeys = _account is { } account ? await Keys.ListAsync(account) : [];

    private void Refuse(string problem) => (_said, _isProblem) = (problem, true);

    private static Dictionary<string, object?> Field(string name, string autocomplete) => new(StringComparer.Ordinal) { ["name"] = name, ["autocomplete"] = autocomplete };
}

/// <summary>What the browser says went wrong, in words.</summary>
internal static class PasskeyErrors
{
    /// <param name="error">The name of the error; null for none.</param>
    /// <param name="isNew">Whether a passkey was to be added.</param>
    public static string TextOf(string? error, bool isNew) => error switch
    {
        "NotAllowedError" or "AbortError" => SignInTexts.PasskeyCancelled,
        "InvalidStateError" when isNew => SignInTexts.PasskeyKnown,
        "SecurityError" => SignInTexts.PasskeyAddress,
        "ServerError" => SignInTexts.PasskeyReload,
        _ => SignInTexts.PasskeyFailed,
    };
}
