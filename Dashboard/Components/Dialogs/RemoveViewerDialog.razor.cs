using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>Asks from where, for how long and why, and removes. Closes with what was decided, or with nothing.</summary>
public sealed partial class RemoveViewerDialog
{
    private static readonly (RemovalLength Length, string Text)[] Lengths =
    [
        (RemovalLength.FiveMinutes, ViewerTexts.Minutes5),
        (RemovalLength.Hour, ViewerTexts.Hour1),
        (RemovalLength.Day, ViewerTexts.Hours24),
        (RemovalLength.Custom, ViewerTexts.Custom),
    ];

    private RemovalEntry? _inRoom;
    private RemovalEntry? _inNetwork;
    private string _problem = "";
    private bool _isBusy;

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

    private string? RoomId => Question.RoomId;

    private DateTimeOffset Now => Time.GetUtcNow();

    private string? Place => Draft.IsNetworkWide ? null : RoomId;

    /// <summary>The removal in force where this one is meant for.</summary>
    private RemovalEntry? InForce => Place is null ? _inNetwork : _inRoom;

    /// <summary>What the button does to an active ban: the moderator has read who set it.</summary>
    private string RemoveText => (_isBusy, Draft.Span, InForce) switch
    {
        (true, _, _) => ViewerTexts.Removing,
        (_, { } span, null) => Sentence.With(ViewerTexts.RemoveFor, Durations.Rough(span)),
        (_, { } span, { } known) => Sentence.With(Now + span < known.Removal.Until ? ViewerTexts.RemoveShorten : ViewerTexts.RemoveExtend, Durations.Rough(span)),
        _ => RoomTexts.Remove,
    };

    /// <summary>Opens the dialog. Null if no viewer was removed.</summary>
    internal static async Task<RemovalEntry?> OpenAsync(IDialogService dialogs, BanQuestion question) =>
        await dialogs.AskAsync<RemoveViewerDialog>(
            Sentence.With(ViewerTexts.RemoveTitle, VisibleText.Isolated(question.Name)),
            new DialogParameters<RemoveViewerDialog> { { dialog => dialog.Question, question } }) as RemovalEntry;

    protected override async Task OnInitializedAsync()
    {
        try
        {
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

    private async Task RemoveAsync()
    {
        if (Draft.Span is not { } span)
            return;
        _isBusy = true;
        try
        {
            Dialog.Close(await Moderation.RemoveAsync(UserId, Place, span, Draft.ReasonOrNull, InForce, CancellationToken.None));
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
}
