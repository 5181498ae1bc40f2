using Presence.Dashboard.Accounts;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>Public links as moderators read and change them; the role is checked here, whatever the page shows.</summary>
internal sealed class PublicLinkAdministration(PublicLinkStore links, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<PublicLinkViewModel> ReadAsync(string roomId)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return new PublicLinkViewModel(links.FindOfRoom(roomId), await guard.HoldsAsync(ModeratorRole.Moderator, roomId));
    }

    /// <summary>Makes a new link, in the moderator's name; the one before leads nowhere from then on.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<PublicLink> MakeAsync(string roomId, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.MakeAsync(roomId, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Says whether the link shows names; it stays the same.</summary>
    /// <inheritdoc cref="MakeAsync" path="/exception"/>
    public async Task<PublicLink> ShowNamesAsync(string roomId, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.SetAsync(roomId, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Takes the link back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task RevokeAsync(string roomId, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        await links.RevokeAsync(roomId, moderator.Actor, cancellationToken);
    }
}

/// <summary>A room's public link as one moderator sees it.</summary>
/// <param name="Link">The link; null while the room has none.</param>
/// <param name="MayChange">Whether this moderator may make one or take it back.</param>
internal sealed record PublicLinkViewModel(PublicLink? Link, bool MayChange);
