using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>Which viewers to list.</summary>
public sealed record ViewerQuery
{
    /// <summary>The order.</summary>
    public ViewerSort Sort { get; init; } = ViewerSort.LatestHeartbeatFirst;

    /// <summary>At most so many; 1..<see cref="PresenceLimits.Page"/>.</summary>
    public int Limit { get; init; } = PresenceLimits.Page;

    /// <summary>Only viewers whose id or display name contains this text, whatever its case, accents or composition; null lists all. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public string? Search { get; init; }

    /// <summary>Only viewers in this state; null lists all.</summary>
    public ViewerState? State { get; init; }

    /// <summary>Only viewers who are fading, or only those who are not; null lists both.</summary>
    public bool? IsFading { get; init; }

    /// <summary>Only viewers without an account, or only those with one; null lists both.</summary>
    public bool? IsGuest { get; init; }

    /// <summary>Only viewers one of whose sessions said a device and app version ("Pixel 8 4.2.1") that contain this text, compared as in <see cref="Search"/>; null lists all. At most <see cref="PresenceLimits.SearchLength"/> characters.</summary>
    public string? Device { get; init; }

    /// <summary>Only viewers who have been present for longer than this; null lists all.</summary>
    public TimeSpan? LongerThan { get; init; }

    /// <summary>Only viewers whose hand is raised, or only those whose is not; null lists both.</summary>
    public bool? IsHandRaised { get; init; }

    /// <summary>Only these users; null lists all. Compared as ids are (<see cref="PresenceComparers.UserId"/>).</summary>
    public IReadOnlySet<string>? UserIds { get; init; }

    /// <summary>Leave out so many at the front, without a filter, in an order by joining, and not together with <see cref="After"/>. Between two reads viewers move up and down; a cursor is what never skips one.</summary>
    public int Skip { get; init; }

    /// <summary>Continue behind this viewer; null starts at the first. Not with the orders by heartbeat, which move while one reads.</summary>
    public ViewerCursor? After { get; init; }

    /// <summary>Whether a viewer passes the filters, that of the device apart: it is the sessions that know it.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="now">The moment up to which it has been present.</param>
    public bool Matches(Viewer viewer, DateTimeOffset now) =>
        MatchesMark(new ViewerStatus(viewer.State, viewer.IsFading), viewer.IsGuest, (now - viewer.JoinedAt).Ticks)
        && UserIds?.Contains(viewer.UserId) != false
        && (IsHandRaised is not { } raised || raised == viewer.HandRaisedAt is not null)
        && (FoldedSearch is not { } search
            || Letters.Contains(viewer.UserId, search)
            || (viewer.Profile?.DisplayName is { } name && Letters.Contains(name, search)));

    internal bool MatchesMark(ViewerStatus mark, bool isGuest, long presentFor) =>
        (State is null || mark.State == State)
        && (IsFading is null || mark.IsFading == IsFading)
        && (IsGuest is null || isGuest == IsGuest)
        && (LongerThan is not { } longest || presentFor > longest.Ticks);

    /// <summary>The search as names are compared with it; null when there is none.</summary>
    internal string? FoldedSearch => string.IsNullOrEmpty(Search) ? null : Letters.Fold(Search);

    /// <summary>Whether every viewer of the room is looked at, however few are listed.</summary>
    public bool LooksAtAll => IsFiltered || Sort == ViewerSort.Name;

    internal bool IsFiltered =>
        !string.IsNullOrEmpty(Search) || State is not null || IsFading is not null || IsGuest is not null || !string.IsNullOrEmpty(Device) || LongerThan is not null || IsHandRaised is not null || UserIds is not null;

    /// <summary>Whether the order or the search needs to know what viewers are called.</summary>
    internal bool GoesByNames => !string.IsNullOrEmpty(Search) || Sort == ViewerSort.Name;

    internal bool IsByJoin => Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst;

    internal bool IsByHeartbeat => Sort is ViewerSort.LatestHeartbeatFirst or ViewerSort.OldestHeartbeatFirst;
}

/// <summary>The orders of a viewer list.</summary>
public enum ViewerSort
{
    /// <summary>Latest heartbeat first: the published default.</summary>
    LatestHeartbeatFirst,

    /// <summary>Oldest heartbeat first.</summary>
    OldestHeartbeatFirst,

    /// <summary>Longest present first.</summary>
    FirstJoinedFirst,

    /// <summary>Newest arrival first.</summary>
    LastJoinedFirst,

    /// <summary>By display name, or id where there is none, in the order of letters; ties by id.</summary>
    Name,
}

