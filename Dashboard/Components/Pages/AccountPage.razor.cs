using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One's own account: password, sessions, and what this browser is to look and behave like.</summary>
public sealed partial class AccountPage : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private SignInMeans? _means;

    [SupplyParameterFromQuery(Name = AccountEndpoints.Outcome)]
    private string? Outcome { get; set; }

    [Inject]
    private BrowserChoices Choices { get; set; } = default!;

    [Inject]
    private DashboardOptions Options { get; set; } = default!;

    [Inject]
    private ModeratorStore Moderators { get; set; } = default!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private PasswordOutcome? Known => Enum.TryParse<PasswordOutcome>(Outcome, ignoreCase: true, out var outcome) && Enum.IsDefined(outcome) ? outcome : null;

    private DashboardOptions.ProviderOptions Provider => Options.SignIn.OpenIdConnect;

    /// <summary>Nothing of passwords is shown to who has none.</summary>
    private bool HasPassword => Options.SignIn.LocalAccounts && _means?.HasPassword == true;

    private bool IsProblem => Known is not PasswordOutcome.Changed && Outcome != nameof(ProviderOutcome.Connected);

    private string? Said => Known switch
    {
        null when Outcome == nameof(ProviderOutcome.Connected) => Sentence.With(SignInTexts.Connected, Provider.Name),
        null when Outcome == nameof(ProviderOutcome.LastAdmin) => Sentence.With(SignInTexts.LastAdmin, Provider.Name),
        PasswordOutcome.Changed => AccountTexts.PasswordChanged,
        PasswordOutcome.Wrong => AccountTexts.PasswordWrong,
        PasswordOutcome.Short => Unchanged(Sentence.With(AccountTexts.ProblemShort, ModeratorAccounts.ShortestPassword)),
        PasswordOutcome.Long => Unchanged(Sentence.With(AccountTexts.ProblemLong, ModeratorPasswords.Longest)),
        PasswordOutcome.Uniform => Unchanged(Sentence.With(AccountTexts.ProblemUniform, ModeratorAccounts.DifferentCharacters)),
        PasswordOutcome.Own => Unchanged(AccountTexts.ProblemOwnWords),
        PasswordOutcome.Common => Unchanged(AccountTexts.ProblemCommon),
        PasswordOutcome.Throttled => AccountTexts.PasswordThrottled,
        PasswordOutcome.Busy => Unchanged(AccountTexts.Busy),
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        if ((await Authentication).User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id)
            _means = await Moderators.MeansOfAsync(id, _closing.Token);
    }

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private static Dictionary<string, object?> PasswordField(string name, string autocomplete, int? shortest = null) =>
        new(StringComparer.Ordinal) { ["name"] = name, ["autocomplete"] = autocomplete, ["minlength"] = shortest };

    private static string Unchanged(string problem) => Sentence.With(AccountTexts.PasswordUnchanged, problem);
}
