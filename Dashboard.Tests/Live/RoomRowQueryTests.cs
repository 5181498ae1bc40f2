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
        _reader = new RoomRowQuery(new LocalPresence(_engine), _time);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Read_TwiceInOnePass_IsOneReading()
    {
        _reader.BeginPass();
        var row = await ReadAsync("main");
        Join("main", 1);

        Assert.Same(row, await ReadAsync("main"));
    }

    [Fact]
    public async Task BeginPass_AfterManyRowsChanged_IsDueLaterThanAfterOne()
    {
        Join("main", 1);
        await ReadAllAsync(80);
        Join("main", 1);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, await ReadAllAsync(80));

        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, await ReadAllAsync(80));

        Join("main", 1);
        _time.Advance(TimeSpan.FromMilliseconds(20)); // one row changed last time
        Assert.Equal(3, await ReadAllAsync(80));
    }

    [Fact]
    public async Task Reset_BeforeTheNextPassIsDue_MakesItDue()
    {
        Join("main", 1);
        await ReadAllAsync(80);
        Join("main", 1);
        _reader.Reset();

        Assert.Equal(2, await ReadAllAsync(1));
    }

    [Fact]
    public async Task Read_OfARoomThatFillsAtOnce_TellsTheBurstUntilItIsOver()
    {
        Join("main", 5);
        await ReadAllAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Join("main", 45);
        await ReadAllAsync(1);
        Assert.Equal(45, (await ReadAsync("main")).Burst);

        _time.Advance(TimeSpan.FromSeconds(5));
        await ReadAllAsync(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        await ReadAllAsync(1);

        Assert.Null((await ReadAsync("main")).Burst);
    }

    /// <summary>One pass over "main" and rooms nobody is in; how many watch "main".</summary>
    private async Task<int> ReadAllAsync(int rooms)
    {
        _reader.BeginPass();
        var rows = await _reader.ReadAsync([.. Enumerable.Range(1, rooms - 1).Select(room => $"room {room}"), "main"]);
        return rows[^1].Summary.Count.Viewers;
    }

    private async Task<RoomRow> ReadAsync(string room) => (await _reader.ReadAsync([room]))[0];

    private void Join(string room, int viewers)
    {
        for (var viewer = 0; viewer < viewers; viewer++)
            _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = $"user {_users++}", SessionId = "" });
    }
}
