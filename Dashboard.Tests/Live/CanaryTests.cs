using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Diagnostics;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Live;

public sealed class CanaryTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PresenceEngine _engine;
    private readonly SlowPresence _presence;
    private readonly Canary _canary;

    public CanaryTests()
    {
        _engine = new PresenceEngine(_time, PresenceSettings.Default, new PresenceLimits());
        _presence = SlowPresence.Of(new LocalPresence(_engine));
        _canary = new Canary((IPresence)(object)_presence, _engine.Canary, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _presence.Release();
        await _canary.DisposeAsync();
        _engine.Dispose();
    }

    [Fact]
    public async Task Canary_OnAServerThatKeepsUp_MeasuresComingAndGoing()
    {
        Assert.Equal(new CanaryReading(CanaryState.Fine, null, null, 0), _engine.Canary.Read());

        await PassAsync();

        var reading = _engine.Canary.Read();
        Assert.Equal((CanaryState.Fine, 2), (reading.State, reading.Measurements));
        Assert.Equal(reading.Most, reading.Heartbeat > reading.Leave ? reading.Heartbeat : reading.Leave);
        Assert.Equal(0, _engine.Count(PresenceIds.CanaryRoom).Viewers);
    }

    [Fact]
    public async Task Canary_WhosePageReadsSlowly_IsLateOnceThatIsNoChance()
    {
        _presence.OnRead = () => _time.Advance(CanaryFigures.LatestHeartbeat + TimeSpan.FromMilliseconds(200));

        while (_engine.Canary.Read().Measurements < 38)
        {
            Assert.Equal(CanaryState.Fine, _engine.Canary.Read().State);
            await PassAsync();
        }
        await PassAsync();

        var reading = _engine.Canary.Read();
        Assert.Equal((CanaryState.Late, true), (reading.State, reading.IsAlarm));
        Assert.True(reading.Heartbeat > CanaryFigures.LatestHeartbeat);
    }

    [Fact]
    public async Task Canary_WhosePageIsStuck_IsLostAndIsFoundAgain()
    {
        _presence.Hold();
        await PassAsync();
        Assert.Equal(CanaryState.Fine, _engine.Canary.Read().State); // two in a row can be chance

        await PassAsync();
        Assert.Equal((CanaryState.Lost, true), (_engine.Canary.Read().State, _engine.Canary.Read().IsAlarm));

        _presence.Release();
        await PassAsync();
        Assert.Equal(CanaryState.Fine, _engine.Canary.Read().State);
    }

    [Fact]
    public async Task Canary_WhilePresenceIsOff_RestsWithoutAlarm()
    {
        _engine.Apply(PresenceSettings.Default with { Enabled = false });
        for (var pass = 0; pass < 4; pass++)
            await PassAsync();
        Assert.Equal((CanaryState.Resting, false, 0), (_engine.Canary.Read().State, _engine.Canary.Read().IsAlarm, _engine.Canary.Read().Measurements));

        _engine.Apply(PresenceSettings.Default);
        await PassAsync();
        Assert.Equal((CanaryState.Fine, 2), (_engine.Canary.Read().State, _engine.Canary.Read().Measurements));
    }

    [Fact]
    public async Task Canary_AfterALongTime_KnowsTheLastFiveMinutes()
    {
        var slow = true;
        _presence.OnRead = () =>
        {
            if (slow)
                _time.Advance(CanaryFigures.LatestLeave + TimeSpan.FromMilliseconds(200));
        };
        while (_engine.Canary.Read().Measurements < 42)
            await PassAsync();
        Assert.Equal(CanaryState.Late, _engine.Canary.Read().State);

        slow = false;
        for (var pass = 0; pass < CanaryFigures.Window; pass++)
            await PassAsync();

        Assert.Equal((CanaryState.Fine, 2 * CanaryFigures.Window), (_engine.Canary.Read().State, _engine.Canary.Read().Measurements));
    }

    /// <summary>One pass, with the clock going on until it is over; the page's loop runs on other threads.</summary>
    private async Task PassAsync()
    {
        var pass = _canary.PassAsync(TestContext.Current.CancellationToken);
        while (!pass.IsCompleted)
        {
            for (var i = 0; i < 10 && !pass.IsCompleted; i++)
                await Task.Yield(); // the page comes first
            if (!_presence.IsReading)
                _time.Advance(TimeSpan.FromMilliseconds(100));
            else if (_presence.IsHeld)
                _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        await pass;
    }

    /// <summary>Presence as it is, but for the page's reading.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "The proxy is made of a class derived from this one.")]
    internal class SlowPresence : DispatchProxy
    {
        private IPresence _presence = null!;
        private TaskCompletionSource? _held;
        private int _reading;

        public Action? OnRead { get; set; }

        public bool IsHeld => _held is { Task.IsCompleted: false };

        public bool IsReading => Volatile.Read(ref _reading) > 0;

        public static SlowPresence Of(IPresence presence)
        {
            var proxy = (SlowPresence)(object)Create<IPresence, SlowPresence>();
            proxy._presence = presence;
            return proxy;
        }

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held?.TrySetResult();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IPresence.ReadRoomAsync) ? new ValueTask<RoomSnapshot>(ReadAsync((string)args![0]!)) : targetMethod.Invoke(_presence, args);

        private async Task<RoomSnapshot> ReadAsync(string roomId)
        {
            Interlocked.Increment(ref _reading);
            try
            {
                OnRead?.Invoke();
                if (_held is { } held)
                    await held.Task;
                return await _presence.ReadRoomAsync(roomId);
            }
            finally
            {
                Interlocked.Decrement(ref _reading);
            }
        }
    }
}