/// <summary>A page of viewers and the room's count, both of one moment.</summary>
/// <param name="Viewers">The viewers asked for, in the order asked for.</param>
/// <param name="Matching">How many viewers match the filters, listed or not; the room's viewer count when there was none.</param>
/// <param name="Count">The whole room at the same moment.</param>
public sealed record ViewerPage(IReadOnlyList<Viewer> Viewers, int Matching, RoomCount Count)
{
    /// <summary>Where the next page continues; null when this was the last, or when the order has no cursor.</summary>
    public ViewerCursor? Next { get; init; }
}

/// <summary>A position in a viewer list: after the last viewer of a page. It stays valid while viewers join and leave, and over a restart.</summary>
/// <param name="JoinedAt">When the viewer joined, by a clock that is not corrected while the server runs; the place in the orders by joining.</param>
/// <param name="Name">The viewer's name then; with the id the place in the order by name.</param>
/// <param name="UserId">The viewer.</param>
public sealed record ViewerCursor(DateTimeOffset JoinedAt, string Name, string UserId);

/// <summary>Every viewer of a room that matches a query, in its order, and the room's count of the same moment.</summary>
/// <param name="UserIds">The viewers.</param>
/// <param name="Count">The whole room.</param>
public sealed record ViewerOrder(IReadOnlyList<string> UserIds, RoomCount Count);

/// <summary>Picks one page out of all viewers of a room, or puts all in order: filters, finds the place of the cursor, keeps the first few.</summary>
/// <remarks>Rows are large. What is put in order are eight bytes that decide most comparisons, and where the row is.</remarks>
internal sealed class ViewerSelection(ViewerQuery query, Room room, long now)
{
    /// <summary>So few of one key are compared one with another; more are told apart by its next bytes.</summary>
    private const int FewOfOneKey = 16;

    private readonly bool _isByName = query.Sort == ViewerSort.Name;
    private readonly string? _search = query.FoldedSearch;
    private readonly bool[]? _devices = room.DevicesLike(query.Device);
    private readonly HashSet<string>? _hands = query.IsHandRaised is null ? null : room.Hands().Select(hand => hand.UserId).ToHashSet(PresenceComparers.UserId);

    /// <summary>The page, one viewer more where there are more, and what a cursor says of the last one. Of <paramref name="rows"/> those that match are left.</summary>
    /// <param name="rows">Everybody.</param>
    /// <param name="after">When the cursor's viewer joined, where there is a cursor.</param>
    public (List<ViewerRow> Rows, int Matching, string LastName) Select(List<ViewerRow> rows, long after)
    {
        KeepMatching(rows);
        var matching = rows.Count;
        Candidate? behind = null;
        if (query.After is { } cursor)
        {
            rows.Add(new ViewerRow(cursor.UserId, IsGuest: false, after, HeartbeatAt: 0, default, IsFading: false, Sessions: 0)
            {
                Name = new UserName(new UserProfile(cursor.Name, null), cursor.UserId),
            });
            behind = new Candidate(KeyOf(rows[matching]), matching);
        }

        // The worst row kept so far is on top, so most rows cost one comparison.
        var best = new PriorityQueue<int, Candidate>(Comparer<Candidate>.Create((left, right) => Compare(rows, right, left)));
        for (var place = 0; place < matching; place++)
        {
            var candidate = new Candidate(KeyOf(CollectionsMarshal.AsSpan(rows)[place]), place);
            if (behind is { } last && Compare(rows, candidate, last) <= 0)
                continue;
            if (best.Count <= query.Limit)
                best.Enqueue(place, candidate);
            else if (best.TryPeek(out _, out var worst) && candidate.Key <= worst.Key && Compare(rows, candidate, worst) < 0)
                best.EnqueueDequeue(place, candidate);
        }

        var page = new ViewerRow[best.Count];
        for (var place = page.Length - 1; place >= 0; place--)
            page[place] = rows[best.Dequeue()];
        return ([.. page], matching, _isByName && page.Length > query.Limit ? Letters.Whole(page[query.Limit - 1].Name!.Text) : "");
    }

    /// <summary>All that match, in order. Of <paramref name="rows"/> those that match are left.</summary>
    public string[] Order(List<ViewerRow> rows)
    {
        KeepMatching(rows);
        var keys = new ulong[rows.Count];
        var order = new int[rows.Count];
        var all = CollectionsMarshal.AsSpan(rows);
        for (var place = 0; place < order.Length; place++)
            (keys[place], order[place]) = (KeyOf(all[place]), place);
        Sort(rows, keys, order, bytes: sizeof(ulong), (left, right) => CompareWhole(rows, left, right));
        return Array.ConvertAll(order, place => rows[place].UserId);
    }

