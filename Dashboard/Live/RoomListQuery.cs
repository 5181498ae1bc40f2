using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Reads the rooms for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class RoomListQuery(IPresence presence, RoomRanking ranking, RoomRowQuery rows, PinnedRooms pinned, ModeratorGuard guard, PageReads? reads = null)
{
    /// <summary>
    /// So many rows stand in a page's first answer already, and stay: a tall screen is full before its browser says what is
    /// on it. Of the rooms behind them only those on screen are read.
    /// </summary>
    private const int AlwaysRead = 40;

    private readonly FrozenOrder _order = new();
    private RoomListView? _view;
    private IReadOnlyList<string>? _ranked;
    private IReadOnlyList<string> _pins = [];
    private string[] _pinned = [];
    private RoomLine[] _first = [];
    private RoomLine[] _rest = [];
    private HashSet<string> _drawn = new(PresenceComparers.RoomId);

    private IReadOnlyList<string> _allPins = [];
    private IReadOnlyList<string> _seenPins = [];

    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<RoomListViewModel> ReadAsync(RoomListView view)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var rooms = moderator.Access.RoomsOf(ModeratorRole.Observer);
        if (reads is not null && !view.IsEverything) // other orders are shared by all pages
            await reads.WaitAsync(moderator.AccountId, (await presence.ReadNetworkAsync()).KnownRooms);
        var pins = Seen(await pinned.ReadAsync(moderator.AccountId), rooms);
        if (view != _view)
        {
            rows.Reset();
            _order.Release();
        }
        rows.BeginPass();
        Arrange(view, _order.Of(await ranking.ReadAsync(view.Query with { Within = rooms })), pins);
        var drawn = _drawn;
        _drawn = new(PresenceComparers.RoomId);
        var read = await rows.ReadAsync([.. _pinned, .. _first.Select(line => line.RoomId), .. drawn]);

        var network = (await presence.ReadNetworkAsync()).Count;
        return new RoomListViewModel(rooms is null ? network.Viewers : null, [.. read.Take(_pinned.Length)], _first, _rest, pins, network.At, _order.IsWaiting, presence.Current.IsWarming, presence.Current.Settings.Enabled);
    }

    /// <summary>The pins that this moderator may see; the same list while it is the same.</summary>
    private IReadOnlyList<string> Seen(IReadOnlyList<string> pins, RoomSet? rooms)
    {
        if (rooms is null)
            return pins;
        if (!ReferenceEquals(pins, _allPins))
            (_allPins, _seenPins) = (pins, [.. pins.Where(rooms.Contains)]);
        return _seenPins;
    }

    /// <summary>A room that is drawn. What the page draws is read at once with its next reading; what comes on screen in between is read now.</summary>
    public async ValueTask<RoomRow> RowAsync(string roomId)
    {
        _drawn.Add(roomId);
        return (await rows.ReadAsync([roomId]))[0];
    }

    /// <summary>Sets whether the moderator points at the table. Its rows then keep their places.</summary>
    public void Hold(bool isHeld) => _order.Hold(isHeld);

    /// <summary>The next reading has the order as it is then, without letting go.</summary>
    public void TakeOrder() => _order.Release();

    /// <summary>The same lists as before while nothing changed: the table then moves no row.</summary>
    private void Arrange(RoomListView view, IReadOnlyList<string> ranked, IReadOnlyList<string> pins)
    {
        if (view == _view && ReferenceEquals(ranked, _ranked) && ReferenceEquals(pins, _pins))
            return;
        (_view, _ranked, _pins) = (view, ranked, pins);

        // An empty pinned room stays in the list, unless a search or filter excludes it.
        var matching = view.IsEverything ? null : ranked.ToHashSet(PresenceComparers.RoomId);
        _pinned = [.. pins.Where(room => matching?.Contains(room) != false)];
        RoomLine[] lines = [.. ranked.Select((room, index) => new RoomLine(room, index + 1))];
        (_first, _rest) = (lines[..Math.Min(AlwaysRead, lines.Length)], lines[Math.Min(AlwaysRead, lines.Length)..]);
    }
}

/// <summary>What the rooms page shows, read at one moment; its rows are read as they come on screen.</summary>
/// <param name="Viewers">Distinct viewers of the whole network; null for who may not see all of it.</param>
/// <param name="Pinned">The pinned rooms that match, as they were pinned; they have their places in the list all the same.</param>
/// <param name="First">The first of the rooms that match, in order.</param>
/// <param name="Rest">Those behind them.</param>
/// <param name="Pins">All pinned rooms, shown or not.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWaiting">The order is frozen and out of date.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record RoomListViewModel(
    int? Viewers,
    IReadOnlyList<RoomRow> Pinned,
    IReadOnlyList<RoomLine> First,
    IList<RoomLine> Rest,
    IReadOnlyList<string> Pins,
    DateTimeOffset At,
    bool IsWaiting,
    bool IsWarming,
    bool IsEnabled)
{
    /// <summary>How many rooms match.</summary>
    public int Matching => First.Count + Rest.Count;
}

/// <summary>What the rooms page shows, from the address.</summary>
/// <param name="Search">Text the room's id or title contains; empty for all.</param>
/// <param name="Filter">Which rooms.</param>
/// <param name="Order">Their order.</param>
/// <param name="Reversed">The other way round.</param>
internal sealed record RoomListView(string Search, RoomFilter Filter, RoomOrder Order, bool Reversed)
{
    /// <summary>Reads an address. Unknown values are ignored.</summary>
    public static RoomListView Of(string? search, string? show, string? sort)
    {
        var (order, isReversed) = RoomOrders.Parse(sort);
        return new RoomListView(
            search is null ? "" : search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength],
            RoomFilters.Parse(show),
            order,
            isReversed);
    }

    /// <summary>Whether nothing narrows it.</summary>
    public bool IsEverything => Search.Length == 0 && Filter == RoomFilter.All;

    public RoomQuery Query => new()
    {
        Search = Search.Length == 0 ? null : Search,
        Filter = Filter,
        Order = Order,
        Reversed = Reversed,
        Limit = int.MaxValue, // ids alone; the rows on screen are read one by one
    };
}

/// <summary>Reads the rooms of a wall for one circuit. Reading never counts (rule 8): it only asks the engine.</summary>
internal sealed class WallQuery(IPresence presence, RoomRowQuery rows, PinnedRooms pinned, ModeratorGuard guard)
{
    /// <param name="rooms">The rooms the address names; none shows those the moderator pinned.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    public async ValueTask<WallViewModel> ReadAsync(IReadOnlyList<string> rooms)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var within = moderator.Access.RoomsOf(ModeratorRole.Observer);
        var shown = (rooms.Count > 0 ? rooms : await pinned.ReadAsync(moderator.AccountId)).Where(room => within?.Contains(room) != false);
        rows.BeginPass();
        var network = (await presence.ReadNetworkAsync()).Count;
        return new WallViewModel(await rows.ReadAsync([.. shown.Take(PinnedRooms.Most)]), within is null ? network.Viewers : null, network.At, presence.Current.IsWarming, presence.Current.Settings.Enabled);
    }
}

/// <summary>What the wall shows, read at one moment.</summary>
/// <param name="Rooms">The tiles.</param>
/// <param name="Viewers">Distinct viewers of the whole network; null for who may not see all of it.</param>
/// <param name="At">The moment the counts are true of.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="IsEnabled">Whether presence is on.</param>
public sealed record WallViewModel(IReadOnlyList<RoomRow> Rooms, int? Viewers, DateTimeOffset At, bool IsWarming, bool IsEnabled);

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
