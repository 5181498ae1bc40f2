using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>Pins rooms for whatever page asks, says what came of it, and offers the way back.</summary>
internal sealed class RoomPins(IPresence presence, PinnedRooms pins, ModeratorGuard guard, NoticeBoard notices)
{
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync()
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var pinned = await pins.ReadAsync(moderator.AccountId);
        return moderator.Access.RoomsOf(ModeratorRole.Observer) is { } rooms ? [.. pinned.Where(rooms.Contains)] : pinned;
    }

    /// <summary>Pins a room, or lets it go if it is pinned. Undone, it is where it was among the others.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer of the room. Nothing was changed.</exception>
    public async Task<PinOutcome> ToggleAsync(string roomId)
    {
        var accountId = (await guard.RequireAsync(ModeratorRole.Observer, roomId)).AccountId;
        var place = (await pins.ReadAsync(accountId)).Index().Where(pin => PresenceComparers.RoomId.Equals(pin.Item, roomId)).Select(pin => (int?)pin.Index).FirstOrDefault();
        return await SetAsync(accountId, roomId, isPinned: place is null, place);
    }

    private async Task<PinOutcome> SetAsync(string accountId, string roomId, bool isPinned, int? place)
    {
        var outcome = await pins.SetAsync(accountId, roomId, isPinned, place);
        var name = VisibleText.NameOf(presence.StateOf(roomId).Definition.Title) ?? VisibleText.IdOf(roomId);
        if (PinOutcomeTexts.Problem(outcome) is { } problem)
            notices.Say(problem, severity: Severity.Error);
        else
            notices.Say(Sentence.With(isPinned ? RoomListTexts.WasPinned : RoomListTexts.WasUnpinned, VisibleText.Isolated(name)), () => SetAsync(accountId, roomId, !isPinned, place));
        return outcome;
    }
}
