using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>Picks one page out of all viewers of a room: filters, finds the place of the cursor, keeps the first few. One pass.</summary>
internal sealed class ViewerSelection(ViewerQuery query, PresentUsers users)
{
    private readonly Comparison<Candidate> _order = OrderOf(query.Sort);
    private readonly string? _search = query.FoldedSearch;

    /// <summary>The page, one viewer more where there are more, and what a cursor says of the last one.</summary>
    public (List<ViewerRow> Rows, int Matching, string LastName) Select(List<ViewerRow> rows)
    {
        var matching = 0;
        var after = query.After is { } cursor
            ? new Candidate(new ViewerRow(cursor.UserId, false, cursor.JoinedAt, 0, default, 0), new UserName(new UserProfile(cursor.Name, null), cursor.UserId))
            : default(Candidate?);
        // The worst of the best so far is on top, so that most rows cost one comparison.
        var best = new PriorityQueue<Candidate, Candidate>(Comparer<Candidate>.Create((left, right) => _order(right, left)));
        foreach (var row in rows)
        {
            if (!TryMatch(row, out var candidate))
                continue;
            matching++;
            if (after is { } place && _order(candidate, place) <= 0)
                continue;
            if (best.Count <= query.Limit)
                best.Enqueue(candidate, candidate);
            else if (_order(candidate, best.Peek()) < 0)
                best.EnqueueDequeue(candidate, candidate);
        }

        var page = new Candidate[best.Count];
        for (var place = page.Length - 1; place >= 0; place--)
            page[place] = best.Dequeue();
        var last = query.Sort == ViewerSort.Name && page.Length > query.Limit ? Letters.Whole(page[query.Limit - 1].Name!.Text) : "";
        return ([.. page.Select(candidate => candidate.Row)], matching, last);
    }

    /// <summary>All that match, in order.</summary>
    public string[] Order(List<ViewerRow> rows)
    {
        var matching = new List<Candidate>(rows.Count);
        foreach (var row in rows)
        {
            if (TryMatch(row, out var candidate))
                matching.Add(candidate);
        }
        if (query.Sort == ViewerSort.Name)
            return OrderByName(matching);
        matching.Sort(_order);
        return [.. matching.Select(candidate => candidate.Row.UserId)];
    }

    private bool TryMatch(in ViewerRow row, out Candidate candidate)
    {
        candidate = default;
        if (!query.MatchesMark(row.Mark))
            return false;
        var name = query.Sort == ViewerSort.Name || _search is not null ? users.NameOf(row.UserId) : null;
        candidate = new Candidate(row, name);
        return _search is null || name!.Folded.Contains(_search, StringComparison.Ordinal) || Letters.Contains(row.UserId, _search);
    }

    /// <summary>Sorts by eight bytes of the keys, from where they begin to differ; only what is equal there is compared as a whole.</summary>
    private static string[] OrderByName(List<Candidate> matching)
    {
        var common = CommonPrefix(matching);
        var keys = new ulong[matching.Count];
        var order = new int[matching.Count];
        for (var place = 0; place < order.Length; place++)
        {
            keys[place] = Letters.PrefixOf(matching[place].Name!.Key.AsSpan(common));
            order[place] = place;
        }
        Array.Sort(keys, order);

        Comparison<int> byWholeName = (left, right) => CompareNames(matching[left], matching[right]);
        for (int from = 0, until; from < order.Length; from = until)
        {
            for (until = from + 1; until < order.Length && keys[until] == keys[from];)
                until++;
            if (until - from > 1)
                order.AsSpan(from, until - from).Sort(byWholeName);
        }
        return Array.ConvertAll(order, place => matching[place].Row.UserId);
    }

    private static int CommonPrefix(List<Candidate> matching)
    {
        if (matching.Count == 0)
            return 0;
        var first = matching[0].Name!.Key;
        var common = first.Length;
        foreach (var candidate in matching)
            common = first.AsSpan(0, common).CommonPrefixLength(candidate.Name!.Key);
        return common;
    }

    private static Comparison<Candidate> OrderOf(ViewerSort sort) => sort switch
    {
        ViewerSort.LatestHeartbeatFirst => static (left, right) => ThenById(right.Row.HeartbeatAt.CompareTo(left.Row.HeartbeatAt), left, right),
        ViewerSort.OldestHeartbeatFirst => static (left, right) => ThenById(left.Row.HeartbeatAt.CompareTo(right.Row.HeartbeatAt), left, right),
        ViewerSort.FirstJoinedFirst => static (left, right) => left.Row.JoinedAt.CompareTo(right.Row.JoinedAt),
        ViewerSort.LastJoinedFirst => static (left, right) => right.Row.JoinedAt.CompareTo(left.Row.JoinedAt),
        _ => static (left, right) => CompareNames(left, right),
    };

    private static int CompareNames(in Candidate left, in Candidate right) => ThenById(ListedName.Compare(left.Name!, right.Name!), left, right);

    private static int ThenById(int comparison, in Candidate left, in Candidate right) =>
        comparison != 0 ? comparison : PresenceComparers.UserId.Compare(left.Row.UserId, right.Row.UserId);

    /// <param name="Row">The viewer.</param>
    /// <param name="Name">Known where the order or a search needs it.</param>
    private readonly record struct Candidate(ViewerRow Row, UserName? Name);
}
