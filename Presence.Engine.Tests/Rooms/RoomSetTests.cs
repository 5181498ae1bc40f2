using Presence.Engine.Rooms;

namespace Presence.Engine.Tests.Rooms;

public sealed class RoomSetTests
{
    [Theory]
    [InlineData("lobby", "lobby", true)]
    [InlineData("lobby", "lobby-2", false)]
    [InlineData("lobby", "Lobby", false)]
    [InlineData("class-*", "class-7a", true)]
    [InlineData("class-*", "class-", true)]
    [InlineData("class-*", "Class-7a", false)]
    [InlineData("class-*", "class", false)]
    [InlineData(".*", ".hidden", true)]
    public void Contains_OfARoom_IsAsItsNameOrBeginning(string name, string roomId, bool isIn) =>
        Assert.Equal(isIn, RoomSet.Of("other", name).Contains(roomId));

    [Theory]
    [InlineData("*")]
    [InlineData("a/b")]
    [InlineData("a/*")]
    [InlineData("")]
    [InlineData("..")]
    public void ProblemOf_ANameThatIsNone_NamesItAndTheRule(string name)
    {
        var problem = RoomSet.ProblemOf(["lobby", name]);

        Assert.StartsWith($"\"{name}\": ", problem, StringComparison.Ordinal);
        Assert.Equal(problem, Assert.Throws<ArgumentException>(() => RoomSet.Of("lobby", name)).Message.Split(" (Parameter")[0]);
    }

    [Fact]
    public void ProblemOf_NoneOrTooMany_SaysHowMany()
    {
        Assert.Equal("Name 1 to 50 rooms or prefixes, not 0.", RoomSet.ProblemOf([]));
        Assert.Equal("Name 1 to 50 rooms or prefixes, not 51.", RoomSet.ProblemOf([.. Enumerable.Range(0, RoomSet.Most + 1).Select(number => $"room-{number}")]));
        Assert.Null(RoomSet.ProblemOf([.. Enumerable.Range(0, RoomSet.Most).Select(number => $"room-{number}")]));
    }

    [Fact]
    public void Sets_WrittenInAnyOrder_AreEqualAndComeBackAsWritten()
    {
        var set = RoomSet.Of("lobby", " class-*", "lobby");

        Assert.Equal(["class-*", "lobby"], set.Names);
        Assert.Equal(set, RoomSet.Of("class-*", "lobby"));
        Assert.Equal(set.GetHashCode(), RoomSet.Of("class-*", "lobby").GetHashCode());
        Assert.Equal(set, RoomSet.Read(set.ToString()));
        Assert.NotEqual(set, RoomSet.Of("class-*"));
        Assert.Null(RoomSet.Read(null));
    }
}
