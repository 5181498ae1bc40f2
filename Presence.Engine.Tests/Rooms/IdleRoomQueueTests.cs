using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Rooms;

public sealed class IdleRoomQueueTests
{
    private readonly IdleRoomQueue _empty = new();
    private readonly NetworkState _network = LoneRoom.Network();

    [Fact]
    public void Add_ARoomListedAlready_CountsFromTheLaterInstant()
    {
        var (first, second) = (new Room("red", _network, now: 0), new Room("blue", _network, now: 0));
        _empty.Add(first, 10);
        _empty.Add(second, 15);
        _empty.Add(first, 20);

        Assert.Equal(2, _empty.Count);
        Assert.True(_empty.TryTake(19, out var taken));
        Assert.Same(second, taken);
        Assert.False(_empty.TryTake(19, out _));
    }

    [Fact]
    public void Add_EmptyForLongerThanThoseListed_GoesFirst()
    {
        var (first, second, third) = (new Room("red", _network, now: 0), new Room("blue", _network, now: 0), new Room("green", _network, now: 0));
        _empty.Add(first, 10);
        _empty.Add(second, 30);
        _empty.Add(third, 20);

        Assert.Equal([first, third, second], TakeAll());
        _empty.Add(first, 10);
        _empty.Add(second, 5);
        Assert.Equal([second, first], TakeAll());
    }

    [Fact]
    public void Remove_ARoomInUse_IsNotTaken()
    {
        var room = new Room("red", _network, now: 0);
        _empty.Add(room, 10);
        _empty.Remove(room);
        _empty.Remove(room);

        Assert.False(_empty.TryTake(long.MaxValue, out _));
    }

    [Fact]
    public void Add_ARoomTakenBefore_ListsItAgain()
    {
        var room = new Room("red", _network, now: 0);
        _empty.Add(room, 10);
        _empty.TryTake(10, out _);

        _empty.Add(room, 20);

        Assert.True(_empty.TryTake(20, out var taken));
        Assert.Same(room, taken);
    }

    [Fact]
    public void TryTake_IsTheLongestEmptyAndNoneTooYoung()
    {
        var (first, second) = (new Room("red", _network, now: 0), new Room("blue", _network, now: 0));
        _empty.Add(first, 10);
        _empty.Add(second, 20);

        Assert.False(_empty.TryTake(9, out _));
        Assert.True(_empty.TryTake(15, out var taken));
        Assert.Same(first, taken);
        Assert.False(_empty.TryTake(15, out _));
        Assert.Equal(1, _empty.Count);
    }

    private List<Room> TakeAll()
    {
        var rooms = new List<Room>();
        while (_empty.TryTake(long.MaxValue, out var room))
            rooms.Add(room);
        return rooms;
    }
}
