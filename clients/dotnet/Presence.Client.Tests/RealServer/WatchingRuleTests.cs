using System.Collections.Concurrent;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>Rules 26 to 28 of docs/clients.md against the product.</summary>
public sealed class WatchingRuleTests(ScriptedServer server) : ScriptedTests(server)
{
    [Fact]
    public async Task Rule26_Watch_ViewersComeAndGo_TellsEveryCountOnce()
    {
        var viewer = Device.Room(options => options.App = new PresenceApp());
        var heard = new ConcurrentQueue<int>();
        using var watching = new CancellationTokenSource();
        var watched = WatchAsync();
        await Device.UntilAsync(() => heard.Count == 1, "the count at first");

        await viewer.StartHeartbeatAsync();
        await Device.UntilAsync(() => heard.Count == 2, "the count with a viewer");
        var parts = Network.Responses[0].Parts;
        viewer.SetViewerState(ViewerState.Hidden);
        await Device.UntilAsync(() => Network.Responses[0].Parts > parts, "an event with the same count");
        await viewer.StopHeartbeatAsync();
        await Device.UntilAsync(() => heard.Count == 3, "the count without");
        await watching.CancelAsync();
        await watched;

        Assert.Equal([0, 1, 0], heard);
        Assert.Equal("text/event-stream", $"{Assert.Single(Network.Streams).Request.Message.Headers.Accept}");

        async Task WatchAsync()
        {
            try
            {
                await foreach (var count in Device.Room().WatchCountAsync(cancellationToken: watching.Token))
                    heard.Enqueue(count);
            }
            catch (OperationCanceledException)
            {
                // Heard enough.
            }
        }
    }

    [Fact]
    public async Task Rule26_Watch_RoomIsSwitched_TellsTheNextRoomsCounts()
    {
        await JoinAsync("berta", "carla");
        var presence = Device.Room();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 2);

        await presence.SwitchRoomAsync(RoomId + "-next");
        await Device.UntilAsync(() => Network.Responses.Count == 2 && Network.Responses[1].Parts > 0, "the next stream");

        Assert.Equal(0, await watched.NextAsync());
        Assert.True(Network.Responses[0].IsClosed);
    }

    [Fact]
    public async Task Rule27_Watch_ConnectionBreaks_IsOpenedAgainAfterAPartOfASecondAndMissesNothing()
    {
        await using var watched = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);

        Network.Responses[0].Cut();
        await Device.UntilAsync(() => Device.Clock.NextDueIn < TimeSpan.FromSeconds(0.6), "the pause");
        await JoinAsync("berta");
        await Device.AdvanceAsync(0.5);

        Assert.Equal(2, Network.Streams.Count);
        await Device.HearsAsync(watched, 1);
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule27_Watch_StreamThatIsQuiet_LivesByTheServersCommentsAndIsDeadWithoutThem()
    {
        await using var watched = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);
        var wire = Network.Responses[0];

        for (var comments = 0; comments < 3; comments++)
        {
            var parts = wire.Parts;
            await Device.AdvanceAsync(15);
            await Device.UntilAsync(() => wire.Parts > parts, "a comment");
        }
        Assert.False(wire.IsClosed);
        wire.Silence();
        await JoinAsync("berta");
        await Device.AdvanceAsync(29);
        Assert.False(wire.IsClosed);
        await Device.UntilAsync(() => Network.Streams.Count == 2, "another stream");

        Assert.True(wire.IsClosed);
        await Device.HearsAsync(watched, 1);
    }

    [Fact]
    public async Task Rule28_Watch_NoPlaceForAnotherStream_AsksAtThePaceOfTheHeartbeatsAndThenTriesAgain()
    {
        var others = new List<HttpResponseMessage>();
        for (var streams = 0; streams < 10; streams++)
            others.Add(await Server.OpenStreamAsync(RoomId, Server.TokenOf(Device.UserId)));
        await using var watched = new Watched(Device.Room());
        await Device.HearsAsync(watched, 0);
        Assert.Equal([429], Network.Streams.Select(stream => stream.Status));
        await Device.AdvanceAsync(20);
        await JoinAsync("berta");

        await Device.AdvanceAsync(10);
        await Device.HearsAsync(watched, 1);
        Assert.InRange(Network.Counts.Count, 2, 3);
        others.ForEach(stream => stream.Dispose());
        await Device.UntilAsync(() => Server.OpenStreams == 0, "the end of the others");
        await Device.AdvanceAsync(270);

        Assert.Equal(10, Network.Counts.Count);
        Assert.Equal([429, 200], Network.Streams.Select(stream => stream.Status));
        Assert.Empty(watched.Troubles);
    }

    [Fact]
    public async Task Rule28_Watch_SomethingKeepsTheEventsToItself_AsksInstead()
    {
        await JoinAsync("berta");
        Network.SilenceNextStream();
        await using var watched = new Watched(Device.Room());

        await Device.AdvanceAsync(9.999);
        Assert.Empty(Network.Counts);
        await Device.AdvanceAsync(0.001);

        Assert.Equal(1, await watched.NextAsync());
        Assert.Single(Network.Counts);
        Assert.True(Network.Responses[0].IsClosed);
    }

    [Fact]
    public async Task Rule28_Watch_StreamCannotBeSentThreeTimes_AsksInstead()
    {
        await JoinAsync("berta");
        Network.Refuse(request => request.IsStream, times: 3);
        await using var watched = new Watched(Device.Room());

        await Device.AdvanceAsync(5);

        Assert.Equal(3, Network.Streams.Count);
        Assert.Equal(1, await watched.NextAsync());
    }

    [Fact]
    public async Task Rule28_Watch_WhileAHeartbeatRuns_ItBringsTheCount()
    {
        var presence = Device.Room(options => options.ReadsStreams = false);
        await presence.StartHeartbeatAsync();
        await using var watched = new Watched(presence);
        await Device.HearsAsync(watched, 1);
        await Device.AdvanceAsync(10);
        await JoinAsync("berta", "carla");

        await Device.AdvanceAsync(20);

        Assert.Equal(3, await watched.NextAsync());
        Assert.EndsWith("?include=count", Network.Beats[1].Request.Path, StringComparison.Ordinal);
        await Device.AdvanceAsync(300);
        Assert.Single(Network.Counts); // until the next heartbeat
        Assert.Empty(Network.Streams);
    }
}
