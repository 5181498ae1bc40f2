using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;
using Presence.Engine.Users;

namespace Presence.Dashboard.Live;

/// <summary>What a search offers, in groups. Pure.</summary>
/// <param name="Groups">None of them is empty.</param>
/// <param name="Said">How much was found, for screen readers.</param>
internal sealed record SearchMenu(IReadOnlyList<SearchGroup> Groups, string Said)
{
    public static readonly SearchMenu Empty = new([], "");

    private static readonly SearchPage[] Pages =
    [
        new(OverviewTexts.Heading, "", IconShape.Overview),
        new(RoomListTexts.Heading, "rooms", IconShape.Rooms),
        new(WallTexts.Heading, "wall", IconShape.Wall),
        new(OnlineTexts.Heading, "online", IconShape.People, IsOfNetwork: true),
        new(LayoutTexts.Settings, "settings", IconShape.Settings, IsOfNetwork: true),
        new(LayoutTexts.Connect, "connect", IconShape.Connect, IsOfNetwork: true),
        new(BanTexts.Heading, "bans", IconShape.Remove, ModeratorRole.Moderator),
        new(NoteTexts.Heading, NoteWords.WatchList, IconShape.Star, ModeratorRole.Moderator, IsOfNetwork: true),
        new(LayoutTexts.System, "system", IconShape.System, ModeratorRole.Moderator, IsOfNetwork: true),
        new(LayoutTexts.People, "people", IconShape.People, ModeratorRole.Admin),
        new(AuditTexts.Heading, "audit", IconShape.Audit, ModeratorRole.Admin),
        new(WebhookTexts.Heading, "webhooks", IconShape.Webhooks, ModeratorRole.Admin),
        new(LayoutTexts.Account, "account", IconShape.Account),
    ];

    /// <summary>The options of all groups, as the arrows go through them.</summary>
    public IReadOnlyList<SearchEntry> Options { get; } = [.. Groups.SelectMany(group => group.Options)];

    /// <summary>The text behind a word that says what to do, "ban" alone so far; null where it begins with none.</summary>
    public static string? WhomToBan(string text)
    {
        var verb = SearchTexts.Ban + " ";
        return text.Length > verb.Length && text.StartsWith(verb, StringComparison.OrdinalIgnoreCase) ? text[verb.Length..] : null;
    }

    /// <param name="text">What was typed.</param>
    /// <param name="reading">What was found.</param>
    /// <param name="subject">The person or room that was chosen last, by <see cref="SearchEntry.Key"/>; the first found where it isn't among them.</param>
    /// <param name="now">The moment.</param>
    public static SearchMenu Of(string text, NetworkSearchViewModel reading, string? subject, DateTimeOffset now)
    {
        var isBan = reading.MayAct && WhomToBan(text) is not null;
        SearchEntry[] people = [.. reading.Found.People.Select(person => PersonOf(person, reading.Search, now, isBan)), .. reading.Departed.Select(person => DepartedOf(person, reading.Search, now, isBan)), .. AbsentOf(reading, isBan)];
        if (isBan)
            people = [.. people.Where(person => reading.Access.Holds(ModeratorRole.Moderator, person.RoomId))];
        var found = Sentence.With(
            SearchTexts.Found,
            Numbers.Of(reading.Found.MatchingPeople + reading.Departed.Count + (reading.Absent is null ? 0 : 1), SearchTexts.PeopleOne, SearchTexts.PeopleMany),
            Numbers.Of(reading.Found.MatchingRooms, SearchTexts.RoomsOne, SearchTexts.RoomsMany));
        if (isBan)
            return MenuOf(found, new SearchGroup(SearchTexts.BanGroup, people, MoreOf(reading.Found.MatchingPeople - reading.Found.People.Count)));

        SearchEntry[] rooms = [.. reading.Found.Rooms.Select(room => RoomOf(room, reading.Search))];
        var chosen = people.Concat(rooms).FirstOrDefault(option => string.Equals(option.Key, subject, StringComparison.Ordinal)) ?? people.Concat(rooms).FirstOrDefault();
        return MenuOf(
            found,
            new SearchGroup(SearchTexts.Lately, [.. reading.Lately.Select(room => RoomOf(room, reading.Search))], null),
            new SearchGroup(SearchTexts.People, people, MoreOf(reading.Found.MatchingPeople - reading.Found.People.Count)),
            new SearchGroup(SearchTexts.Rooms, rooms, MoreOf(reading.Found.MatchingRooms - rooms.Length)),
            new SearchGroup(chosen is null ? SearchTexts.Actions : Sentence.With(SearchTexts.ActionsOn, VisibleText.Isolated(chosen.Name)), [.. ActionsOf(chosen, reading), .. VerbOf(text, reading)], null) { IsActions = true },
            new SearchGroup(SearchTexts.Pages, [.. PagesOf(reading)], null));
    }

