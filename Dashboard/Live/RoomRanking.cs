using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>
/// The order of rooms, one for all circuits that ask for the same. It is settled for two seconds while its rooms stay the
/// same ones, so that rows do not change places under the eye; counts beside it move at full pace.
/// </summary>
/// <remarks><b>Threads.</b> Any. <b>Bound.</b> 64 orders.</remarks>
internal sealed class RoomRanking(IPresence presence, TimeProvider time)
{
    /// <summary>How long an order stays while no room comes or goes.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>How long it stays at least: a page reads no more often.</summary>
    public static readonly TimeSpan Shortest = RenderThrottle.ShortestPause;

    private const int MostKept = 64;
    private readonly Lock _lock = new();
    private readonly Dictionary<RoomQuery, SharedReading<Ranking>> _rankings = [];

    /// <summary>The ids in order; the same object as long as the order stands.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(RoomQuery query) =>
        (await OrderOf(query).ReadAsync(Shortest, before => RankAsync(query, before))).Ids;

    private SharedReading<Ranking> OrderOf(RoomQuery query)
    {
        lock (_lock)
        {
            if (_rankings.TryGetValue(query, out var known))
                return known;
            if (_rankings.Count >= MostKept)
                _rankings.Clear(); // searches are keys too; open pages ask again within a second
            return _rankings[query] = new SharedReading<Ranking>(time);
        }
    }

    private async Task<Ranking> RankAsync(RoomQuery query, Ranking? known)
    {
        var rooms = (await presence.ReadNetworkAsync()).Count.Rooms;
        if (known is not null && known.Rooms == rooms && time.GetElapsedTime(known.At) < Settled)
            return known;
        var ids = await presence.RankRoomsAsync(query);
        if (known is not null && ids.SequenceEqual(known.Ids, PresenceComparers.RoomId))
            ids = known.Ids;
        return new Ranking(ids, rooms, time.GetTimestamp());
    }

    private sealed record Ranking(IReadOnlyList<string> Ids, int Rooms, long At);
}
