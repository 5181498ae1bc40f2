using Presence.Dashboard.Accounts;
using Presence.Engine.History;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Live;

/// <summary>What history answers to a moderator's forms; the role is checked here, whatever the page shows.</summary>
internal sealed class HistoryAdministration(IHistory history, ModeratorGuard guard)
{
    /// <summary>Tries an interval and a timeout on the heartbeats of the last day.</summary>
    /// <param name="roomId">The room; null for the network.</param>
    /// <param name="wanted">The settings to try.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<Rehearsal> RehearseAsync(string? roomId, PresenceSettings wanted, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        return await history.RehearseAsync(new RehearsalQuery(roomId, wanted.HeartbeatInterval, wanted.PresenceTimeout), cancellationToken);
    }
}
