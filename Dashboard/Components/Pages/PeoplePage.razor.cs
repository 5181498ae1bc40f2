using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components.Pages;

/// <summary>Accounts and invitations. Read again after every change.</summary>
public sealed partial class PeoplePage : IDisposable
{
    private static readonly IReadOnlyList<GridChoice<Moderator>> ByRole = [new("role", PeopleTexts.Role, moderator => ModeratorRoles.Text(moderator.Role))];

    private readonly CancellationTokenSource _closing = new();
    private PeopleViewModel? _reading;
    private IssuedInvitation? _issued;
    private IssuedPasswordLink? _passwordLink;
    private AccessDraft _draft = new();
    private string? _edited;
    private bool _isAskedAgain;
    private bool _isBusy;
    private bool _hasFailed;
    private bool _isRefused;

    /// <summary>The typed name for an invitation. Kept for the tab's next circuit, like the two below.</summary>
    [PersistentState]
    public string? Name { get; set; }

    /// <summary>The access an invitation gives.</summary>
    [PersistentState]
    public AccessDraft Draft
    {
        get => _draft;
        set => _draft = value ?? new AccessDraft();
    }

    /// <summary>The account whose dialog is open.</summary>
    [PersistentState]
    public string? Edited
    {
        get => _edited;
        set => _edited = value;
    }

    [Inject]
    private PeopleAdministration People { get; set; } = default!;

    [Inject]
    private AccountChanges Changes { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private NoticeBoard Notices { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private DashboardOptions Options { get; set; } = default!;

    [Inject]
    private PublicAddress Address { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    protected override Task OnInitializedAsync()
    {
        Changes.Subscribe(OnChanged);
        return LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The dialog was open when the tab's circuit was lost. It opens again when the accounts are loaded.
        if (_isAskedAgain || _reading is null)
            return;
        _isAskedAgain = true;
        if (_edited is { } id && _reading.Moderators.FirstOrDefault(moderator => moderator.Id == id) is { } edited)
            await EditAsync(edited);
    }

    public void Dispose()
    {
        Changes.Unsubscribe(OnChanged);
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            _reading = await People.ReadAsync(_closing.Token);
            _hasFailed = false;
        }
        catch (AccessRefusedException)
        {
            _isRefused = true;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The page was closed during the read.
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "The accounts couldn't be loaded.");
            _hasFailed = true;
        }
    }

    private bool IsSelf(Moderator moderator) => string.Equals(moderator.Email, _reading!.OwnEmail, StringComparison.OrdinalIgnoreCase);

    private string? NoteOn(Moderator moderator) =>
        (moderator.IsDisabled ? PeopleTexts.Disabled : IsSelf(moderator) ? PeopleTexts.You : null, moderator.HasSecondFactor ? PeopleTexts.SecondFactor : null) switch
        {
            ({ } state, { } factor) => $"{state} · {factor}",
            var (state, factor) => state ?? factor,
        };

    private string Seen(Moderator moderator) => moderator.LastSeenAt is { } at ? Durations.Ago(Time.GetUtcNow() - at) : PeopleTexts.Never;

    private async Task EditAsync(Moderator moderator)
    {
        _edited = moderator.Id;
        var chosen = await Dialogs.AskAsync<ModeratorDialog>(PeopleTexts.EditTitle, new DialogParameters<ModeratorDialog> { { dialog => dialog.Moderator, moderator } });
        _edited = null;
        if (chosen is ModeratorDialog.NewPassword)
        {
            await ActAsync(async () => _passwordLink = await People.MakePasswordLinkAsync(moderator.Id, _closing.Token));
        }
        else if (chosen is ModeratorDialog.NoSecondFactor)
        {
            await ActAsync(() => People.ResetSecondFactorAsync(moderator, _closing.Token));
        }
        else if (chosen is bool isDisabled)
        {
            await ActAsync(() => People.SetDisabledAsync(moderator, isDisabled, _closing.Token));
        }
        else if (chosen is ModeratorAccess access && access != moderator.Access)
        {
            await ActAsync(() => People.ChangeAccessAsync(moderator, access, _closing.Token));
        }
    }

    private string WithoutSecondFactor => _reading!.WithoutSecondFactor switch
    {
        0 => PeopleTexts.SecondFactorAllHave,
        var count => Sentence.With(count == 1 ? PeopleTexts.SecondFactorWithoutOne : PeopleTexts.SecondFactorWithoutMany, Numbers.Count(count)),
    };

    private Task RequireSecondFactorAsync(bool isRequired) => ActAsync(() => People.RequireSecondFactorAsync(isRequired, _closing.Token));

    private Task InviteAsync() => ActAsync(async () =>
    {
        _issued = await People.InviteAsync(Name ?? "", Draft.Value ?? ModeratorAccess.None, _closing.Token);
        Name = "";
    });

    private Task TakeBackAsync(Invitation invitation) => ActAsync(async () =>
    {
        await People.TakeBackAsync(invitation.Id, _closing.Token);
        if (_issued?.Invitation.Id == invitation.Id)
            _issued = null;
        Notices.Say(PeopleTexts.TakenBack);
    });

    private async Task ActAsync(Func<Task> act)
    {
        if (_isBusy)
            return;
        _isBusy = true;
        try
        {
            await act();
        }
        catch (ModeratorChangeRefusedException refusal)
        {
            Notices.Say(refusal.Explanation, severity: Severity.Error);
        }
        catch (AccessRefusedException)
        {
            Notices.Say(PeopleTexts.NoLonger, severity: Severity.Error);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The page was closed. Completed changes stay.
        }
#pragma warning disable CA1031 // any failure: the page says that it did not work
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Notices.Say(Failures.Tell(failure, "An account couldn't be changed.", PeopleTexts.Unexpected), severity: Severity.Error);
        }
        finally
        {
            _isBusy = false;
        }
        await LoadAsync();
    }

    private void OnChanged(string? accountId) => _ = InvokeAsync(async () =>
    {
        if (_closing.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    });
}
