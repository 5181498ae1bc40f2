using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Fair draws for one circuit, as the API does them; the role is checked here, whatever the page shows.</summary>
internal sealed class DrawAdministration(DrawStore draws, IPresence presence, ModeratorGuard guard, PageReads? reads = null)
{
    /// <summary>The room's draws, the latest first, without their candidates.</summary>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async Task<IReadOnlyList<FairDraw>> ListAsync(string roomId, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return await draws.ListAsync(roomId, cancellationToken);
    }

    /// <summary>How many would take part now. Looks at every viewer of the room, for which the account pays.</summary>
    /// <inheritdoc cref="ListAsync" path="/exception"/>
    public async Task<int> CountAsync(string roomId, DrawFilter filter, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Observer, roomId);
        if (reads is not null)
            await reads.WaitAsync(moderator.AccountId, (await presence.CountAsync(roomId, cancellationToken)).Viewers, cancellationToken);
        return (await presence.OrderViewersAsync(roomId, filter.ToQuery(), cancellationToken)).Length;
    }

    /// <summary>Fixes a seed.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was done.</exception>
    public async Task<FairDraw> PrepareAsync(string roomId, int winners, DrawFilter filter, CancellationToken cancellationToken) =>
        await draws.PrepareAsync(roomId, winners, filter, (await guard.RequireAsync(ModeratorRole.Moderator, roomId)).Actor, cancellationToken);

    /// <summary>Draws among those present now. Null when a hundred newer draws have taken its place.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was done.</exception>
    /// <exception cref="StoreFullException">Too many take part. Nothing was drawn.</exception>
    public async Task<FairDraw?> DrawAsync(string roomId, string id, CancellationToken cancellationToken) =>
        await draws.DrawAsync(roomId, id, (await guard.RequireAsync(ModeratorRole.Moderator, roomId)).Actor, cancellationToken);

    /// <summary>Whether a winner is already invited to the stage, or on it.</summary>
    public bool IsInvited(string roomId, string userId) => presence.InvitationOf(roomId, userId) is { IsOpen: true };

    /// <summary>What the winners are called, in their order.</summary>
    public async Task<IReadOnlyList<string>> NamesOfAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        var profiles = await presence.ReadProfilesAsync(userIds, cancellationToken);
        return [.. userIds.Select((userId, place) => ViewerNames.Of(profiles[place], isGuest: false, userId))];
    }
}

/// <summary>Draws in words and addresses.</summary>
internal static class DrawWords
{
    /// <summary>Who takes part in a draw of these viewers, as far as a draw can tell them apart: one that is fading still counts.</summary>
    public static DrawFilter FilterOf(RosterView view)
    {
        var query = view.ToQuery();
        return new DrawFilter(view.Minutes ?? 0, query.State, query.IsGuest, IsHandRaised: null, query.Search, query.Device);
    }

    /// <summary>"Watching · Guests only · “an”"; null for everybody.</summary>
    public static string? Text(DrawFilter filter)
    {
        string?[] parts =
        [
            filter.PresentForMinutes > 0 ? Sentence.With(DrawTexts.PresentFor, Numbers.Count(filter.PresentForMinutes)) : null,
            filter.State switch { ViewerState.Visible => ViewerTexts.StatusWatching, ViewerState.Hidden => ViewerTexts.StatusHidden, ViewerState.Paused => ViewerTexts.StatusPaused, _ => null },
            filter.IsGuest switch { true => RoomTexts.GuestsAlone, false => RoomTexts.NoGuests, null => null },
            filter.IsHandRaised switch { true => DrawTexts.HandRaised, false => DrawTexts.HandNotRaised, null => null },
            filter.Search is { } search ? Sentence.With(DrawTexts.Quoted, VisibleText.Isolated(search)) : null,
            filter.Device is { } device ? Sentence.With(DrawTexts.Quoted, VisibleText.Isolated(device)) : null,
        ];
        return parts.Any(part => part is not null) ? string.Join(" · ", parts.Where(part => part is not null)) : null;
    }

    /// <summary>The address of a draw with all candidates, as the API returns it.</summary>
    public static string DownloadHref(FairDraw draw) => RoomLinks.Download(draw.RoomId, "draw.json", [new("draw", draw.Id)]);
}
