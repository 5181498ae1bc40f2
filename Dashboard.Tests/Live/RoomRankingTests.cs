using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class RoomRankingTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PresenceEngine _engine;
    private readonly RoomRanking _ranking;

    public RoomRankingTests()
    {
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _ranking = new RoomRanking(new LocalPresence(_engine), _time);
        Beat("a", "ada");
        Beat("b", "grace");
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task Of_WhileTheRoomsStayTheSame_SettlesForTwoSeconds()
    {
        var first = await _ranking.ReadAsync(new RoomQuery());
        Beat("b", "linus");

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(first, await _ranking.ReadAsync(new RoomQuery()));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["b", "a"], await _ranking.ReadAsync(new RoomQuery()));
    }

    [Fact]
    public async Task Of_WhenARoomComes_HasItWithTheNextReading()
    {
        await _ranking.ReadAsync(new RoomQuery());
        Beat("c", "ada");

        Assert.DoesNotContain("c", await _ranking.ReadAsync(new RoomQuery()));
        _time.Advance(RoomRanking.Shortest + TimeSpan.FromMilliseconds(10));

        Assert.Contains("c", await _ranking.ReadAsync(new RoomQuery()));
    }

    [Fact]
    public async Task Of_ASettledOrderThatIsStillTheSame_IsTheSameObject()
    {
        var first = await _ranking.ReadAsync(new RoomQuery());
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Same(first, await _ranking.ReadAsync(new RoomQuery()));
        Assert.NotSame(first, await _ranking.ReadAsync(new RoomQuery { Reversed = true }));
    }

    [Fact]
    public async Task Of_MoreSearchesThanAreKept_AnswersAllTheSame()
    {
        for (var search = 0; search < 200; search++)
            Assert.Empty(await _ranking.ReadAsync(new RoomQuery { Search = $"nothing {search}" }));

        Assert.Equal(["a", "b"], await _ranking.ReadAsync(new RoomQuery()));
    }

    private void Beat(string room, string user) => _engine.Heartbeat(new Heartbeat { RoomId = room, UserId = user, SessionId = "" });
}
