using Presence.Dashboard.Accounts;
using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>Reads the rooms of a wall for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class WallQuery(PresenceEngine engine, RoomRowQuery rows, PinnedRooms pinned, ModeratorGuard guard)
{
    /// <param name="rooms">The rooms the address names; none shows those the moderator pinned.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<WallViewModel> ReadAsync(IReadOnlyList<string> rooms)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Observer);
        var shown = rooms.Count > 0 ? rooms : await pinned.ReadAsync(moderator.AccountId);
        rows.BeginPass();
        var network = engine.CountNetwork();
        return new WallViewModel([.. shown.Take(PinnedRooms.Most).Select(rows.Read)], network.Viewers, network.At, engine.IsWarming, engine.Settings.Enabled);
    }
}

/// <summary>What the wall shows, read at one moment.</summary>
/// <param name="Rooms">The tiles.</param>
/// <param name="Viewers">Distinct viewers of the whole network.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record WallViewModel(IReadOnlyList<RoomRow> Rooms, int Viewers, DateTimeOffset At, bool IsWarming, bool IsEnabled);
