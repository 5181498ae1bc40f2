using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Tests.Support;
using Presence.Engine.Users;

namespace Presence.Dashboard.Tests.Api;

/// <summary>How streams stay open and what ends them, apart from what they tell.</summary>
public sealed class StreamLifeTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Coalesced = TimeSpan.FromMilliseconds(250); // a stream speaks no more often
    private static readonly UserProfile Profile = new(new string('n', 100), "https://example.com/" + new string('a', 900));

    [Fact]
    public async Task Stream_WithNothingToTell_SendsACommentEvery15Seconds()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        using var client = await ConnectAsync(host, "lobby", DashboardHost.ServerKey);
        var text = Collect(client);
        await Eventually.TrueAsync(() => Parts(text, "event: snapshot") == 1, "the snapshot");
        var opened = time.GetUtcNow();

        for (var comments = 1; comments <= 2; comments++)
        {
            await Eventually.TrueAsync(() => Advance(time, () => Parts(text, ":\n\n") >= comments), "a comment");
            Assert.True(time.GetUtcNow() - opened >= EventStreams.LongestQuiet * comments);
        }
    }

    [Fact]
    public async Task Stream_WhenItsTokenExpires_Ends()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time, Configuration = { ["Presence:Clients:TokenLifetime"] = "1h" } });
        await using var stream = await StreamClient.OpenAsync(host, "lobby", await host.TokenAsync("anna"));
        await stream.NextAsync();
        var streams = host.Services.GetRequiredService<EventStreams>();
        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(1, streams.Count);

        await Eventually.TrueAsync(() => Advance(time, () => streams.Count == 0), "the end of the stream");

        await stream.EndAsync();
    }

    [Fact]
    public async Task Feed_OfARoomNobodyStreams_IsForgottenAfterAMinute()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var streams = host.Services.GetRequiredService<EventStreams>();
        await using (await StreamClient.OpenAsync(host, "lobby", DashboardHost.ServerKey))
            Assert.Equal(1, streams.Feeds);
        await Eventually.TrueAsync(() => Advance(time, () => streams.Count == 0), "the stream is closed");
        var closed = time.GetUtcNow();

        await Eventually.TrueAsync(() => Advance(time, () => streams.Feeds == 0), "the feed is forgotten");

        Assert.True(time.GetUtcNow() - closed >= TimeSpan.FromSeconds(55));
    }

    [Fact]
    public async Task Stream_OfAFeedThatBroke_EndsAndTheNextOneIsTold()
    {
        await using var host = await DashboardHost.StartAsync();
        var streams = host.Services.GetRequiredService<EventStreams>();
        var key = host.Services.GetRequiredService<ServerKeys>().Find(DashboardHost.ServerKey).Principal!;
        await using var broken = await StreamClient.OpenAsync(host, "lobby", DashboardHost.ServerKey);
        await broken.NextAsync();
        using (var probe = streams.TryOpen(key, address: null, "lobby", out _)!)
            ((RoomFeed)probe.Feeds[0]).Subscription!.Dispose(); // nothing comes any more, and nobody meant it

        await broken.EndAsync();

        Assert.Contains(host.Log.Faults, line => line.Message.Contains("The feed of a room failed", StringComparison.Ordinal));
        await using var next = await StreamClient.OpenAsync(host, "lobby", DashboardHost.ServerKey);
        await next.NextAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));
        Assert.Equal("anna", (await next.NextAsync("joined")).UserId);
    }

    [Fact]
    public async Task Stream_ThatIsNeverRead_IsCutOffAndOthersAreServedMeanwhile()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        var engine = host.Services.GetRequiredService<PresenceEngine>();
        var streams = host.Services.GetRequiredService<EventStreams>();
        await using var polite = await StreamClient.OpenAsync(host, "lobby", DashboardHost.ServerKey);
        await polite.NextAsync();
        using var mute = await ConnectAsync(host, "lobby", DashboardHost.ServerKey);
        await Eventually.TrueAsync(() => streams.Count == 2, "both streams are open");
        var told = 0;
        var reading = ReadAsync(polite, () => Interlocked.Increment(ref told));

        // Far more than the buffers of both ends hold, as fast as a stream may tell it, and no faster than it is read.
        for (var rounds = 0; streams.Count == 2; rounds++)
        {
            Assert.InRange(rounds, 0, 5_000);
            await BustleAsync();
        }

        await BustleAsync();
        await host.StopAsync();
        await reading;
        Assert.Empty(host.Log.Faults);

        async Task BustleAsync()
        {
            var toldBefore = Volatile.Read(ref told);
            Bustle(engine);
            await Eventually.TrueAsync(() => Advance(time, () => Volatile.Read(ref told) > toldBefore, Coalesced), "the polite stream goes on");
        }
    }

    private static async Task ReadAsync(StreamClient stream, Action onEvent)
    {
        try
        {
            while (true)
            {
                await stream.NextAsync();
                onEvent();
            }
        }
        catch (Exception exception) when (exception is Xunit.Sdk.XunitException or IOException or HttpRequestException)
        {
            // It ended.
        }
    }

    /// <summary>About as many changes as a stream tells before it speaks of a gap, each as long as may be.</summary>
    private static void Bustle(PresenceEngine engine)
    {
        for (var i = 0; i < 15; i++)
        {
            var user = $"somebody with a name as long as may be {i:000}";
            engine.Heartbeat(new Heartbeat { RoomId = "lobby", UserId = user, SessionId = "", Profile = Profile });
            engine.Leave("lobby", user, "");
        }
    }

    private static bool Advance(ManualTimeProvider time, Func<bool> done, TimeSpan? step = null)
    {
        time.Advance(step ?? Step);
        return done();
    }

    private static int Parts(StringBuilder text, string part)
    {
        lock (text)
            return text.ToString().Split(part).Length - 1;
    }

    private static StringBuilder Collect(TcpClient client)
    {
        var text = new StringBuilder();
        _ = Task.Run(async () =>
        {
            var buffer = new byte[4096];
            while (await client.GetStream().ReadAsync(buffer) is > 0 and var length)
            {
                lock (text)
                    text.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        });
        return text;
    }

    private static async Task<TcpClient> ConnectAsync(DashboardHost host, string room, string token)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/presence/rooms/{room}/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"), TestContext.Current.CancellationToken);
        return client;
    }
}
