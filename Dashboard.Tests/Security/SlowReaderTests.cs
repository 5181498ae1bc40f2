using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Tests.Api;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Clients that open event streams and never read them: they cost what a buffer costs, and nobody else anything.</summary>
[Collection(nameof(HeartbeatBytesTests))] // it weighs the process: no other test may run meanwhile
public sealed class SlowReaderTests
{
    private const int Readers = 40;
    private const int Users = 200;
    private const long BufferOfAStream = 64 * 1024;
    private const long MostGrowth = 20 * 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Minutes, most of them until the system's own buffers are full. What ends one such stream: StreamLifeTests.</summary>
    [Fact]
    public async Task Streams_NobodyReads_AreCutOffAndCostNeitherMemoryNorAnybodyElse()
    {
        Assert.SkipUnless(ProofLength.IsFull, "It takes minutes: ./test.sh --full");
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Limits:StreamsPerPrincipal"] = "1000" } });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        var streams = host.Services.GetRequiredService<EventStreams>();
        await using var polite = await StreamClient.OpenAsync(host, "busy", DashboardHost.ServerKey);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reading = ReadAsync(polite, stop.Token);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var readers = new List<Socket>();
        try
        {
            for (var i = 0; i < Readers; i++)
                readers.Add(await OpenAsync(host));
            await Eventually.TrueAsync(() => streams.Count == Readers + 1, "all streams are open");

            var most = 0L;
            var round = 0;
            await Eventually.TrueAsync(
                () =>
                {
                    Churn(engine, round++);
                    if (round % 20 == 0)
                        most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                    return streams.Count == 1;
                },
                "those nobody reads are cut off",
                TimeSpan.FromMinutes(10)); // 20 s after their buffers are full

            TestContext.Current.TestOutputHelper?.WriteLine($"{round} rounds of {2 * Users} changes; {most / 1024:N0} KiB more at most");
            Assert.InRange(most, 0, (Readers * BufferOfAStream) + MostGrowth);
            engine.Heartbeat(new Heartbeat { RoomId = "busy", UserId = "the-last-one", SessionId = "" });
            Assert.True(await reading, "The polite reader is told of what happened last.");
            Assert.Equal(200, (await host.CountAsync("busy")).Status);
            Assert.Empty(host.Log.Faults);
        }
        finally
        {
            await stop.CancelAsync();
            readers.ForEach(reader => reader.Dispose());
        }
    }

    /// <summary>Opens a stream over a connection that takes in as little as can be, and reads nothing.</summary>
    private static async Task<Socket> OpenAsync(DashboardHost host)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
        await socket.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/presence/rooms/busy/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {DashboardHost.ServerKey}\r\n\r\n"), Cancel);
        return socket;
    }

    /// <summary>Everybody comes, and everybody goes.</summary>
    private static void Churn(PresenceEngine engine, int round)
    {
        for (var i = 0; i < Users; i++)
            engine.Heartbeat(new Heartbeat { RoomId = "busy", UserId = $"user-{round}-{i}-{new string('x', 20)}", SessionId = "" });
        for (var i = 0; i < Users; i++)
            engine.Leave("busy", $"user-{round}-{i}-{new string('x', 20)}", "");
    }

    /// <summary>Reads on until it is told of the last one.</summary>
    private static async Task<bool> ReadAsync(StreamClient stream, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = await stream.NextAsync();
            // A reader that fell behind is told of a gap and the state instead of each who came.
            if ((next.Name == "joined" && (string?)next.Data["userId"] == "the-last-one") || (next.Name is "snapshot" or "count" && (int)next.Data["count"]! == 1))
                return true;
        }
        return false;
    }
}
