using System.Text;
using System.Text.Json.Nodes;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests.Support;

/// <summary>An app whose clock, network and screen are in the test's hands. Nothing happens in it but on the test's own thread.</summary>
internal sealed class World
{
    public World() => Http = new HttpClient(Server) { Timeout = Timeout.InfiniteTimeSpan };

    public ManualTimeProvider Clock { get; } = new();

    public FakeServer Server { get; } = new();

    public PresenceApp App { get; } = new();

    public HttpClient Http { get; }

    /// <summary>What the dice show.</summary>
    public double Jitter { get; set; } = 0.5;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public RoomPresence Room(Action<RoomPresenceOptions>? configure = null) => new(Fill(new RoomPresenceOptions { RoomId = "lobby" }, configure));

    /// <summary>What a room's presence is made of.</summary>
    public RoomPresenceOptions Options() => Fill(new RoomPresenceOptions { RoomId = "lobby" });

    public UserPresence User() => new(Fill<PresenceOptions>(new PresenceOptions()));

    /// <summary>An unsigned access token: the client reads its payload and verifies nothing.</summary>
    public static string TokenOf(string userId, string? id = null, double? expires = null)
    {
        var claims = new JsonObject { ["sub"] = userId };
        if (id is not null)
            claims["jti"] = id;
        if (expires is not null)
            claims["exp"] = expires;
        return $"{Part("""{"alg":"HS256"}""")}.{Part(claims.ToJsonString())}.signature";

        static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    public void Advance(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The device sleeps: the wall clock goes on, its timers stand still.</summary>
    public void Sleep(double seconds) => Clock.SetUtcNow(Now + TimeSpan.FromSeconds(seconds));

    private T Fill<T>(T options, Action<T>? configure = null)
        where T : PresenceOptions
    {
        options.BaseUrl = new Uri("https://presence.test/");
        options.Token = TokenOf("anna");
        options.HttpClient = Http;
        options.App = App;
        options.TimeProvider = Clock;
        options.Jitter = () => Jitter;
        configure?.Invoke(options);
        return options;
    }
}
