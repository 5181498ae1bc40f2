using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Creates an account for the holder of an invitation link.</summary>
public sealed partial class JoinPage
{
    private Invitation? _invitation;
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromForm(FormName = "join")]
    private Credentials Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? Token { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private InvitationStore Invitations { get; set; } = default!;

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
        _invitation = await Invitations.FindAsync(Token, Http.RequestAborted);
    }

    private async Task JoinAsync()
    {
        IReadOnlyList<string>? problems;
        var email = Input.Email.Trim();
        try
        {
            problems = await Invitations.JoinAsync(Token, email, Input.Password, Http.Actor(email).Address, Http.RequestAborted);
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            problems = [refusal];
        }
        if (problems is { Count: 0 })
        {
            Throttle.GiveBack(Http.Connection.RemoteIpAddress);
            await Moderators.AdmitAsync(email, Http);
            Navigation.NavigateTo("");
        }

        if (problems is null)
            _invitation = null; // the link was used meanwhile
        else
            _problems = problems;
        Input.Password = "";
    }
}
