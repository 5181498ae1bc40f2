using Presence.Engine.Users;

namespace Presence.Engine.Rooms;

/// <summary>Picks one page out of all viewers of a room: filters, finds the place of the cursor, keeps the first few. One pass.</summary>
internal sealed class ViewerSelection(ViewerQuery query, PresentUsers users)
{
    private readonly Comparison<Candidate> _order = OrderOf(query.Sort);

    /// <summary>The page, and one viewer more where there are more.</summary>
    public List<ViewerRow> Select(List<ViewerRow> rows, out int matching)
    {
        matching = 0;
        var after = query.After is { } cursor ? new Candidate(new ViewerRow(cursor.UserId, false, cursor.JoinedAt, 0, default, 0), cursor.Name) : (Candidate?)null;
        // The worst of the best so far is on top, so that most rows cost one comparison.
        var best = new PriorityQueue<Candidate, Candidate>(Comparer<Candidate>.Create((left, right) => _order(right, left)));
        foreach (var row in rows)
        {
            var candidate = new Candidate(row, NameOf(row));
            if (!Matches(candidate))
                continue;
            matching++;
            if (after is { } place && _order(candidate, place) <= 0)
                continue;
            if (best.Count <= query.Limit)
                best.Enqueue(candidate, candidate);
            else if (_order(candidate, best.Peek()) < 0)
                best.EnqueueDequeue(candidate, candidate);
        }

        var page = new ViewerRow[best.Count];
        for (var place = page.Length - 1; place >= 0; place--)
            page[place] = best.Dequeue().Row;
        return [.. page];
    }

    /// <summary>All that match, in order.</summary>
    public string[] Order(List<ViewerRow> rows)
    {
        var matching = new List<Candidate>(rows.Count);
        foreach (var row in rows)
        {
            var candidate = new Candidate(row, NameOf(row));
            if (Matches(candidate))
                matching.Add(candidate);
        }
        matching.Sort(_order);
        var userIds = new string[matching.Count];
        for (var place = 0; place < userIds.Length; place++)
            userIds[place] = matching[place].Row.UserId;
        return userIds;
    }

    /// <summary>What a viewer is called in the order by name and in a search.</summary>
    public string NameOf(ViewerRow row) =>
        query.Sort == ViewerSort.Name || query.Search is not null
            ? users.ProfileOf(row.UserId)?.DisplayName ?? row.UserId
            : "";

    private bool Matches(in Candidate candidate) => query.Matches(candidate.Row.UserId, candidate.Name, candidate.Row.Mark);

    private static Comparison<Candidate> OrderOf(ViewerSort sort) => sort switch
    {
        ViewerSort.LatestHeartbeatFirst => static (left, right) => ThenById(right.Row.HeartbeatAt.CompareTo(left.Row.HeartbeatAt), left, right),
        ViewerSort.OldestHeartbeatFirst => static (left, right) => ThenById(left.Row.HeartbeatAt.CompareTo(right.Row.HeartbeatAt), left, right),
        ViewerSort.FirstJoinedFirst => static (left, right) => left.Row.JoinedAt.CompareTo(right.Row.JoinedAt),
        ViewerSort.LastJoinedFirst => static (left, right) => right.Row.JoinedAt.CompareTo(left.Row.JoinedAt),
        _ => static (left, right) => ThenById(string.Compare(left.Name, right.Name, StringComparison.OrdinalIgnoreCase), left, right),
    };

    private static int ThenById(int comparison, in Candidate left, in Candidate right) =>
        comparison != 0 ? comparison : PresenceComparers.UserId.Compare(left.Row.UserId, right.Row.UserId);

    private readonly record struct Candidate(ViewerRow Row, string Name);
}
