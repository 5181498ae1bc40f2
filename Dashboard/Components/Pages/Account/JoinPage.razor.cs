using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Authentication.Accounts;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Makes an account for whoever holds an invitation's link.</summary>
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
    private NavigationManager Navigation { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Credentials();
        _invitation = await Invitations.FindAsync(Token, Http.RequestAborted);
    }

    private async Task JoinAsync()
    {
        var email = Input.Email.Trim();
        var problems = await Invitations.JoinAsync(Token, email, Input.Password, Http.RequestAborted);
        if (problems is { Count: 0 })
        {
            await Moderators.SignInAsync(email, Input.Password, ClientAddress.Of(Http));
            Navigation.NavigateTo("/");
        }

        if (problems is null)
            _invitation = null; // somebody was faster
        else
            _problems = problems;
        Input.Password = "";
    }
}
