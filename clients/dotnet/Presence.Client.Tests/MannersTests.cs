using System.Runtime.CompilerServices;
using Presence.Client.Tests.Support;

namespace Presence.Client.Tests;

/// <summary>Rules 31 and 32 of docs/clients.md.</summary>
[CollectionDefinition(nameof(MannersTests), DisableParallelization = true)] // it listens to all tasks of the process
[Collection(nameof(MannersTests))]
public sealed class MannersTests
{
    private readonly World _world = new();

    [Fact]
    public async Task Rule31_EverythingFails_NobodyListens_NothingIsHeardOfIt()
    {
        var unobserved = new List<Exception>();
        void Hear(object? sender, UnobservedTaskExceptionEventArgs fault) => unobserved.Add(fault.Exception);
        TaskScheduler.UnobservedTaskException += Hear;
        try
        {
            await FailAsync();
            for (var round = 0; round < 3; round++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Hear;
        }

        Assert.Empty(unobserved);
    }

    [Fact]
    public async Task Rule31_Listener_ThatFails_EndsNoHeartbeatAndIsReported()
    {
        var reported = new List<Exception>();
        var presence = _world.Room(options => options.ListenerFailed = reported.Add);
        var heard = new List<PresenceStatus>();
        presence.StateChanged += (_, _) => throw new InvalidOperationException("a listener's own");
        presence.StateChanged += (_, change) => heard.Add(change.State.Status);

        await presence.StartHeartbeatAsync();
        _world.Advance(28.08);

        Assert.Equal(2, _world.Server.Beats.Count);
        Assert.Equal([PresenceStatus.Starting, PresenceStatus.Present, PresenceStatus.Present], heard);
        Assert.Equal(Enumerable.Repeat("a listener's own", 3), reported.Select(exception => exception.Message));
    }

    [Fact]
    public async Task Rule31_Listener_ThatStopsTheHeartbeat_HearsTheRestInOrder()
    {
        var presence = _world.Room();
        var heard = new List<PresenceStatus>();
        presence.StateChanged += (_, change) =>
        {
            if (change.State.Status == PresenceStatus.Present)
                _ = presence.StopHeartbeatAsync();
        };
        presence.StateChanged += (_, change) => heard.Add(change.State.Status);

        await presence.StartHeartbeatAsync();
        await presence.StopHeartbeatAsync();

        Assert.Equal([PresenceStatus.Starting, PresenceStatus.Present, PresenceStatus.Idle], heard);
        Assert.Single(_world.Server.Leaves);
    }

    [Fact]
    public async Task Rule31_Trouble_WhoseHearerFails_EndsNoWatch()
    {
        var reported = new List<Exception>();
        _world.Server.Answer(request => request.IsStream, FakeServer.Unreachable);
        var presence = _world.Room(options => options.ListenerFailed = reported.Add);
        await using var counts = presence.WatchCountAsync(_ => throw new InvalidOperationException("a hearer's own")).GetAsyncEnumerator();

        var next = counts.MoveNextAsync().AsTask();
        var stream = Watched.Another(_world);
        _world.Advance(5);
        stream.Event("snapshot", 4);

        Assert.True(await next);
        Assert.Equal(4, counts.Current);
        Assert.Equal("a hearer's own", Assert.Single(reported).Message);
    }

    [Fact]
    public async Task Rule32_Stop_OfEverything_LeavesNothingBehind()
    {
        var presence = _world.Room();
        await presence.StartHeartbeatAsync();
        var (watched, stream) = Watched.Of(_world, presence);
        stream.Event("snapshot", 1);
        Assert.True(_world.Clock.Timers > 1);
        Assert.Equal(2, _world.App.Listeners);

        await watched.DisposeAsync();
        await presence.StopHeartbeatAsync();

        Assert.True(stream.IsClosed);
        Assert.Equal(0, _world.Clock.Timers);
        Assert.Equal(0, _world.App.Listeners);
    }

    [Fact]
    public async Task Rule32_Stopping_OfManyInstances_IsNotListenedToWhenTheyAreDone()
    {
        using var stopping = new CancellationTokenSource();
        var done = await StartAndStopAsync(stopping);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(done.IsAlive);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void Rule32_New_RoomThatNoAddressCanName_IsRefused(string? roomId) =>
        Assert.Contains("roomId must have at least 1 character", Assert.Throws<ArgumentException>(() => _world.Room(options => options.RoomId = roomId)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("/api")]
    [InlineData("ftp://example.test")]
    public void Rule32_New_WithoutAServersAddress_SaysWhatIsMissing(string? address) =>
        Assert.Contains("BaseUrl must be the server's absolute http or https address", Assert.Throws<ArgumentException>(
            () => _world.Room(options => options.BaseUrl = address is null ? null : new Uri(address, UriKind.RelativeOrAbsolute))).Message, StringComparison.Ordinal);

    /// <summary>In a method of its own, so that nothing of it is on the stack when it is collected.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> StartAndStopAsync(CancellationTokenSource stopping)
    {
        var world = new World();
        var presence = world.Room(options => options.Stopping = stopping.Token);
        await presence.StartHeartbeatAsync();
        await presence.StopHeartbeatAsync();
        return new WeakReference(presence);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task FailAsync()
    {
        _world.Server.Answer(_ => true, FakeServer.Unreachable, times: 20);
        _world.Server.Answer(_ => true, () => FakeServer.Refusal(500, 500000), times: 10);
        _world.Server.Answer(_ => true, () => FakeServer.Refusal(403, 400301), times: 1000);
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        var failing = _world.Room();
        _ = failing.StartHeartbeatAsync();
        var tokenless = _world.Room(options =>
        {
            options.Token = null;
            options.GetToken = _ => Task.FromException<string>(new InvalidOperationException("no"));
        });
        _ = tokenless.StartHeartbeatAsync();
        _ = _world.User().StartHeartbeatAsync();
        _world.Advance(600);
        _ = _world.App.SuspendAsync();
        _world.App.Resume();
        _ = failing.StopHeartbeatAsync();
        _ = tokenless.StopHeartbeatAsync();
        _world.Advance(60);
        _ = _world.Room(options => options.Stopping = stopping.Token).StartHeartbeatAsync();
    }
}
