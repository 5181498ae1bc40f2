using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>Searches the network for one circuit. Reading never counts (rule 8).</summary>
internal sealed class NetworkSearchQuery(IPresence presence, UserStore users, PinnedRooms pinned, IHistory history, ModeratorGuard guard, PageReads? reads = null)
{
    /// <summary>People in a list who left within the hour.</summary>
    private const int MostDeparted = 5;

    /// <param name="text">What to look for; with nothing in it, rooms opened lately are read.</param>
    /// <param name="lately">The rooms this circuit opened lately.</param>
    /// <param name="cancellationToken">The text changed. Ends a search that runs or waits.</param>
    /// <exception cref="AccessRefusedException">The moderator may no longer see this.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<NetworkSearchViewModel> ReadAsync(string text, IReadOnlyList<string> lately, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireSomewhereAsync(ModeratorRole.Observer);
        var rooms = moderator.Access.RoomsOf(ModeratorRole.Observer);
        var search = new NetworkSearch { Text = text.Trim(), Within = rooms };
        var reading = new NetworkSearchViewModel(search, moderator.Access, await pinned.ReadAsync(moderator.AccountId));
        if (search.Text.Length == 0)
            return reading with { Lately = [.. (await presence.ReadRoomRowsAsync([.. lately.Where(roomId => rooms?.Contains(roomId) != false)], cancellationToken)).Select(row => row.Room)] };

        if (reads is not null)
            await reads.WaitAsync(moderator.AccountId, (await presence.ReadNetworkAsync(NetworkQuery.Counts, cancellationToken)).Searched, cancellationToken);
        // The circuit keeps handling keys. The next key cancels this search.
        reading = reading with { Found = await presence.SearchAsync(search, cancellationToken) };
        reading = reading with { Departed = await DepartedAsync(search, reading.Found.People, cancellationToken) };
        var named = reading.Found.People.Select(person => person.UserId).Concat(reading.Departed.Select(person => person.Visit.UserId));
        if (rooms is not null || named.Contains(search.Text, PresenceComparers.UserId))
            return reading;
        return reading with { Absent = await users.FindAsync(search.Text, cancellationToken) };
    }

    /// <summary>Those who left within the hour and are nowhere now.</summary>
    private async Task<IReadOnlyList<DepartedPerson>> DepartedAsync(NetworkSearch search, IReadOnlyList<FoundPerson> here, CancellationToken cancellationToken)
    {
        var visits = (await history.FindDepartedAsync(search.Text, MostDeparted + here.Count, search.Within, cancellationToken))
            .Where(visit => visit.UserId.Length > 0 && !here.Any(person => PresenceComparers.UserId.Equals(person.UserId, visit.UserId)))
            .Take(MostDeparted).ToList();
        if (visits.Count == 0)
            return [];
        var profiles = (await users.FindAsync(visits.ConvertAll(visit => visit.UserId), cancellationToken)).ToDictionary(user => user.UserId, user => user.Profile, PresenceComparers.UserId);
        return visits.ConvertAll(visit => new DepartedPerson(visit, profiles.GetValueOrDefault(visit.UserId)));
    }
}

/// <summary>Somebody who left within the hour.</summary>
/// <param name="Visit">The latest visit.</param>
/// <param name="Profile">Name and picture; null where nothing is known.</param>
internal sealed record DepartedPerson(Visit Visit, UserProfile? Profile);

/// <summary>What a search of the network found.</summary>
/// <param name="Search">What was looked for.</param>
/// <param name="Access">What this moderator may do.</param>
/// <param name="Pins">The rooms the moderator pinned.</param>
internal sealed record NetworkSearchViewModel(NetworkSearch Search, ModeratorAccess Access, IReadOnlyList<string> Pins)
{
    /// <summary>Whether this moderator may ban somewhere.</summary>
    public bool MayAct => Access.HoldsSomewhere(ModeratorRole.Moderator);

    /// <summary>Rooms opened lately, where nothing was looked for.</summary>
    public IReadOnlyList<RoomSummary> Lately { get; init; } = [];

    public NetworkFindings Found { get; init; } = NetworkFindings.None;

    /// <summary>Those who left within the hour, the latest first.</summary>
    public IReadOnlyList<DepartedPerson> Departed { get; init; } = [];

    /// <summary>The user with exactly this id, known and not here. Null for none.</summary>
    public User? Absent { get; init; }
}

/// <summary>Where one circuit's moderator comes from: rooms opened lately, and the list of rooms as it was last seen.</summary>
/// <remarks><b>Bound.</b> <see cref="Most"/> rooms, and the list of one page.</remarks>
internal sealed class RoomTrail(RoomRanking ranking, ModeratorGuard guard)
{
    public const int Most = 6;

    private IReadOnlyList<string>? _listed;
    private RoomListViewModel? _list;

    /// <summary>Rooms opened, the latest first.</summary>
    public IReadOnlyList<string> Lately { get; private set; } = [];

    public void Open(string roomId) =>
        Lately = [roomId, .. Lately.Where(known => !PresenceComparers.RoomId.Equals(known, roomId)).Take(Most - 1)];

    /// <summary>A list of rooms is on screen, in this order.</summary>
    public void List(RoomListViewModel reading) => (_list, _listed) = (reading, null);

    /// <summary>The rooms before and behind one in the list as it was last seen; in that of all rooms where it was in none.</summary>
    /// <remarks>The list stays the same while a moderator goes from room to room. <b>Cost.</b> A look at every room of it.</remarks>
    public async ValueTask<(string? Before, string? Behind)> BesideAsync(string roomId)
    {
        var rooms = _listed ??= _list is null ? [] : [.. _list.First.Concat(_list.Rest).Select(line => line.RoomId)];
        var at = PlaceOf(roomId, rooms);
        if (at < 0)
        {
            rooms = _listed = await ranking.ReadAsync(new RoomListView("", RoomFilter.All, RoomOrder.Count, Reversed: false).Query with { Within = (await guard.AccessAsync()).RoomsOf(ModeratorRole.Observer) });
            at = PlaceOf(roomId, rooms);
        }
        return (at > 0 ? rooms[at - 1] : null, at + 1 < rooms.Count ? rooms[at + 1] : null);
    }

    private static int PlaceOf(string roomId, IReadOnlyList<string> rooms)
    {
        for (var at = 0; at < rooms.Count; at++)
        {
            if (PresenceComparers.RoomId.Equals(rooms[at], roomId))
                return at;
        }
        return -1;
    }
}
