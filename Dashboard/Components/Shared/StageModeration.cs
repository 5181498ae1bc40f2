using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>Inviting viewers, taking them off the stage and lowering hands, as the API does; the role is checked here, whatever the page shows.</summary>
internal sealed class StageModeration(StageStore stages, ModeratorGuard guard, NoticeBoard notices, PageFailures failures)
{
    /// <summary>Invites a viewer.</summary>
    public Task InviteAsync(string roomId, string userId, string name) => TryAsync(async () =>
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        if (await stages.InviteAsync(roomId, userId, InvitationRules.Default, moderator.Actor, CancellationToken.None) is null)
            notices.Say(Sentence.With(RoomTexts.StageGone, VisibleText.Isolated(name)), severity: Severity.Warning);
    });

    /// <summary>Takes an invitation back, or its viewer off the stage.</summary>
    public Task CancelAsync(StageInvitation invitation) => TryAsync(async () =>
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, invitation.RoomId);
        await stages.CancelAsync(invitation.RoomId, invitation.Id, moderator.Actor, CancellationToken.None);
    });

    /// <summary>Lowers a hand, or with null all of a room.</summary>
    public Task LowerAsync(string roomId, string? userId) => TryAsync(async () =>
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        await stages.LowerHandsAsync(roomId, userId, moderator.Actor, CancellationToken.None);
    });

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (AccessRefusedException)
        {
            notices.Say(RoomTexts.NotAllowed, severity: Severity.Error);
        }
        catch (StoreFullException full)
        {
            notices.Say(full.Message, severity: Severity.Error);
        }
#pragma warning disable CA1031 // any failure: the moderator is told and can try again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            notices.Say(failures.Tell(failure, "A stage couldn't be changed.", RoomTexts.StageFailed), severity: Severity.Error);
        }
    }
}