    private static SearchMenu MenuOf(string said, params SearchGroup[] groups) => new([.. groups.Where(group => group.Options.Count > 0)], said);

    private static string? MoreOf(int more) => more > 0 ? Sentence.With(SearchTexts.More, Numbers.Count(more)) : null;

    private static SearchEntry PersonOf(FoundPerson person, NetworkSearch search, DateTimeOffset now, bool isBan)
    {
        var name = ViewerNames.Of(person.Profile, person.IsGuest, person.UserId);
        return new SearchEntry("person " + person.UserId, isBan ? SearchAct.Ban : SearchAct.Open, name, search)
        {
            Href = isBan ? null : ViewerLinks.To(person.UserId),
            UserId = person.UserId,
            AvatarUrl = person.Profile?.AvatarUrl,
            RoomId = person.Places.Count > 0 ? person.Places[0].RoomId : null,
            Note = person.Places switch
            {
                [] => SearchTexts.Online,
                [var only] => Sentence.With(SearchTexts.InRoom, NameOf(only.Title, only.RoomId), Durations.Rough(now - only.JoinedAt)),
                [var first, ..] => Sentence.With(SearchTexts.InRooms, NameOf(first.Title, first.RoomId), person.Places.Count - 1),
            },
        };
    }

    private static SearchEntry DepartedOf(DepartedPerson person, NetworkSearch search, DateTimeOffset now, bool isBan) =>
        new("person " + person.Visit.UserId, isBan ? SearchAct.Ban : SearchAct.Open, ViewerNames.Of(person.Profile, person.Visit.IsGuest, person.Visit.UserId), search)
        {
            Href = isBan ? null : ViewerLinks.To(person.Visit.UserId),
            UserId = person.Visit.UserId,
            AvatarUrl = person.Profile?.AvatarUrl,
            Note = Sentence.With(SearchTexts.Departed, VisibleText.IdOf(person.Visit.RoomId), Durations.Ago(now - person.Visit.LeftAt)),
        };

    private static IEnumerable<SearchEntry> AbsentOf(NetworkSearchViewModel reading, bool isBan)
    {
        if (reading.Absent is not { } user)
            yield break;
        yield return new SearchEntry("person " + user.UserId, isBan ? SearchAct.Ban : SearchAct.Open, ViewerNames.Of(user.Profile, user.IsGuest, user.UserId), reading.Search)
        {
            Href = isBan ? null : ViewerLinks.To(user.UserId),
            UserId = user.UserId,
            AvatarUrl = user.AvatarUrl,
            Note = SearchTexts.Absent,
        };
    }

    private static SearchEntry RoomOf(RoomSummary room, NetworkSearch search) => new("room " + room.RoomId, SearchAct.Open, NameOf(room.Title, room.RoomId), search)
    {
        Href = RoomLinks.To(room.RoomId),
        RoomId = room.RoomId,
        Shape = IconShape.Rooms,
        Note = room.Status == RoomStatus.Ended ? RoomListTexts.Ended : Sentence.With(SearchTexts.Watching, Numbers.Count(room.Count.Viewers)),
    };

