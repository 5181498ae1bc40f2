using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Engine;

/// <content>One search over everything that is present. Readers are never counted.</content>
public sealed partial class PresenceEngine
{
    /// <summary>What <see cref="Search"/> looks at now: everybody present or online, and every room that is remembered or defined.</summary>
    public int Searched => _network.Users.Count + _onlineNetwork.Users.Count + KnownRooms + _network.Catalogue.Count;

    /// <summary>Names of devices that sessions said since the server started, in the order of letters: for a moderator to choose from.</summary>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<string> DeviceNames(int most) => _network.Devices.NamesOf(most);

    /// <summary>Finds people and rooms of the whole network by what they are called.</summary>
    /// <param name="search">What to look for, and how many to list.</param>
    /// <param name="cancellationToken">Cancels the search, for example because the text changed. Checked some hundred times.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    /// <remarks>
    /// <para><b>Cost.</b> A look at everybody present and at every room; some 5 ms at 50,000. No room's lock but for those listed:
    /// users are copied in 64 pieces, each in a hold that joins and leaves of a 64th of all users wait for, and compared outside of it.
    /// For people found, one short hold of each live room's lock until all their rooms are known.</para>
    /// <para><b>Guarantee.</b> Each number is of its own moment: somebody who moves meanwhile may be listed where it was.</para>
    /// </remarks>
    public NetworkFindings Search(NetworkSearch search, CancellationToken cancellationToken = default)
    {
        var folded = Letters.Fold(search.Text);
        if (folded.Length == 0)
            return NetworkFindings.None;
        var people = FindPeople(folded, search, cancellationToken);
        var rooms = FindRooms(folded, search, cancellationToken);
        return new NetworkFindings(WithPlaces(people.InOrder, search.Within, cancellationToken), people.Offered, [.. rooms.InOrder.Select(room => Room(room.RoomId))], rooms.Offered);
    }

    private BestOf<RankedPerson> FindPeople(string folded, NetworkSearch search, CancellationToken cancellationToken)
    {
        var best = new BestOf<RankedPerson>(search.People, RankedPerson.Compare);
        var rows = new List<PresentRow>();
        var within = search.Within is { } set ? UsersIn(set, cancellationToken) : null;
        foreach (var network in within is null ? new[] { _network, _onlineNetwork } : [_network])
        {
            for (var stripe = 0; stripe < PresentUsers.Stripes; stripe++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows.Clear();
                network.Users.CopyStripe(stripe, rows);
                foreach (var row in rows)
                {
                    if (within?.Contains(row.UserId) != false && network.Users.RankOf(row, folded, out var name) is var rank and not SearchRank.None && (network == _network || IsOnlineAlone(row.UserId)))
                        best.Offer(new RankedPerson(row, network.Users, rank, name));
                }
            }
        }
        return best;
    }

    /// <summary>Everybody in one of these rooms.</summary>
    private HashSet<string> UsersIn(RoomSet rooms, CancellationToken cancellationToken)
    {
        var users = new HashSet<string>(PresenceComparers.UserId);
        foreach (var (id, room) in _rooms)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (room.Viewers > 0 && rooms.Contains(id))
                users.UnionWith(Order(id, new ViewerQuery()).UserIds);
        }
        return users;
    }

    private bool IsOnlineAlone(string userId) => _network.Users.RoomsOf(userId) == 0 && !_optOuts.Contains(userId);

    private BestOf<RankedFinding> FindRooms(string folded, NetworkSearch search, CancellationToken cancellationToken)
    {
        var best = new BestOf<RankedFinding>(search.Rooms, RankedFinding.Compare);
        foreach (var (id, room) in _rooms)
            Offer(id, room.Viewers);
        foreach (var id in _network.Catalogue.Ids)
        {
            if (!_rooms.ContainsKey(id))
                Offer(id, viewers: 0);
        }
        return best;

        void Offer(string id, int viewers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (search.Within?.Contains(id) == false)
                return;
            var rank = SearchRank.OfUnfolded(id, folded);
            if (_network.Catalogue[id].Title is { } title)
                rank = Math.Min(rank, SearchRank.OfUnfolded(title, folded));
            if (rank != SearchRank.None)
                best.Offer(new RankedFinding(id, rank, viewers));
        }
    }

    /// <summary>People and where they are: one walk over the live rooms, until everybody's are known.</summary>
    private List<FoundPerson> WithPlaces(IEnumerable<RankedPerson> found, RoomSet? within, CancellationToken cancellationToken)
    {
        RankedPerson[] people = [.. found.DistinctBy(person => person.Row.UserId, PresenceComparers.UserId)]; // a user who left their last room during the search was found twice
        var places = people.ToDictionary(person => person.Row.UserId, _ => new List<FoundPlace>(), PresenceComparers.UserId);
        var left = people.Where(person => person.Users == _network.Users).ToDictionary(person => person.Row.UserId, person => person.Row.Rooms, PresenceComparers.UserId);
        string[] wanted = [.. left.Keys];
        var rows = new List<ViewerRow>();
        foreach (var (id, room) in _rooms)
        {
            if (wanted.Length == 0)
                break;
            if (room.Viewers == 0)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            rows.Clear();
            room.CopyUsers(wanted, rows);
            foreach (var row in rows)
            {
                if (within?.Contains(id) != false)
                    places[row.UserId].Add(new FoundPlace(id, _network.Catalogue[id].Title, _clock.UtcOf(row.JoinedAt)));
                if (--left[row.UserId] == 0)
                    wanted = [.. wanted.Where(userId => left[userId] > 0)];
            }
        }
        // Who is present and found in no room is not listed in any.
        return [.. people.Where(person => person.Users != _network.Users || places[person.Row.UserId].Count > 0).Select(person => new FoundPerson(
            person.Row.UserId,
            person.Users.ProfileOf(person.Row.UserId),
            person.Row.IsGuest,
            [.. places[person.Row.UserId].OrderBy(place => place.JoinedAt)]))];
    }

    private readonly record struct RankedPerson(PresentRow Row, PresentUsers Users, int Rank, string Name)
    {
        public static int Compare(RankedPerson left, RankedPerson right)
        {
            var order = left.Rank.CompareTo(right.Rank);
            if (order == 0)
                order = string.Compare(left.Name, right.Name, StringComparison.OrdinalIgnoreCase);
            return order != 0 ? order : PresenceComparers.UserId.Compare(left.Row.UserId, right.Row.UserId);
        }
    }

    private readonly record struct RankedFinding(string RoomId, int Rank, int Viewers)
    {
        public static int Compare(RankedFinding left, RankedFinding right)
        {
            var order = (left.Rank, right.Viewers).CompareTo((right.Rank, left.Viewers));
            return order != 0 ? order : PresenceComparers.RoomId.Compare(left.RoomId, right.RoomId);
        }
    }
}
