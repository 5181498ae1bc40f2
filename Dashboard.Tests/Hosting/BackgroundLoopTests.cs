using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
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

    [Fact]
    public async Task AddLoop_SeveralOfOneService_EachPassesAndMakesALastPassAtItsStop()
    {
        await using var services = Services(adding =>
        {
            adding.AddLoop<ConcurrentQueue<string>>("first", TimeSpan.FromSeconds(1), (names, _) => Add(names, "first"), alsoAtStop: true);
            adding.AddLoop<ConcurrentQueue<string>>("second", TimeSpan.FromSeconds(1), (names, _) => Add(names, "second"), alsoAtStop: true);
            adding.AddLoop<ConcurrentQueue<string>>("third", TimeSpan.FromSeconds(1), names => names.Enqueue("third"));
        });
        var loops = services.GetServices<IHostedService>().ToArray();
        foreach (var loop in loops)
            await loop.StartAsync(Cancel);
        var passes = services.GetRequiredService<ConcurrentQueue<string>>();
        await AdvanceUntilAsync(() => passes.Distinct().Count() == 3);

        await loops[2].StopAsync(Cancel);
        await loops[1].StopAsync(Cancel);
        Assert.Equal("second", passes.Last());
        await loops[0].StopAsync(Cancel);
        Assert.Equal("first", passes.Last());
        Assert.Equal(["first", "second", "third"], services.GetRequiredService<LoopRegistry>().All.Select(loop => loop.Name));
    }

    [Fact]
    public async Task AddLoop_WhenReady_PassesOnlyAfterTheStateIsRestored()
    {
        await using var services = Services(adding =>
        {
            adding.AddLoop<ConcurrentQueue<string>>("waits", TimeSpan.FromSeconds(1), names => names.Enqueue("waits"), whenReady: true);
            adding.AddLoop<ConcurrentQueue<string>, LoopRegistry>("does not", TimeSpan.FromSeconds(1), (names, _, _) => Add(names, "does not"));
        });
        var passes = services.GetRequiredService<ConcurrentQueue<string>>();
        var loops = services.GetServices<IHostedService>().ToArray();
        foreach (var loop in loops)
            await loop.StartAsync(Cancel);

        await AdvanceUntilAsync(() => passes.Count >= 3);
        Assert.DoesNotContain("waits", passes);

        services.GetRequiredService<PresenceReadiness>().MarkReady();
        await AdvanceUntilAsync(() => passes.Contains("waits"));
        foreach (var loop in loops)
            await loop.StopAsync(Cancel);
    }

    [Fact]
    public async Task AddLoop_LongestBackOff_IsTheOneThatWasSaid()
    {
        var hour = TimeSpan.FromHours(1);
        await using var services = Services(adding => adding.AddLoop<TimeProvider>(
            "fails", hour, _ => throw new IOException("the disk is full"), longestBackOff: TimeSpan.FromSeconds(1)));
        var loop = services.GetServices<IHostedService>().Single();
        await loop.StartAsync(Cancel);
        await UntilAsync(() => _time.NextDueIn is not null);
        _time.Advance(hour);

        var backOffs = new List<double>();
        while (backOffs.Count < 5)
        {
            await UntilAsync(() => _time.NextDueIn < hour / 2);
            backOffs.Add(Math.Round(_time.NextDueIn!.Value.TotalSeconds, 2));
            _time.Advance(_time.NextDueIn.Value);
        }
        await loop.StopAsync(Cancel);

        Assert.Equal([0.25, 0.5, 1, 1, 1], backOffs);
    }

    [Fact]
    public async Task Pass_ThatOutlivesItsStop_MayFindItsPartsDisposed()
    {
        using var log = new LogCapture();
        var pass = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var services = Services(adding =>
        {
            adding.AddLogging(logging => logging.AddProvider(log));
            adding.AddLoop<ConcurrentQueue<string>>("slow", TimeSpan.FromSeconds(1), (names, _) => Task.WhenAll(Add(names, "slow"), pass.Task));
        });
        var loop = (BackgroundService)services.GetServices<IHostedService>().Single();
        await loop.StartAsync(Cancel);
        await AdvanceUntilAsync(() => !services.GetRequiredService<ConcurrentQueue<string>>().IsEmpty);

        await loop.StopAsync(new CancellationToken(canceled: true)); // no time is left
        pass.SetException(new ObjectDisposedException("its store"));
        await loop.ExecuteTask!;

        Assert.Empty(log.Lines);
        Assert.False(_registry.IsDegraded);
    }

    private static Task Add(ConcurrentQueue<string> names, string name)
    {
        names.Enqueue(name);
        return Task.CompletedTask;
    }

    private ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_time).AddSingleton(_registry).AddSingleton<PresenceReadiness>().AddSingleton<ConcurrentQueue<string>>();
        add(services);
        return services.BuildServiceProvider();
    }

    private IEnumerable<TimeSpan> Gaps()
    {
        var at = _loop.PassedAt.ToArray();
        return at.Zip(at.Skip(1), (earlier, later) => later - earlier);
    }

    /// <summary>Moves the clock in small steps, with room for the loop to run in between.</summary>
    private Task AdvanceUntilPassesAsync(int passes) => AdvanceUntilAsync(() => _loop.PassedAt.Count >= passes);

    private Task AdvanceUntilAsync(Func<bool> isTrue) => UntilAsync(() =>
    {
        if (isTrue())
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
