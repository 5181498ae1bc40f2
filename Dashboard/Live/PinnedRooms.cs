using Presence.Dashboard.Authentication.Accounts;

namespace Presence.Dashboard.Live;

/// <summary>The pinned rooms of the moderator who looks. They are a view of one's own: every role may pin.</summary>
internal sealed class PinnedRooms(PinBoard board, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">The moderator may no longer see rooms.</exception>
    public async ValueTask<IReadOnlyList<string>> ReadAsync() => await board.ReadAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId);

    /// <summary>Pins a room or lets it go.</summary>
    /// <exception cref="AccessRefusedException">The moderator may no longer see rooms.</exception>
    public async Task<PinOutcome> SetAsync(string roomId, bool isPinned) =>
        await board.SetAsync((await guard.RequireAsync(ModeratorRole.Observer)).AccountId, roomId, isPinned);
}
