using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class RoomRowQueryTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PresenceEngine _engine;
    private readonly RoomRowQuery _reader;
    private int _users;

    public RoomRowQueryTests()
    {
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _reader = new RoomRowQuery(_engine, _time);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Read_TwiceInOnePass_IsOneReading()
    {
        _reader.BeginPass();
        var row = _reader.Read("main");
        Join("main", 1);

        Assert.Same(row, _reader.Read("main"));
    }

    [Fact]
    public void BeginPass_AfterManyRowsChanged_IsDueLaterThanAfterOne()
    {
        Join("main", 1);
        ReadAll(80);
        Join("main", 1);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, ReadAll(80));

        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, ReadAll(80));

        Join("main", 1);
        _time.Advance(TimeSpan.FromMilliseconds(20)); // one row changed last time
        Assert.Equal(3, ReadAll(80));
    }

    [Fact]
    public void Reset_BeforeTheNextPassIsDue_MakesItDue()
    {
        Join("main", 1);
        ReadAll(80);
        Join("main", 1);
        _reader.Reset();

        Assert.Equal(2, ReadAll(1));
    }

    [Fact]
    public void Read_OfARoomThatFillsAtOnce_TellsTheBurstUntilItIsOver()
    {
        Join("main", 5);
        ReadAll(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Join("main", 45);
        ReadAll(1);
        Assert.Equal(45, _reader.Read("main").Burst);

        _time.Advance(TimeSpan.FromSeconds(5));
        ReadAll(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        ReadAll(1);

        Assert.Null(_reader.Read("main").Burst);
    }

    /// <summary>One pass over "main" and rooms nobody is in; how many watch "main".</summary>
    private int ReadAll(int rooms)
    {
        _reader.BeginPass();
        for (var room = 1; room < rooms; room++)
            _reader.Read($"room {room}");
        return _reader.Read("main").Summary.Count.Viewers;
    }

    private void Join(string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = $"user {_users++}", SessionId = "" });
    }
}