    private void KeepMatching(List<ViewerRow> rows)
    {
        var all = CollectionsMarshal.AsSpan(rows);
        var kept = 0;
        foreach (ref var row in all)
        {
            if (!query.MatchesMark(row.Mark, row.IsGuest, now - row.JoinedAt) || (_devices is not null && !room.IsOnDevice(row, _devices)))
                continue;
            if (_hands is not null && _hands.Contains(row.UserId) != query.IsHandRaised)
                continue;
            if (query.UserIds?.Contains(row.UserId) == false)
                continue;
            if (query.GoesByNames)
                row.Name = room.NameOf(row);
            if (_search is not null && !row.Name!.Contains(_search))
                continue;
            if (!Unsafe.AreSame(ref row, ref all[kept]))
                all[kept] = row;
            kept++;
        }
        rows.RemoveRange(kept, rows.Count - kept);
    }

    /// <summary>A number in the order asked for. Of equal ones <see cref="Compare"/> knows more.</summary>
    private ulong KeyOf(in ViewerRow row) => query.Sort switch
    {
        ViewerSort.LatestHeartbeatFirst => ~Ascending(row.HeartbeatAt),
        ViewerSort.OldestHeartbeatFirst => Ascending(row.HeartbeatAt),
        ViewerSort.FirstJoinedFirst => Ascending(row.JoinedAt),
        ViewerSort.LastJoinedFirst => ~Ascending(row.JoinedAt),
        _ => row.Name!.Prefix,
    };

    private static ulong Ascending(long time) => (ulong)time ^ (1UL << 63);

    private int Compare(List<ViewerRow> rows, in Candidate left, in Candidate right) =>
        left.Key != right.Key ? left.Key.CompareTo(right.Key) : CompareWhole(rows, left.Place, right.Place);

    private int CompareWhole(List<ViewerRow> rows, int left, int right)
    {
        var all = CollectionsMarshal.AsSpan(rows);
        var byName = _isByName ? ListedName.Compare(all[left].Name!, all[right].Name!) : 0;
        return byName != 0 ? byName : PresenceComparers.UserId.Compare(all[left].UserId, all[right].UserId);
    }

    /// <summary>Sorts by eight bytes at a time: where many are equal, by the next eight.</summary>
    private void Sort(List<ViewerRow> rows, Span<ulong> keys, Span<int> order, int bytes, Comparison<int> byWhole)
    {
        if (keys.Length > 1 && keys.ContainsAnyExcept(keys[0]))
            keys.Sort(order);
        for (int from = 0, until; from < order.Length; from = until)
        {
            for (until = from + 1; until < order.Length && keys[until] == keys[from];)
                until++;
            if (until - from > 1)
                SortEqual(rows, keys[from..until], order[from..until], bytes, byWhole);
        }
    }

    private void SortEqual(List<ViewerRow> rows, Span<ulong> keys, Span<int> order, int bytes, Comparison<int> byWhole)
    {
        var isMore = false;
        if (_isByName && order.Length > FewOfOneKey)
        {
            for (var place = 0; place < order.Length; place++)
            {
                var key = rows[order[place]].Name!.Key;
                keys[place] = Letters.PrefixOf(key.AsSpan(Math.Min(bytes, key.Length)));
                isMore |= key.Length > bytes;
            }
        }
        if (isMore)
            Sort(rows, keys, order, bytes + sizeof(ulong), byWhole);
        else
            order.Sort(byWhole);
    }

    private readonly record struct Candidate(ulong Key, int Place);
}

/// <summary>A viewer as copied out of the room's slots under its lock; made into a <see cref="Viewer"/> outside.</summary>
internal record struct ViewerRow(string UserId, bool IsGuest, long JoinedAt, long HeartbeatAt, ViewerState State, bool IsFading, int Sessions)
{
    /// <summary>The slot that led as it was copied, and the user id's hash.</summary>
    public int Slot, Hash;

    /// <summary>Of the session that led. The viewer's others may run on others.</summary>
    public ushort Device;

    /// <summary>As the room remembers it until <see cref="Room.NameOf(in ViewerRow)"/> says what holds; null where no name was asked for.</summary>
    public UserName? Name;

    /// <summary>No list names it.</summary>
    public bool IsUnlisted;

    /// <summary>Why it is in the unverified band.</summary>
    public BandReason Band;

    public readonly ViewerStatus Mark => new(State, IsFading);
}
