using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>Asks from where, for how long and why, and removes. Closes with what was decided, or with nothing.</summary>
public sealed partial class RemoveViewerDialog
{
    /// <summary>Whom the dialog names one by one.</summary>
    private const int MostNamed = 8;

    private readonly CancellationTokenSource _stop = new();
    private RemovalEntry? _inRoom;
    private RemovalEntry? _inNetwork;
    private string _problem = "";
    private bool _isBusy;
    private int _done;
    private bool _mayBanFromNetwork;
    private ModeratorBoard.Acting? _acting;

    /// <summary>Whom to remove from where, and what was chosen so far.</summary>
    [Parameter, EditorRequired]
    public BanQuestion Question { get; set; } = default!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private ViewerModeration Moderation { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private RemovalDraft Draft => Question.Draft;

    private string UserId => Question.UserId;

    private IReadOnlyList<string> UserIds => [Question.UserId, .. Question.Others];

    private bool AreMany => Question.Others.Count > 0;

    private string? RoomId => Question.RoomId;

    private DateTimeOffset Now => Time.GetUtcNow();

    private string? Place => Draft.IsNetworkWide ? null : RoomId;

    /// <summary>The removal in force where this one is meant for.</summary>
    private RemovalEntry? InForce => Place is null ? _inNetwork : _inRoom;

    private DateTimeOffset? OtherEnd => Draft.EndAt(Now, LocalTime.Zone);

    private string OtherText => (_isBusy, OtherEnd) switch
    {
        (true, _) => ViewerTexts.Removing,
        (_, { } end) when Draft.IsUntil => Sentence.With(InForce is null ? BanTexts.RemoveUntil : BanTexts.RemoveTo, LocalTime.Clock(end, Now)),
        (_, { } end) => ActionText(end, Durations.Rough(end - Now)),
        _ => RoomTexts.Remove,
    };

    private string ActionText(RemovalLength length, string text) =>
        length == RemovalLength.Forever && InForce is null ? ViewerTexts.RemoveForever : ActionText(BanWords.EndOf(length, LocalTime, Now), text);

    /// <summary>What a button does, also to an active ban: the moderator has read who set it.</summary>
    private string ActionText(DateTimeOffset end, string text) =>
        Sentence.With(InForce is not { } known ? ViewerTexts.RemoveFor : end < known.Removal.Until ? ViewerTexts.RemoveShorten : ViewerTexts.RemoveExtend, text);

    public void Dispose()
    {
        _acting?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Opens the dialog for one viewer. Null if it was not removed.</summary>
    internal static async Task<RemovalEntry?> OpenAsync(IDialogService dialogs, BanQuestion question) => (await OpenTogetherAsync(dialogs, question))?[0].After;

    /// <summary>Opens the dialog. What was set, or null if no viewer was removed.</summary>
    internal static async Task<IReadOnlyList<BanChange>?> OpenTogetherAsync(IDialogService dialogs, BanQuestion question) =>
        await dialogs.AskAsync<RemoveViewerDialog>(
            Sentence.With(ViewerTexts.RemoveTitle, VisibleText.Isolated(question.Name)),
            new DialogParameters<RemoveViewerDialog> { { dialog => dialog.Question, question } }) as IReadOnlyList<BanChange>;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _acting = await Moderation.EnterAsync(UserIds, () => _ = InvokeAsync(StateHasChanged), Question.Name, RoomId);
            _mayBanFromNetwork = await Moderation.MayActInAsync(null);
            Draft.IsNetworkWide &= _mayBanFromNetwork;
            if (AreMany)
                return; // as with a pasted list, what is in force for one of them is replaced
            _inNetwork = await Moderation.InForceAsync(UserId, null, CancellationToken.None);
            if (RoomId is not null)
                _inRoom = await Moderation.InForceAsync(UserId, RoomId, CancellationToken.None);
        }
        catch (AccessRefusedException)
        {
            _problem = ViewerTexts.NotAllowed;
        }
#pragma warning disable CA1031 // a failed read here is caught later, because the store compares versions
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "A viewer's bans couldn't be loaded.");
        }
    }

    private Task RemoveOtherAsync() => OtherEnd is { } end ? RemoveAsync(end) : Task.CompletedTask;

    private async Task RemoveAsync(DateTimeOffset until)
    {
        (_isBusy, _done, _problem) = (true, 0, "");
        try
        {
            var ban = new Removal(UserId, Place, until, Draft.ReasonOrNull);
            IReadOnlyList<BanChange> changes = AreMany
                ? await Moderation.RemoveManyAsync([.. UserIds.Select(userId => ban with { UserId = userId })], new Progress<int>(done => _ = InvokeAsync(() => Show(done))), _stop.Token, Draft.WithDevices)
                : [new BanChange(InForce, await Moderation.RemoveAsync(ban, Draft.WithDevices, InForce, CancellationToken.None))];
            Dialog.Close(changes);
        }
        catch (RemovalConflictException conflict)
        {
            if (conflict.Current.Removal.RoomId is null)
                _inNetwork = conflict.Current;
            else
                _inRoom = conflict.Current;
            _problem = Sentence.With(ViewerTexts.RemoveConflict, conflict.Current.By);
        }
        catch (AccessRefusedException)
        {
            _problem = ViewerTexts.NotAllowed;
        }
        catch (StoreFullException full)
        {
            _problem = Sentence.With(ViewerTexts.RemovalsFull, Numbers.Count(full.Most));
        }
#pragma warning disable CA1031 // any failure: the dialog says so and stays
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _problem = Failures.Tell(failure, "A viewer couldn't be removed.", ViewerTexts.RemoveFailed);
        }
        finally
        {
            _isBusy = false;
        }
    }

    private void Cancel()
    {
        if (_isBusy && AreMany)
            _stop.Cancel(); // what is banned by then stays, and can be undone
        else
            Dialog.Cancel();
    }

    private void Show(int done)
    {
        if (done / 20 == _done / 20 && done != UserIds.Count)
            return; // a render each twenty
        _done = done;
        StateHasChanged();
    }
}
