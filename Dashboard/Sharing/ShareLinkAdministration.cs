using Presence.Dashboard.Accounts;
using Presence.Engine.History;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Sharing;

/// <summary>Share links as moderators make, see and revoke them; the role is checked here, whatever the page shows.</summary>
internal sealed class ShareLinkAdministration(ShareLinkStore links, ModeratorGuard guard)
{
    /// <summary>The links of all rooms that the moderator moderates, the newest first.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator.</exception>
    public async Task<IReadOnlyList<ShareLink>> ReadAsync()
    {
        var rooms = (await guard.RequireSomewhereAsync(ModeratorRole.Moderator)).Access.RoomsOf(ModeratorRole.Moderator);
        return rooms is null ? links.List() : [.. links.List().Where(link => rooms.Contains(link.RoomId))];
    }

    /// <summary>Makes a link, in the moderator's name.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator of its room. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">A cap is reached. Nothing was changed.</exception>
    public async Task<IssuedShareLink> MakeAsync(string roomId, ShareLinkKind kind, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.MakeAsync(roomId, kind, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Makes a link to one broadcast, in the moderator's name.</summary>
    /// <inheritdoc cref="MakeAsync(string, ShareLinkKind, bool, CancellationToken)" path="/exception"/>
    public async Task<IssuedShareLink> MakeAsync(Broadcast broadcast, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, broadcast.RoomId);
        return await links.MakeAsync(broadcast.RoomId, ShareLinkKind.Broadcast, showsNames: false, moderator.Actor, cancellationToken, broadcast.Id);
    }

    /// <summary>Revokes a link of any moderator. Its open pages end within a second.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator of its room. Nothing was changed.</exception>
    public async Task RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, links.FindById(id)?.RoomId);
        await links.RevokeAsync(id, moderator.Actor, cancellationToken);
    }
}
