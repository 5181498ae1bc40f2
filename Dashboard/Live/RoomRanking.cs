using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>
/// The order of rooms, one for all circuits that ask for the same. It is settled for two seconds while its rooms stay the
/// same ones, so that rows do not change places under the eye; counts beside it move at full pace.
/// </summary>
/// <remarks><b>Threads.</b> Any. <b>Bound.</b> 64 orders.</remarks>
internal sealed class RoomRanking(PresenceEngine engine, TimeProvider time)
{
    /// <summary>How long an order stays while no room comes or goes.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>How long it stays at least: a page reads no more often.</summary>
    public static readonly TimeSpan Shortest = RenderThrottle.ShortestPause;

    private const int MostKept = 64;
    private readonly Lock _lock = new();
    private readonly Dictionary<RoomQuery, Ranking> _rankings = [];

    /// <summary>The ids in order; the same object as long as the order stands.</summary>
    public IReadOnlyList<string> Of(RoomQuery query)
    {
        lock (_lock)
        {
            var rooms = engine.CountNetwork().Rooms;
            if (_rankings.TryGetValue(query, out var known))
            {
                var age = time.GetElapsedTime(known.At);
                if (age < Shortest || (age < Settled && known.Rooms == rooms))
                    return known.Ids;
            }

            var ids = engine.RankRooms(query);
            if (known is not null && ids.SequenceEqual(known.Ids, PresenceComparers.RoomId))
                ids = known.Ids;
            if (known is null && _rankings.Count >= MostKept)
                _rankings.Clear(); // searches are keys too; open pages ask again within a second
            _rankings[query] = new Ranking(ids, rooms, time.GetTimestamp());
            return ids;
        }
    }

    private sealed record Ranking(IReadOnlyList<string> Ids, int Rooms, long At);
}
