using System.Collections.Concurrent;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Many threads at the members of a few presences. Whatever they do in between, all is well when everything is stopped.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 8;
    private const int StepsEach = 400;

    private readonly World _world = new();

    [Fact]
    public async Task Rule3And12And32_AnyMembersFromManyThreads_OneHeartbeatAtATimeAndNothingLeftBehind()
    {
        var seed = Environment.TickCount;
        var underWay = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var overlaps = 0;
        _world.Server.Answer(request => request.IsBeat, AnswerAsync, times: int.MaxValue);
        var presences = Enumerable.Range(0, 4).Select(number => _world.Room(options => options.RoomId = $"room-{number % 2}")).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => ActAsync(new Random(seed + thread), presences))));
        foreach (var presence in presences)
            await presence.DisposeAsync();

        Assert.True(overlaps == 0, $"{overlaps} heartbeats overlapped; seed {seed}");
        Assert.All(presences, presence => Assert.Equal(PresenceStatus.Idle, presence.State.Status));
        Assert.Equal((0, 0), (_world.App.Listeners, _world.Clock.Timers));
        foreach (var room in _world.Server.Requests.Where(request => request.IsBeat || request.IsLeave || request.IsBeacon).GroupBy(request => request.Path.Split('/')[5]))
            Assert.True(!room.Last().IsBeat, $"{room.Key} was never left; seed {seed}");

        async Task<HttpResponseMessage> AnswerAsync(SeenRequest request)
        {
            var room = request.Path.Split('/')[5];
            if (underWay.AddOrUpdate(room, 1, (_, count) => count + 1) > 1)
                Interlocked.Increment(ref overlaps);
            await Task.Yield();
            underWay.AddOrUpdate(room, 0, (_, count) => count - 1);
            return FakeServer.Json(202, """{"nextHeartbeatInSeconds":30}""");
        }
    }

    private async Task ActAsync(Random random, RoomPresence[] presences)
    {
        for (var step = 0; step < StepsEach; step++)
        {
            var presence = presences[random.Next(presences.Length)];
            switch (random.Next(8))
            {
                case 0 or 1:
                    _ = presence.StartHeartbeatAsync();
                    break;
                case 2:
                    _ = presence.StopHeartbeatAsync();
                    break;
                case 3:
                    await presence.StopHeartbeatAsync();
                    break;
                case 4:
                    _ = presence.SwitchRoomAsync($"room-{random.Next(2)}");
                    break;
                case 5:
                    presence.SetViewerState((ViewerState)random.Next(3));
                    break;
                case 6:
                    _world.App.SetHidden(random.Next(2) == 0);
                    break;
                default:
                    await Task.Yield();
                    break;
            }
        }
    }
}
