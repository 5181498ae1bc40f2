using Presence.Engine.Storage;

namespace Presence.Dashboard.Hosting;

/// <summary>Everything administration decided, read before anybody is restored: who was removed must not come back with a restart.</summary>
internal sealed class AdministrationStores(RoomStore rooms, RemovalStore removals, PresenceSwitchStore switches, ChannelStore channels, ServerKeyStore serverKeys, PublicLinkStore publicLinks)
{
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await rooms.LoadAsync(cancellationToken);
        await removals.LoadAsync(cancellationToken);
        await switches.LoadAsync(cancellationToken);
        await channels.LoadAsync(cancellationToken);
        await serverKeys.LoadAsync(cancellationToken);
        await publicLinks.LoadAsync(cancellationToken);
    }
}