    private static IEnumerable<SearchEntry> ActionsOf(SearchEntry? chosen, NetworkSearchViewModel reading)
    {
        if (chosen is { UserId: { } userId })
        {
            if (chosen.RoomId is { } roomId)
            {
                yield return new SearchEntry("list " + roomId, SearchAct.Open, Sentence.With(SearchTexts.ShowInRoom, VisibleText.IdOf(roomId)), null)
                {
                    Href = RoomLinks.To(roomId) + (roomId is "." or ".." ? "&" : "?") + "search=" + Uri.EscapeDataString(userId),
                    Shape = IconShape.Rooms,
                };
            }
            if (reading.Access.Holds(ModeratorRole.Moderator, chosen.RoomId))
                yield return new SearchEntry("ban", SearchAct.Ban, SearchTexts.BanAction, null) { UserId = userId, RoomId = chosen.RoomId, Whom = chosen.Name, Shape = IconShape.Remove };
        }
        else if (chosen is { RoomId: { } roomId })
        {
            var isPinned = reading.Pins.Contains(roomId, PresenceComparers.RoomId);
            yield return new SearchEntry("pin", SearchAct.Pin, isPinned ? SearchTexts.Unpin : SearchTexts.Pin, null) { RoomId = roomId, Shape = IconShape.Pin };
            yield return new SearchEntry("wall", SearchAct.Open, SearchTexts.OnWall, null) { Href = "wall?rooms=" + Uri.EscapeDataString(roomId), Shape = IconShape.Wall };
        }
    }

    /// <summary>Who begins to type "ban" is shown how it goes on.</summary>
    private static IEnumerable<SearchEntry> VerbOf(string text, NetworkSearchViewModel reading)
    {
        if (reading.MayAct && text.Trim() is { Length: >= 2 } typed && SearchTexts.Ban.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            yield return new SearchEntry("ban somebody", SearchAct.Type, SearchTexts.BanSomebody, null) { Typed = SearchTexts.Ban + " ", Shape = IconShape.Remove };
    }

    private static IEnumerable<SearchEntry> PagesOf(NetworkSearchViewModel reading)
    {
        foreach (var page in Pages)
        {
            if (page.IsOfNetwork ? !reading.Access.Holds(page.Needs, roomId: null) : !reading.Access.HoldsSomewhere(page.Needs))
                continue;
            if (reading.Search.Text.Length == 0 || reading.Search.FindIn(page.Name) is not null || reading.Search.FindIn(Sentence.With(SearchTexts.OpenPage, page.Name)) is not null)
                yield return new SearchEntry("page " + page.Href, SearchAct.Open, page.Name, reading.Search) { Href = page.Href, Shape = page.Shape };
        }
    }

    private static string NameOf(string? title, string roomId) => VisibleText.NameOf(title) ?? VisibleText.IdOf(roomId);

    private sealed record SearchPage(string Name, string Href, IconShape Shape, ModeratorRole Needs = ModeratorRole.Observer, bool IsOfNetwork = false);
}

/// <summary>Options of one kind.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Options">At least one.</param>
/// <param name="More">That there are more than these; null when there aren't.</param>
internal sealed record SearchGroup(string Title, IReadOnlyList<SearchEntry> Options, string? More)
{
    /// <summary>Whether they do something with what was chosen.</summary>
    public bool IsActions { get; init; }
}

/// <summary>What choosing an option does.</summary>
internal enum SearchAct
{
    Open,
    Ban,
    Pin,
    Type,
}

/// <summary>One line of a search.</summary>
/// <param name="Key">Tells it from all others.</param>
/// <param name="Act">What choosing it does.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Search">What in its name is marked; null for nothing.</param>
internal sealed record SearchEntry(string Key, SearchAct Act, string Name, NetworkSearch? Search)
{
    /// <summary>Where it leads.</summary>
    public string? Href { get; init; }

    public string? UserId { get; init; }

    public string? RoomId { get; init; }

    /// <summary>The name of the person it acts on, otherwise its own.</summary>
    public string Whom { get => field ?? Name; init; }

    /// <summary>What is known beside the name.</summary>
    public string? Note { get; init; }

    /// <summary>A person's picture, as the app set it.</summary>
    public string? AvatarUrl { get; init; }

    /// <summary>The drawing before the name; null for a person's picture.</summary>
    public IconShape? Shape { get; init; }

    /// <summary>What it puts into the field.</summary>
    public string? Typed { get; init; }

    /// <summary>The name before, in and behind what was looked for.</summary>
    public (string Before, string Hit, string Behind) Marked =>
        Search?.FindIn(Name) is { } hit ? (Name[..hit.Start], Name.Substring(hit.Start, hit.Length), Name[(hit.Start + hit.Length)..]) : (Name, "", "");
}

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
