using Presence.Client.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>A viewer's device. Its clock, its screen and its network are in the test's hands; the server beyond is the product.</summary>
internal sealed class Device : IDisposable
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static int _devices;

    private readonly ScriptedServer _server;
    private readonly HttpClient _http;

    public Device(ScriptedServer server)
    {
        _server = server;
        var number = Interlocked.Increment(ref _devices);
        UserId = $"anna-{number}";
        RoomId = $"room-{number}";
        Clock.SetUtcNow(server.Clock.GetUtcNow());
        Network = new TroubledNetwork(Clock, () => server.Address);
        _http = new HttpClient(Network) { Timeout = Timeout.InfiniteTimeSpan };
        Tokens = new TokenBackend(server, UserId);
    }

    public ManualTimeProvider Clock { get; } = new();

    public TroubledNetwork Network { get; }

    public PresenceApp App { get; } = new();

    /// <summary>Where it gets tokens, if it is told to.</summary>
    public TokenBackend Tokens { get; }

    public string UserId { get; }

    public string RoomId { get; }

    /// <summary>What the dice show.</summary>
    public double Jitter { get; set; } = 0.5;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public RoomPresence Room(Action<RoomPresenceOptions>? configure = null) => new(Fill(new RoomPresenceOptions { RoomId = RoomId }, configure));

    /// <summary>A room's presence that asks <see cref="Tokens"/> for its tokens.</summary>
    public RoomPresence RoomWithTokens() => Room(options =>
    {
        options.Token = null;
        options.GetToken = Tokens.GetAsync;
    });

    public UserPresence User() => new(Fill<PresenceOptions>(new PresenceOptions()));

    public Task AdvanceAsync(double seconds) => AdvanceAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Time goes on, here and on the server, from one thing that happens here to the next; each is done before the next.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await Network.SettleAsync();
        var left = by;
        do
        {
            var step = Min(Min(left, LongestStep), Clock.NextDueIn ?? LongestStep);
            await _server.AdvanceAsync(step);
            Clock.Advance(step);
            await Network.SettleAsync();
            left -= step;
        }
        while (left > TimeSpan.Zero);
    }

    /// <summary>The device sleeps: its timers stand still while time goes on elsewhere.</summary>
    public async Task SleepAsync(double seconds)
    {
        await Network.SettleAsync();
        await _server.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        SetWallClock(seconds);
    }

    /// <summary>Somebody sets the device's clock.</summary>
    public void SetWallClock(double seconds) => Clock.SetUtcNow(Now + TimeSpan.FromSeconds(seconds));

    /// <summary>
    /// Waits for what the server does in its own time. Time goes on meanwhile, quickly at first and then as real time does, so that
    /// a slow machine does not make anything late.
    /// </summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(2); !condition(); pause = Min(pause * 1.5, LongestPause))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Not in time: {what}");
            await AdvanceAsync(0.25);
            await Task.Delay(pause, TimeProvider.System);
        }
    }

    /// <summary>The watch tells that count, whatever it tells on the way there.</summary>
    public async Task HearsAsync(Watched watched, int count)
    {
        var hearing = HearAsync();
        await UntilAsync(() => hearing.IsCompleted, $"a count of {count}");
        await hearing;

        async Task HearAsync()
        {
            while (await watched.NextAsync() != count)
            {
                // On its way there.
            }
        }
    }

    /// <summary>How the watch ended, which it does.</summary>
    public async Task<PresenceException?> EndAsync(Watched watched)
    {
        var ending = watched.EndAsync();
        await UntilAsync(() => ending.IsCompleted, "the end of the watch");
        return await ending;
    }

    public void Dispose() => _http.Dispose();

    private T Fill<T>(T options, Action<T>? configure = null)
        where T : PresenceOptions
    {
        options.BaseUrl = new Uri("http://presence.test/"); // not this device's own, which no lack of a network keeps away
        options.Token = _server.TokenOf(UserId);
        options.HttpClient = _http;
        options.App = App;
        options.TimeProvider = Clock;
        options.Jitter = () => Jitter;
        configure?.Invoke(options);
        return options;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
