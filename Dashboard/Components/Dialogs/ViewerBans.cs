using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Dialogs;

/// <summary>Bans and lifts bans for whatever page asks, says what came of it, and offers the way back.</summary>
internal sealed class ViewerBans(IDialogService dialogs, NoticeBoard notices, ViewerModeration moderation, PageFailures failures, LocalTime localTime, TimeProvider time)
{
    /// <summary>The question that is open. Null while none is.</summary>
    public BanQuestion? Asked { get; private set; }

    /// <summary>Asks from where, for how long and why, and bans.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="name">What the viewer is called.</param>
    /// <param name="roomId">The room at hand. Null offers the network alone.</param>
    /// <returns>Whether a viewer was banned.</returns>
    public Task<bool> AskAsync(string userId, string name, string? roomId) => AskAsync(new BanQuestion(userId, name, roomId, new RemovalDraft()));

    /// <summary>Asks the same of viewers who are banned together, with one way back for all.</summary>
    /// <param name="userIds">At least one, at most <see cref="ViewerModeration.MostTogether"/>.</param>
    /// <param name="roomId">The room at hand.</param>
    /// <returns>Whether any was banned.</returns>
    public Task<bool> AskAsync(IReadOnlyList<string> userIds, string roomId) => AskAsync(
        new BanQuestion(userIds[0], Numbers.Of(userIds.Count, RoomTexts.ViewersOne, RoomTexts.ViewersMany), roomId, new RemovalDraft()) { Others = [.. userIds.Skip(1)] });

    /// <summary>Asks again what was asked before the tab's circuit was lost, with what was chosen and typed by then.</summary>
    public async Task<bool> AskAsync(BanQuestion question)
    {
        Asked = question;
        var changes = await RemoveViewerDialog.OpenTogetherAsync(dialogs, question);
        Asked = null;
        if (changes is null or [])
            return false;
        if (question.Others.Count > 0)
            Say(changes, BanTexts.BannedMany);
        else if (changes[0].After is { Removal: var ban })
            notices.Say(BanWords.Banned(ban, question.Name, localTime, time.GetUtcNow()), () => LiftAsync(question.UserId, question.Name, ban.RoomId));
        return true;
    }

    /// <summary>Lifts a ban; undone, what was left of it is in force again.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="name">What the viewer is called.</param>
    /// <param name="roomId">The room it is banned from. Null for the network.</param>
    /// <returns>Whether the viewer may come back.</returns>
    public Task<bool> LiftAsync(string userId, string name, string? roomId) => TryAsync(
        async () =>
        {
            var lifted = await moderation.InForceAsync(userId, roomId, CancellationToken.None);
            await moderation.LiftAsync(userId, roomId, CancellationToken.None);
            notices.Say(Sentence.With(RoomTexts.Lifted, VisibleText.Isolated(name)), lifted is null ? null : () => RestoreAsync(lifted, name));
        },
        RoomTexts.LiftFailed);

    /// <summary>Does something to many bans, says how many, and offers one way back for all.</summary>
    /// <param name="act">Does it.</param>
    /// <param name="done">The sentence for the number.</param>
    /// <param name="undone">Told when it was undone.</param>
    /// <returns>Whether it was done.</returns>
    public Task<bool> ManyAsync(Func<Task<IReadOnlyList<BanChange>>> act, string done, Func<Task>? undone = null) => TryAsync(
        async () => Say(await act(), done, undone),
        BanTexts.ActFailed);

    /// <summary>Says how many bans were changed, and offers one way back for all.</summary>
    public void Say(IReadOnlyList<BanChange> changes, string done, Func<Task>? undone = null)
    {
        if (changes.Count == 0)
            return;
        notices.Say(Sentence.With(done, Numbers.Count(changes.Count)), () => TryAsync(
            async () =>
            {
                notices.Say(Sentence.With(BanTexts.UndoneMany, Numbers.Count(await moderation.UndoAsync(changes, CancellationToken.None))));
                if (undone is not null)
                    await undone();
            },
            BanTexts.ActFailed));
    }

    private Task<bool> RestoreAsync(RemovalEntry lifted, string name) => TryAsync(
        async () =>
        {
            var now = time.GetUtcNow();
            if (lifted.Removal is not { } ban || ban.Until <= now)
                return;
            await moderation.RemoveAsync(ban, withDevices: false, known: null, CancellationToken.None);
            notices.Say(BanWords.Banned(ban, name, localTime, now));
        },
        ViewerTexts.RemoveFailed);

    private async Task<bool> TryAsync(Func<Task> act, string failed)
    {
        try
        {
            await act();
            return true;
        }
        catch (AccessRefusedException)
        {
            notices.Say(RoomTexts.NotAllowed, severity: Severity.Error);
        }
        catch (RemovalConflictException conflict)
        {
            notices.Say(Sentence.With(ViewerTexts.RemoveConflict, conflict.Current.By), severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the moderator is told and can try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            notices.Say(failures.Tell(failure, "A ban couldn't be changed.", failed), severity: Severity.Error);
        }
        return false;
    }
}

/// <summary>The question whether, from where and for how long to ban a viewer.</summary>
/// <param name="UserId">Whom. The dialog names the id beside the name, since several may be called the same.</param>
/// <param name="Name">What the viewer is called. For several, how many.</param>
/// <param name="RoomId">The room at hand. Null offers the network alone.</param>
/// <param name="Draft">What is chosen and typed.</param>
public sealed record BanQuestion(string UserId, string Name, string? RoomId, RemovalDraft Draft)
{
    /// <summary>Who is banned together with it.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
