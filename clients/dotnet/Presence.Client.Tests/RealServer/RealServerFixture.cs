using Presence.Client.Server;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Client.Tests.RealServer;

/// <summary>The product itself, beating every second, that the tests of this folder share.</summary>
public sealed class RealServerFixture : IAsyncLifetime
{
    public const string Secret = "a-secret-of-the-customers-backend-0123456789";

    private DashboardHost _host = null!;

    public Uri Address => _host.BaseAddress;

    public PresenceServer Backend { get; private set; } = null!;

    public static DashboardHostOptions Options(int timeout) => new()
    {
        Configuration =
        {
            ["Presence:Initial:HeartbeatInterval"] = "1",
            ["Presence:Initial:PresenceTimeout"] = $"{timeout}",
            ["Presence:Clients:Jwt:Secret"] = Secret,
            ["Presence:Limits:HeartbeatBurst"] = "1000",
        },
    };

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(Options(timeout: 6));
        Backend = new PresenceServer(new PresenceServerOptions { BaseUrl = Address, ServerKey = DashboardHost.ServerKey, TimeProvider = new ManualTimeProvider() });
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static string TokenOf(string userId) => new ViewerTokens(Secret).Sign(new ViewerIdentity(userId) { DisplayName = userId.ToUpperInvariant() }, TimeSpan.FromHours(1));

    /// <summary>A viewer with an app of its own.</summary>
    public RoomPresence Viewer(string userId, string roomId, Action<RoomPresenceOptions>? configure = null)
    {
        var options = new RoomPresenceOptions { BaseUrl = Address, RoomId = roomId, Token = TokenOf(userId), App = new PresenceApp() };
        configure?.Invoke(options);
        return new RoomPresence(options);
    }

    public async Task RevokeAsync(string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(Address, "/api/v4/sessions"));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
