using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Rooms;

/// <summary>Names are found and put in order by their letters.</summary>
public sealed class NameTests : IDisposable
{
    private static readonly string[] Ordered =
        ["1", "Ángel", "anna", "Anna", "Emil", "Émile", "Ida", "José", "Łukasz", "Ödön", "Olaf", "Oskar", "Øyvind", "Zoë", "Zz", "Олег", "山田"];

    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("José", "jose", true)]
    [InlineData("José", "JOSÉ", true)]
    [InlineData("Jose\u0301", "josé", true)]
    [InlineData("Jose", "José", true)]
    [InlineData("Øyvind", "oyv", true)]
    [InlineData("Weiß", "WEISS", true)]
    [InlineData("Ｗｉｄｅ", "wide", true)]
    [InlineData("かな", "がな", false)]
    [InlineData("Jose", "joss", false)]
    public void Viewers_Search_FindsEverySpelling(string name, string search, bool isFound)
    {
        _world.Beat("u-1", profile: new UserProfile(name, null));

        Assert.Equal(isFound ? ["u-1"] : [], _world.List(search: search));
        Assert.Equal(isFound ? ["u-1"] : [], _world.Engine.Order(EngineWorld.Lobby, new ViewerQuery { Search = search }).UserIds);
        Assert.Equal(isFound, new ViewerQuery { Search = search }.Matches(_world.Engine.Viewers(EngineWorld.Lobby, ["u-1"])[0], _world.Now));
    }

    [Fact]
    public void Viewers_Search_FindsIdsAndNamelessViewersInEverySpelling()
    {
        _world.Beat("gérard", profile: new UserProfile("Somebody", null));
        _world.Beat("GERARD-2");

        Assert.Equal(["GERARD-2", "gérard"], _world.List(search: "Gerard"));
    }

    [Fact]
    public void OnlineUsers_Search_FindsEverySpelling()
    {
        _world.Engine.UserHeartbeat("u-1", new UserProfile("Renée", null));
        _world.Engine.UserHeartbeat("ÅSA");

        Assert.Equal("u-1", Assert.Single(_world.Engine.OnlineUsers(new OnlineQuery { Search = "RENEE" }).Users).UserId);
        Assert.Equal("ÅSA", Assert.Single(_world.Engine.OnlineUsers(new OnlineQuery { Search = "asa" }).Users).UserId);
    }

    [Fact]
    public void RankRooms_Search_FindsIdsAndTitlesInEverySpelling()
    {
        _world.Beat("ann", room: "café");
        _world.Beat("ann", room: "r-2");
        _world.Engine.Define("r-2", new RoomDefinition { Title = "Soirée à São Paulo" });

        Assert.Equal(["café"], _world.Engine.RankRooms(new RoomQuery { Search = "CAFE" }));
        Assert.Equal(["r-2"], _world.Engine.RankRooms(new RoomQuery { Search = "soiree a sao" }));
        Assert.Equal(["r-2"], _world.Engine.Rooms(new RoomQuery { Search = "São" }).Rooms.Select(room => room.RoomId));
        Assert.Empty(_world.Engine.RankRooms(new RoomQuery { Search = "soiree x" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Rooms_ByName_FollowLettersOfTitleOrIdPageByPage(int limit)
    {
        foreach (var room in new[] { "zoo", "Ökumene", "oper", "émile", "emil", "r-1", "r-2", "Zz" })
            _world.Beat("viewer of " + room, room);
        _world.Engine.Define("r-1", new RoomDefinition { Title = "Éclair" });
        _world.Engine.Define("r-2", new RoomDefinition { Title = "Ödön" });
        string[] expected = ["r-1", "emil", "émile", "r-2", "Ökumene", "oper", "zoo", "Zz"];

        var listed = new List<string>();
        var query = new RoomQuery { Order = RoomOrder.Name, Limit = limit };
        do
        {
            var page = _world.Engine.Rooms(query);
            listed.AddRange(page.Rooms.Select(room => room.RoomId));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        Assert.Equal(expected, listed);
        Assert.Equal(expected, _world.Engine.RankRooms(new RoomQuery { Order = RoomOrder.Name }));
        Assert.Equal(expected.Reverse(), _world.Engine.RankRooms(new RoomQuery { Order = RoomOrder.Name, Reversed = true }));
        _world.Engine.Define("r-1", new RoomDefinition { Title = "Zzz" });
        Assert.Equal("r-1", _world.Engine.RankRooms(new RoomQuery { Order = RoomOrder.Name })[^1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void Viewers_ByName_FollowLettersPageByPage(int limit)
    {
        Arrive();

        var listed = new List<string>();
        var query = new ViewerQuery { Sort = ViewerSort.Name, Limit = limit };
        do
        {
            var page = _world.Engine.Viewers(EngineWorld.Lobby, query);
            listed.AddRange(page.Viewers.Select(viewer => viewer.Profile?.DisplayName ?? viewer.UserId));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        Assert.Equal(Ordered, listed);
        Assert.Equal(Ordered, _world.Engine.Order(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.Name }).UserIds.Select(NameOf));
    }

    [Fact]
    public void Viewers_ByName_EqualToTheEyeGoById()
    {
        foreach (var user in new[] { "c", "a", "b", "d" })
            _world.Beat(user, profile: new UserProfile(user is "a" or "c" ? "José" : "Jose\u0301", null));

        Assert.Equal(["a", "b", "c", "d"], _world.List(ViewerSort.Name));
        Assert.Equal(["a", "b", "c", "d"], _world.Engine.Order(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.Name }).UserIds);
    }

    [Fact]
    public void Viewers_ByName_HalfACharacterStopsNobody()
    {
        foreach (var (user, name) in new[] { ("a", "Zo\uD800"), ("b", "\uDC00"), ("c", "Zoë\uFFFE"), ("d", "Ann") })
            _world.Beat(user, profile: new UserProfile(name, null));

        var listed = new List<string>();
        var query = new ViewerQuery { Sort = ViewerSort.Name, Limit = 1 };
        do
        {
            var page = _world.Engine.Viewers(EngineWorld.Lobby, query);
            listed.Add(page.Viewers[0].UserId);
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        Assert.Equal(4, listed.Distinct().Count());
        Assert.Equal(["c"], _world.List(search: "zoe"));
    }

    [Fact]
    public void Viewers_ByName_WhereNothingShowsTheIdStands()
    {
        _world.Beat("mia", profile: new UserProfile("\u200B\u3164", null));
        _world.Beat("u-1", profile: new UserProfile("\u202EAnna", null));
        _world.Beat("u-2", profile: new UserProfile("Zoë", null));

        Assert.Equal(["u-1", "mia", "u-2"], _world.List(ViewerSort.Name));
        var first = _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.Name, Limit = 2 });
        Assert.Equal("u-2", Assert.Single(_world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.Name, After = first.Next }).Viewers).UserId);
    }

    [Fact]
    public void Viewers_RenamedAfterASearch_AreFoundByTheNewNameAlone()
    {
        _world.Beat("u-1", profile: new UserProfile("Zoë", null));
        _world.Beat("u-2", profile: new UserProfile("Mia", null));
        Assert.Equal(["u-2", "u-1"], _world.List(ViewerSort.Name));

        _world.Engine.UpdateProfile("u-1", new UserProfile("André", null));

        Assert.Equal(["u-1", "u-2"], _world.List(ViewerSort.Name));
        Assert.Equal(["u-1"], _world.List(search: "andre"));
        Assert.Empty(_world.List(search: "zoe"));
        _world.Beat("u-1", room: "other", profile: new UserProfile("Zoë", "picture"));
        Assert.Equal(["u-1"], _world.List(search: "zoe"));
        Assert.Equal("picture", _world.Engine.ProfileOf("u-1")?.AvatarUrl);
    }

    [Fact]
    public void Viewers_WhoLeftAndCameBackAsSomebodyElse_AreFoundByTheNewNameAlone()
    {
        _world.Beat("u-1", profile: new UserProfile("Zoë", null));
        _world.Beat("u-2", profile: new UserProfile("Mia", null));
        Assert.Equal(["u-1"], _world.List(search: "zoe"));

        _world.Engine.Leave(EngineWorld.Lobby, "u-1", "");
        _world.Beat("u-1", profile: new UserProfile("André", null)); // the slot is the same

        Assert.Equal(["u-1"], _world.List(search: "andre"));
        Assert.Empty(_world.List(search: "zoe"));
        Assert.Equal(["u-1", "u-2"], _world.List(ViewerSort.Name));
    }

    [Fact]
    public void Viewers_WhoTookTheSlotOfAnother_AreFoundByTheirOwnName()
    {
        _world.Beat("u-1", profile: new UserProfile("Zoë", null));
        _world.Beat("u-1", room: "other"); // goes on being called so elsewhere
        _world.Beat("u-2", profile: new UserProfile("Mia", null));
        Assert.Equal(["u-2", "u-1"], _world.List(ViewerSort.Name));

        _world.Engine.Leave(EngineWorld.Lobby, "u-1", "");
        _world.Beat("u-3", profile: new UserProfile("Adam", null));

        Assert.Equal(["u-3", "u-2"], _world.List(ViewerSort.Name));
        Assert.Empty(_world.List(search: "zoe"));
        Assert.Equal(["u-3"], _world.List(search: "adam"));
    }

    [Fact]
    public void Viewers_WhoseLeadPassedOn_AreFoundInEitherSlot()
    {
        _world.Beat("u-1", session: "first", profile: new UserProfile("Zoë", null));
        _world.Beat("u-1", session: "second");
        Assert.Equal(["u-1"], _world.List(search: "zoe"));

        _world.Engine.Leave(EngineWorld.Lobby, "u-1", "first");
        _world.Beat("u-2", profile: new UserProfile("Mia", null));

        Assert.Equal(["u-1"], _world.List(search: "zoe"));
        Assert.Equal(["u-2", "u-1"], _world.List(ViewerSort.Name));
    }

    [Fact]
    public void Viewers_RenamedInManySlices_AreEachFoundByWhatHolds()
    {
        const int users = 5_000;
        for (var user = 0; user < users; user++)
            _world.Beat($"u-{user}", profile: new UserProfile($"Before {user}", null));
        Assert.Equal(users, Matching("before"));

        for (var user = 0; user < users; user += 3)
            _world.Engine.UpdateProfile($"u-{user}", new UserProfile($"After {user}", null));
        for (var user = 1; user < users; user += 3)
            _world.Engine.Leave(EngineWorld.Lobby, $"u-{user}", "");
        for (var user = 1; user < users; user += 3)
            _world.Beat($"new-{user}");

        Assert.Equal((1_667, 1_666, 1_667), (Matching("after"), Matching("before"), Matching("new-")));
        Assert.Equal(users, Matching(""));

        int Matching(string search) => _world.Engine.Viewers(EngineWorld.Lobby, new ViewerQuery { Search = search, Sort = ViewerSort.Name, Limit = 1 }).Matching;
    }

    [Fact]
    public void NameOf_WhoLeftBetweenTheCopyAndTheQuestion_IsNotRemembered()
    {
        var network = LoneRoom.Network();
        var room = new Room("red", network, now: 0);
        Beat("Zoë");
        room.Beat("u-2"); // an empty room forgets all names
        var rows = new List<ViewerRow>();
        room.CopyAll(rows, withNames: true);
        room.Leave("u-1");

        Assert.Equal("u-1", room.NameOf(rows[0]).Text);
        Beat("Mia");
        rows.Clear();
        room.CopyAll(rows, withNames: true);
        Assert.Equal("Mia", room.NameOf(rows[0]).Text);

        void Beat(string name) => room.TryHeartbeat(
            new Heartbeat { RoomId = "red", UserId = "u-1", SessionId = "", Profile = new UserProfile(name, null) }, PresenceComparers.UserId.GetHashCode("u-1"), out _);
    }

    [Fact]
    public void CopyAll_ARoomAskedForNames_RemembersThemAMinuteAndNoLonger()
    {
        var time = new ManualTimeProvider();
        var network = LoneRoom.Network(time);
        var room = new Room("red", network, now: 0);
        room.Beat("u-1");
        Assert.Null(Remembered());
        room.NameOf(Copied());
        var name = Remembered();
        Assert.NotNull(name);

        Pass(59);
        Assert.Same(name, Remembered());
        Pass(59);
        Assert.Same(name, Remembered());
        Pass(60);
        Assert.Null(Remembered());

        room.Beat("u-1");
        room.NameOf(Copied());
        room.Beat("u-2");
        room.Leave("u-1");
        Assert.Equal("u-2", room.NameOf(Copied()).Text);
        room.Leave("u-2"); // nobody is left
        room.Beat("u-2");
        Assert.Null(Remembered());

        UserName? Remembered() => Copied().Name;

        ViewerRow Copied()
        {
            var rows = new List<ViewerRow>();
            room.CopyAll(rows, withNames: true);
            return rows[0];
        }

        void Pass(int seconds)
        {
            for (; seconds > 0; seconds--)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                room.ForgetNames(network.Clock.Tick());
            }
        }
    }

    [Theory]
    [InlineData(ViewerSort.Name)]
    [InlineData(ViewerSort.LatestHeartbeatFirst)]
    [InlineData(ViewerSort.OldestHeartbeatFirst)]
    [InlineData(ViewerSort.FirstJoinedFirst)]
    [InlineData(ViewerSort.LastJoinedFirst)]
    public void Order_OfACrowd_IsThatOfItsPages(ViewerSort sort)
    {
        var random = new Random(11);
        var names = new[] { "Anna of the very long evening show", "Anna of the very long evening", "anna", "Ångström", "", "José", "Jose" };
        for (var user = 0; user < 3_000; user++)
        {
            if (user % 7 == 0)
                _world.Time.Advance(TimeSpan.FromMilliseconds(1));
            _world.Beat($"u-{random.Next(100_000):D6}", profile: new UserProfile(names[random.Next(names.Length)] + (user % 3 == 0 ? " " + random.Next(500) : ""), null));
        }
        var query = new ViewerQuery { Sort = sort, Search = "u-", Limit = 100_000 };

        var ordered = _world.Engine.Order(EngineWorld.Lobby, query).UserIds;

        Assert.Equal(_world.Viewers(), ordered.Count);
        Assert.Equal(_world.Engine.Viewers(EngineWorld.Lobby, query).Viewers.Select(viewer => viewer.UserId), ordered);
        Assert.Equal(ordered.Take(50), _world.Engine.Viewers(EngineWorld.Lobby, query with { Limit = 50 }).Viewers.Select(viewer => viewer.UserId));
    }

    [Fact]
    public void Viewers_ManyOfOneName_AreSortedWhole()
    {
        var random = new Random(3);
        var users = Enumerable.Range(0, 500).ToArray();
        random.Shuffle(users);
        foreach (var user in users)
            _world.Beat($"user-{user:D5}", profile: user % 2 == 0 ? new UserProfile("Viewer of the long evening show", null) : null);

        var ordered = _world.Engine.Order(EngineWorld.Lobby, new ViewerQuery { Sort = ViewerSort.Name }).UserIds;

        Assert.Equal([.. Named(1), .. Named(0)], ordered);

        static IEnumerable<string> Named(int rest) => Enumerable.Range(0, 500).Where(user => user % 2 == rest).Select(user => $"user-{user:D5}");
    }

    private void Arrive()
    {
        var names = Ordered.ToArray();
        new Random(5).Shuffle(names);
        foreach (var name in names)
            _world.Beat(name == "Ida" ? name : "id " + name, profile: name == "Ida" ? null : new UserProfile(name, null));
    }

    private string NameOf(string userId) => _world.Engine.ProfileOf(userId)?.DisplayName ?? userId;
}
