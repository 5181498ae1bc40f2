using Presence.Client.Http;
using Presence.Client.Tests.Support;
using Presence.Client.Watching;

namespace Presence.Client.Tests;

/// <summary>
/// Rule 26 of docs/clients.md in the moment between two rooms: the watch knows the next one, and what it asks of the last is not
/// called off yet. Another thread may bring an answer just then.
/// </summary>
public sealed class SwitchingTests
{
    private readonly World _world = new();
    private readonly CountWatch _watch;
    private readonly CountWatcher _watcher;
    private string _roomId = "lobby";

    public SwitchingTests()
    {
        _watcher = new CountWatcher(_world.Clock, TimeSpan.Zero, onTrouble: null);
        _watch = new CountWatch(new ViewerApi(_world.Options()), new CountWatchSource(() => _roomId, () => null, call => call(), () => { }));
    }

    [Fact]
    public async Task Rule26_Restart_CountOfTheOldRoomArrives_IsNotTold()
    {
        var stream = Watched.Another(_world);
        _watch.Add(_watcher);

        Restart();
        stream.Event("snapshot", 9);
        var next = Watched.Another(_world);
        _watch.Wake();
        next.Event("snapshot", 2);

        Assert.Equal(2, await _watcher.NextAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(403, 499601)]
    [InlineData(409, 499603)]
    [InlineData(404, 400400)]
    public async Task Rule26_Restart_RefusalOfTheOldRoomArrives_IsNotTheNextRooms(int status, int code)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.IsStream, _ => answer.Task);
        _watch.Add(_watcher);

        Restart();
        Watched.Another(_world); // opened at once, and again when it is woken
        var next = Watched.Another(_world);
        answer.SetResult(FakeServer.Refusal(status, code));
        _watch.Wake();
        next.Event("snapshot", 2);

        Assert.Equal(2, await _watcher.NextAsync(CancellationToken.None));
    }

    [Fact]
    public void Rule26_Restart_StreamOfTheOldRoomEndsWithoutACount_TheNextRoomIsStreamed()
    {
        var stream = Watched.Another(_world);
        _watch.Add(_watcher);

        Restart();
        Watched.Another(_world);
        stream.End();

        Assert.Equal(["/api/v1/presence/rooms/lobby/stream", "/api/v1/presence/rooms/stage/stream"], _world.Server.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task Rule26_Restart_PolledCountOfTheOldRoomArrives_IsNotTold()
    {
        _world.Server.Answer(request => request.IsStream, () => FakeServer.Refusal(404, 400400));
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Server.Answer(request => request.Path.StartsWith("/api/v1/presence/rooms/lobby/users/count", StringComparison.Ordinal), _ => answer.Task);
        _watch.Add(_watcher);

        Restart();
        Watched.Another(_world); // opened at once, and again when it is woken
        var next = Watched.Another(_world);
        answer.SetResult(FakeServer.Json(200, """{"count":9}"""));
        _watch.Wake();
        next.Event("snapshot", 2);

        Assert.Equal(2, await _watcher.NextAsync(CancellationToken.None));
    }

    private void Restart()
    {
        lock (_world.App.Gate)
        {
            _roomId = "stage";
            _watch.RestartNeedsLock();
        }
    }
}
