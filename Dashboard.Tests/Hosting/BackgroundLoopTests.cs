using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class BackgroundLoopTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LoopRegistry _registry = new();
    private readonly CountingLoop _loop;

    public BackgroundLoopTests() => _loop = new CountingLoop(_registry, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(CancellationToken.None);
        _loop.Dispose();
    }

    [Fact]
    public async Task Pass_EachPeriod_IsMadeAndNoted()
    {
        await _loop.StartAsync(Cancel);

        await AdvanceUntilPassesAsync(3);

        await UntilAsync(() => _registry[CountingLoop.LoopName].LastSuccessAt is not null);
        Assert.False(_registry.IsDegraded);
        Assert.All(Gaps(), gap => Assert.True(gap >= CountingLoop.EachSecond - TimeSpan.FromMilliseconds(1), $"{gap}"));
    }

    [Fact]
    public async Task Pass_Throws_IsDegradedAndTriedAgainWithBackOff()
    {
        _loop.Fails = true;
        await _loop.StartAsync(Cancel);

        await AdvanceUntilPassesAsync(9);

        var health = _registry[CountingLoop.LoopName];
        Assert.True(_registry.IsDegraded);
        Assert.Equal("the disk is full", health.LastError);
        Assert.Null(health.LastSuccessAt);
        double[] shortest = [0.25, 0.5, 1, 2, 4, 5, 5, 5];
        Assert.All(Gaps().Zip(shortest), pair => Assert.True(pair.First.TotalSeconds >= pair.Second - 0.001, $"{pair.First} after a back-off of {pair.Second} s"));
    }

    [Fact]
    public async Task Pass_SucceedsAgain_IsHealthyAndRemembersTheError()
    {
        _loop.Fails = true;
        await _loop.StartAsync(Cancel);
        await AdvanceUntilPassesAsync(2);
        await UntilAsync(() => _registry.IsDegraded);

        _loop.Fails = false;
        await AdvanceUntilPassesAsync(4);

        await UntilAsync(() => !_registry.IsDegraded);
        Assert.Equal("the disk is full", _registry[CountingLoop.LoopName].LastError);
        Assert.NotNull(_registry[CountingLoop.LoopName].LastSuccessAt);
    }

    [Fact]
    public async Task StopAsync_WhileAPassRuns_EndsIt()
    {
        _loop.Hangs = true;
        await _loop.StartAsync(Cancel);
        await AdvanceUntilPassesAsync(1);

        await _loop.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.False(_registry.IsDegraded);
    }

    [Fact]
    public async Task StopAsync_WhileBackingOff_Ends()
    {
        _loop.Fails = true;
        await _loop.StartAsync(Cancel);
        await AdvanceUntilPassesAsync(1);

        await _loop.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    private IEnumerable<TimeSpan> Gaps()
    {
        var at = _loop.PassedAt.ToArray();
        return at.Zip(at.Skip(1), (earlier, later) => later - earlier);
    }

    /// <summary>Moves the clock in small steps, with room for the loop to run in between.</summary>
    private Task AdvanceUntilPassesAsync(int passes) => UntilAsync(() =>
    {
        if (_loop.PassedAt.Count >= passes)
            return true;
        _time.Advance(TimeSpan.FromMilliseconds(50));
        return false;
    });

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        while (!isTrue())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
    }

    private sealed class CountingLoop(LoopRegistry registry, ManualTimeProvider time)
        : BackgroundLoop(LoopName, EachSecond, registry, time, NullLogger.Instance)
    {
        public const string LoopName = "counting";
        public static readonly TimeSpan EachSecond = TimeSpan.FromSeconds(1);

        public ConcurrentQueue<TimeSpan> PassedAt { get; } = new();

        public bool Fails { get; set; }

        public bool Hangs { get; set; }

        protected override Task PassAsync(CancellationToken cancellationToken)
        {
            PassedAt.Enqueue(time.GetElapsedTime(0));
            if (Fails)
                throw new IOException("the disk is full");
            return Hangs ? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken) : Task.CompletedTask;
        }
    }
}
