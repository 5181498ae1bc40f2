using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Sets a new password for the holder of a password link, and signs them in.</summary>
public sealed partial class NewPasswordPage
{
    private string? _email;
    private bool _isDisabled;
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromForm(FormName = "new-password")]
    private Credentials Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? Token { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private PasswordLinks Links { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private SignInThrottle Throttle { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Credentials();
        _email = await Links.FindAsync(Token, Http.RequestAborted);
    }

    private async Task SetAsync()
    {
        if (_email is not { } email)
            return;
        IReadOnlyList<string>? problems;
        try
        {
            problems = await Links.UseAsync(Token, Input.Password, Http.Actor("").Address, Http.RequestAborted);
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            problems = [refusal];
        }
        if (problems is { Count: 0 })
        {
            Throttle.GiveBack(Http.Connection.RemoteIpAddress);
            var outcome = await Moderators.AdmitAsync(email, Http);
            if (outcome != SignInOutcome.Refused)
                Navigation.NavigateTo(outcome == SignInOutcome.NeedsCode ? ModeratorAccounts.CodePath[1..] : "");
            _isDisabled = true;
        }

        if (problems is null)
            _email = null; // the link was used meanwhile
        else
            _problems = problems;
        Input.Password = "";
    }
}
