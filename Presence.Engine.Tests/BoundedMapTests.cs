namespace Presence.Engine.Tests;

public sealed class BoundedMapTests
{
    private readonly BoundedMap<string> _map = new(2, StringComparer.Ordinal);

    [Fact]
    public void TrySet_WhenFull_RefusesNewIdsAlone()
    {
        Assert.True(_map.TrySet("one", "1"));
        Assert.True(_map.TrySet("one", "uno"));
        Assert.True(_map.TrySet("two", "2"));

        Assert.False(_map.TrySet("three", "3"));
        Assert.True(_map.TrySet("two", "due"));

        Assert.Equal(("uno", "due", null), (_map["one"], _map["two"], _map["three"]));
    }

    [Fact]
    public void TrySet_Null_MakesRoomOnce()
    {
        _map.TrySet("one", "1");
        _map.TrySet("two", "2");

        Assert.True(_map.TrySet("one", null));
        Assert.True(_map.TrySet("one", null));

        Assert.True(_map.TrySet("three", "3"));
        Assert.False(_map.TrySet("four", "4"));
        Assert.Null(_map["one"]);
    }
}
