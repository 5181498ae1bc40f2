using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class RenderThrottleTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly PageVisibility _visibility = new();
    private readonly CircuitClock _clock;
    private readonly PresenceEngine _engine;
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset At, int Viewers)> _renders = [];
    private int _users;

    public RenderThrottleTests()
    {
        _clock = new CircuitClock(_time);
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
    }

    private int Renders
    {
        get
        {
            lock (_lock)
                return _renders.Count;
        }
    }

    private int LastRendered
    {
        get
        {
            lock (_lock)
                return _renders.Count == 0 ? -1 : _renders[^1].Viewers;
        }
    }

    [Fact]
    public async Task Changes_InAStorm_RenderAtMostFourTimesASecondAndEndAtTheLast()
    {
        await using var gate = NewGate();

        for (var step = 0; step < 200; step++)
        {
            Join();
            _time.Advance(Step);
            if (step % 10 == 0)
                await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        await PassUntilAsync(() => LastRendered == 200);

        Assert.InRange(Renders, 3, 12);
        lock (_lock)
        {
            var pauses = _renders.Zip(_renders.Skip(1), (one, next) => next.At - one.At);
            Assert.All(pauses, pause => Assert.True(pause >= RenderThrottle.ShortestPause, $"only {pause.TotalMilliseconds} ms between two renders"));
        }
    }

    [Fact]
    public async Task Tick_WithoutAnyChange_RendersOnceASecond()
    {
        await using var gate = NewGate();

        await PassUntilAsync(() => Renders == 3);

        lock (_lock)
            Assert.All(_renders.Zip(_renders.Skip(1), (one, next) => next.At - one.At), pause => Assert.True(pause >= TimeSpan.FromMilliseconds(900)));
    }

    [Fact]
    public async Task HiddenTab_WhileViewersCome_RendersNothingUntilShown()
    {
        _visibility.SetVisible(false);
        await using var gate = NewGate();

        for (var step = 0; step < 200; step++)
        {
            Join();
            _time.Advance(Step);
            if (step % 10 == 0)
                await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, Renders);
        _visibility.SetVisible(true);
        await PassUntilAsync(() => LastRendered == 200);
    }

    [Fact]
    public async Task Dispose_ThenALateSignal_RendersNothing()
    {
        var gate = NewGate();
        Join();
        await PassUntilAsync(() => Renders > 0);

        await gate.DisposeAsync();
        var before = Renders;
        gate.Request();
        Join();
        _time.Advance(TimeSpan.FromSeconds(5));
        await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Equal(before, Renders);
    }

    [Fact]
    public async Task Dispose_WhileHidden_Ends()
    {
        _visibility.SetVisible(false);
        var gate = NewGate();
        gate.Request();

        await gate.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _clock.Dispose();

    private RenderThrottle NewGate() => new(_time, _visibility, _clock, _engine.WatchNetwork(), _ =>
    {
        lock (_lock)
            _renders.Add((_time.GetUtcNow(), _engine.CountNetwork().Viewers));
        return Task.CompletedTask;
    });

    private void Join() => _engine.Heartbeat(new Heartbeat { RoomId = "stage", UserId = $"user-{_users++}", SessionId = "" });

    private async Task PassUntilAsync(Func<bool> done)
    {
        for (var i = 0; i < 5_000 && !done(); i++)
        {
            _time.Advance(Step);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        Assert.True(done());
    }
}
