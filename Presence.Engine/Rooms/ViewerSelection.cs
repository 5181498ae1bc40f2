using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

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
