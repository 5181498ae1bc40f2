using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>Asks for notes and deletes them for whatever page asks, says what came of it, and offers the way back.</summary>
internal sealed class ViewerNoteDialogs(IDialogService dialogs, NoticeBoard notices, NoteModeration moderation, PageFailures failures)
{
    /// <summary>Asks for a note on a viewer, or for what becomes of one, and keeps it; whether anything was changed.</summary>
    /// <param name="userId">Who; empty asks for that too.</param>
    /// <param name="name">What the viewer is called.</param>
    /// <param name="note">The note to change; null for a new one.</param>
    /// <param name="roomId">The room at hand, whose moderators see it; null for none.</param>
    public async Task<bool> AskAsync(string userId, string name, ViewerNote? note = null, string? roomId = null)
    {
        var title = userId.Length == 0 ? NoteTexts.AddUser : Sentence.With(note is null ? NoteTexts.NoteOf : NoteTexts.EditTitle, VisibleText.Isolated(name));
        if (await dialogs.AskAsync<NoteDialog>(title, new DialogParameters<NoteDialog> { { dialog => dialog.UserId, userId }, { dialog => dialog.Note, note }, { dialog => dialog.Name, name }, { dialog => dialog.RoomId, roomId } }) is not ViewerNote kept)
            return false;
        notices.Say(Sentence.With(note is null ? NoteTexts.Added : NoteTexts.Changed, VisibleText.Isolated(userId.Length == 0 ? VisibleText.IdOf(kept.UserId) : name)));
        return true;
    }

    /// <summary>Deletes a note, says so and offers the way back; whether it is gone.</summary>
    public Task<bool> DeleteAsync(ViewerNote note, string name, Func<Task>? undone = null) => TryAsync(async () =>
    {
        if (await moderation.DeleteAsync(note) is not { } isOwn)
            return;
        // Another's would come back under this moderator's name.
        notices.Say(Sentence.With(NoteTexts.Deleted, VisibleText.Isolated(name)), isOwn ? () => TryAsync(async () =>
        {
            await moderation.SaveAsync(note.UserId, null, new NoteDraft(note.Text, note.Flag, note.ExpiresAt));
            if (undone is not null)
                await undone();
        }) : null);
    });

    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (AccessRefusedException)
        {
            notices.Say(NoteTexts.NotAllowed, severity: Severity.Error);
        }
        catch (NoteOfAnotherException another)
        {
            notices.Say(Sentence.With(NoteTexts.OfAnother, another.By), severity: Severity.Error);
        }
        catch (StoreFullException full)
        {
            notices.Say(Sentence.With(NoteTexts.Full, Numbers.Count(full.Most)), severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the moderator is told and can try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            notices.Say(failures.Tell(failure, "A note couldn't be changed.", NoteTexts.Failed), severity: Severity.Error);
        }
        return false;
    }
}
