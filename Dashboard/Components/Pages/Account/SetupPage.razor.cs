using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Components.Pages.Account;

/// <summary>Creates the first account for the holder of the one-time link, and tells everyone else where to find it.</summary>
public sealed partial class SetupPage
{
    private IReadOnlyList<string> _problems = [];

    [SupplyParameterFromForm(FormName = "setup")]
    private Credentials Input { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? Token { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    [Inject]
    private SetupLink SetupLink { get; set; } = default!;

    [Inject]
    private FirstAccount FirstAccount { get; set; } = default!;

    [Inject]
    private ModeratorSignIn Moderators { get; set; } = default!;

    [Inject]
    private SignInThrottle Throttle { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override void OnInitialized() => Input ??= new Credentials();

    private async Task CreateAsync()
    {
        // Only a holder of the link sees the form, but anyone can post it.
        if (!SetupLink.Matches(Token))
            return;

        IReadOnlyList<string>? problems;
        var email = Input.Email.Trim();
        try
        {
            problems = await FirstAccount.CreateAsync(email, Input.Password, Http.Actor(email), Http.RequestAborted);
        }
        catch (Exception failure) when (Failures.Refuse(Http, failure) is { } refusal)
        {
            problems = [refusal];
        }
        if (problems is null)
            return; // setup was finished meanwhile, and the page now says so

        _problems = problems;
        if (problems.Count == 0)
        {
            Throttle.GiveBack(Http.Connection.RemoteIpAddress);
            await Moderators.AdmitAsync(email, Http);
            Navigation.NavigateTo("");
        }
        Input.Password = "";
    }
}
