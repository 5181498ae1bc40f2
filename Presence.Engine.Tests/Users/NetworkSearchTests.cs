using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Engine.Tests.Users;

/// <summary>One search over rooms and people of the whole network.</summary>
public sealed class NetworkSearchTests : IDisposable
{
    private readonly EngineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("José", "jose", true)]
    [InlineData("José", "JOSÉ", true)]
    [InlineData("Jose\u0301", "josé", true)]
    [InlineData("Weiß", "WEISS", true)]
    [InlineData("Grace Hopper", "e HOP", true)]
    [InlineData("かな", "がな", false)]
    [InlineData("Jose", "joss", false)]
    public void Search_Names_FindsEverySpelling(string name, string text, bool isFound)
    {
        _world.Beat("u-1", profile: new UserProfile(name, null));

        Assert.Equal(isFound ? ["u-1"] : [], People(text));
        Assert.Equal(isFound ? ["u-1"] : [], People(text)); // folded names were kept
    }

    [Fact]
    public void Search_People_AreFoundByNameOrIdWithEveryRoomTheyAreIn()
    {
        _world.Engine.Define("r-2", new RoomDefinition { Title = "Soirée" });
        _world.Beat("u-17", room: "r-1", profile: new UserProfile("Élodie", "https://pictures.example/e"));
        _world.Advance(50);
        _world.Beat("u-17", room: "r-1");
        _world.Beat("u-17", room: "r-2");
        _world.Beat("u-18", room: "r-2", guest: true);

        var found = _world.Engine.Search(new NetworkSearch { Text = "elo" }, TestContext.Current.CancellationToken);

        var person = Assert.Single(found.People);
        Assert.Equal(("u-17", "Élodie", false), (person.UserId, person.Profile?.DisplayName, person.IsGuest));
        Assert.Equal([("r-1", null), ("r-2", "Soirée")], person.Places.Select(place => (place.RoomId, place.Title)));
        Assert.Equal(50, (person.Places[1].JoinedAt - person.Places[0].JoinedAt).TotalSeconds, precision: 3);
        Assert.True(Assert.Single(_world.Engine.Search(new NetworkSearch { Text = "U-18" }, TestContext.Current.CancellationToken).People).IsGuest);
    }

    [Fact]
    public void Search_People_AreTheOnesPresentOnceEach()
    {
        _world.Beat("ann", room: "r-1");
        _world.Engine.UserHeartbeat("ann");
        _world.Engine.UserHeartbeat("anna", new UserProfile("Àn", null));
        _world.Engine.UserHeartbeat("anton");
        _world.Engine.SetOptOut("anton", isOut: true); // asked not to be listed
        _world.Beat("andy", room: "r-1");
        _world.Engine.Leave("r-1", "andy", "");

        var found = _world.Engine.Search(new NetworkSearch { Text = "an" }, TestContext.Current.CancellationToken);

        Assert.Equal(["anna", "ann"], found.People.Select(person => person.UserId)); // one is called so
        Assert.Equal([0, 1], found.People.Select(person => person.Places.Count));
        Assert.Equal(2, found.MatchingPeople);
    }

    [Fact]
    public void Search_MoreThanAskedFor_ListsTheBestAndCountsTheRest()
    {
        foreach (var name in new[] { "Ida", "Grida", "Da Ida Costa", "Idalia", "ida" })
            _world.Beat("u " + name, profile: new UserProfile(name, null));
        _world.Beat("v 1", profile: new UserProfile("Idabel", null));
        foreach (var room in new[] { "a-room", "room", "the room", "roomy" })
            _world.Beat("viewer", room);
        _world.Beat("another", "the room");

        var found = _world.Engine.Search(new NetworkSearch { Text = "ida", People = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(["u Ida", "u ida", "v 1"], found.People.Select(person => person.UserId));
        Assert.Equal(6, found.MatchingPeople);

        found = _world.Engine.Search(new NetworkSearch { Text = "room", Rooms = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(["room", "roomy", "the room"], found.Rooms.Select(room => room.RoomId));
        Assert.Equal(4, found.MatchingRooms);
        Assert.Equal(2, found.Rooms[2].Count.Viewers);
    }

    [Fact]
    public void Search_Rooms_AreFoundByIdOrTitleAlsoWhenNobodyIsThere()
    {
        _world.Beat("viewer", "café");
        _world.Beat("viewer", "left");
        _world.Engine.Leave("left", "viewer", "");
        _world.Engine.Define("r-2", new RoomDefinition { Title = "São Paulo left bank" });

        Assert.Equal(["café"], Rooms("CAFE"));
        Assert.Equal(["r-2"], Rooms("sao"));
        Assert.Equal(["left", "r-2"], Rooms("left"));
        Assert.Empty(Rooms("bank x"));
    }

    [Fact]
    public void Search_OfNothing_FindsNothing()
    {
        _world.Beat("ann");

        Assert.Equal(NetworkFindings.None, _world.Engine.Search(new NetworkSearch { Text = "" }, TestContext.Current.CancellationToken));
        Assert.Equal(NetworkFindings.None, _world.Engine.Search(new NetworkSearch { Text = "\u0301" }, TestContext.Current.CancellationToken)); // folds to nothing
    }

    [Fact]
    public async Task Search_GivenUp_Ends()
    {
        using var typedOn = new CancellationTokenSource();
        await typedOn.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => _world.Engine.Search(new NetworkSearch { Text = "a" }, typedOn.Token));
    }

    [Fact]
    public void Searched_CountsEverybodyAndEveryRoom()
    {
        _world.Beat("ann");
        _world.Beat("ben");
        _world.Engine.UserHeartbeat("ann");
        _world.Engine.Define("r-2", new RoomDefinition { Title = "Two" });

        Assert.Equal(5, _world.Engine.Searched);
    }

    [Theory]
    [InlineData("Élodie", "elo", "Élo")]
    [InlineData("E\u0301lodie", "elo", "E\u0301lo")]
    [InlineData("Groß Weiß", "ISS", "iß")]
    [InlineData("melody", "ELO", "elo")]
    [InlineData("Æsir", "e", "Æ")]
    [InlineData("Élodie", "x", null)]
    [InlineData("Élodie", "", null)]
    public void FindIn_ShownText_MarksWholeCharacters(string shown, string text, string? marked)
    {
        var hit = new NetworkSearch { Text = text }.FindIn(shown);

        Assert.Equal(marked, hit is { } found ? shown.Substring(found.Start, found.Length) : null);
    }

    private IEnumerable<string> People(string text) => _world.Engine.Search(new NetworkSearch { Text = text }, TestContext.Current.CancellationToken).People.Select(person => person.UserId);

    private IEnumerable<string> Rooms(string text) => _world.Engine.Search(new NetworkSearch { Text = text }, TestContext.Current.CancellationToken).Rooms.Select(room => room.RoomId);
}
