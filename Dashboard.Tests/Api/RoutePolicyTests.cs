using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed class RoutePolicyTests(SharedHost shared) : IClassFixture<SharedHost>
{
    /// <summary>Who may call what. A new route without a line here fails.</summary>
    private static readonly Dictionary<string, string> Matrix = new(StringComparer.Ordinal)
    {
        ["POST /api/v5/sessions"] = "Anonymous",
        ["POST /api/v5/sessions/visitor"] = "Anonymous",
        ["GET /api/v3/sessions"] = "Viewer",
        ["DELETE /api/v4/sessions"] = "Viewer",
        ["POST /api/v4/authentication/token"] = "Server",
        ["GET /api/v3/network-settings/chat"] = "Anonymous",
        ["GET /api/v3/users/list"] = "ViewerOrServer",
        ["GET /api/v3/users/{userId}"] = "ViewerOrServer",
        ["POST /api/v1/presence/rooms/{roomId}/heartbeat"] = "Viewer",
        ["DELETE /api/v1/presence/rooms/{roomId}/heartbeat"] = "Viewer",
        ["POST /api/v1/presence/rooms/{roomId}/leave"] = "Anonymous",
        ["POST /api/v1/presence/heartbeats"] = "ViewerOrServer",
        ["GET /api/v1/presence/rooms/{roomId}/users/count"] = "ViewerOrServer",
        ["GET /api/v1/presence/rooms/{roomId}/users"] = "ViewerOrServer",
        ["GET /api/v1/presence/rooms"] = "ViewerOrServer",
        ["GET /api/v1/presence/settings"] = "ViewerOrServer",
        ["POST /api/v1/presence/heartbeat"] = "Viewer",
        ["PUT /api/v1/presence/settings/user"] = "Viewer",
        ["GET /api/v1/presence/users/list"] = "ViewerOrServer",
        ["GET /api/v1/presence/network/users"] = "ViewerOrServer",
        ["GET /api/v1/presence/network/users/count"] = "ViewerOrServer",
        ["GET /api/v1/presence/channels/list"] = "ViewerOrServer",
        ["PUT /api/v1/channels/{channelId}/members"] = "Server",
        ["GET /api/v1/admin/rooms"] = "Server",
        ["GET /api/v1/admin/rooms/{roomId}"] = "Server",
        ["PUT /api/v1/admin/rooms/{roomId}"] = "Server",
        ["DELETE /api/v1/admin/rooms/{roomId}"] = "Server",
        ["POST /api/v1/admin/rooms/{roomId}/removals"] = "Server",
        ["GET /api/v1/admin/rooms/{roomId}/removals"] = "Server",
        ["GET /api/v1/admin/rooms/{roomId}/removals/{userId}"] = "Server",
        ["DELETE /api/v1/admin/rooms/{roomId}/removals/{userId}"] = "Server",
        ["POST /api/v1/admin/removals"] = "Server",
        ["GET /api/v1/admin/removals"] = "Server",
        ["GET /api/v1/admin/removals/{userId}"] = "Server",
        ["DELETE /api/v1/admin/removals/{userId}"] = "Server",
        ["GET /api/v1/admin/users/{userId}"] = "Server",
        ["PUT /api/v1/admin/users/{userId}"] = "Server",
        ["GET /api/v1/admin/settings"] = "Server",
        ["PUT /api/v1/admin/settings"] = "Server",
        ["GET /openapi/v1.json"] = "Anonymous",
        ["GET /metrics"] = "Server",
        ["GET,HEAD /health/live"] = "Anonymous",
        ["GET,HEAD /health/ready"] = "Anonymous",
    };

    private readonly DashboardHost _host = shared.Host;

    [Fact]
    public void Routes_OfTheApi_DeclareThePolicyOfTheMatrix() =>
        Assert.Equal(
            Matrix.OrderBy(route => route.Key, StringComparer.Ordinal).Select(route => $"{route.Key}: {route.Value}"),
            Routes().OrderBy(route => route.Name, StringComparer.Ordinal).Select(route => $"{route.Name}: {route.Endpoint.Metadata.GetMetadata<ApiPolicy>()?.Name ?? "none"}"));

    [Fact]
    public async Task Routes_CalledByEachPrincipal_AnswerAsTheMatrixSays()
    {
        var viewer = await _host.TokenAsync("matrix-viewer");
        var guest = await _host.VisitorTokenAsync("matrix-guest");
        var revoked = await _host.TokenAsync("matrix-revoked");
        await _host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", revoked);

        foreach (var (name, policy) in Matrix.Where(route => route.Value != "Anonymous" && !route.Key.StartsWith("DELETE /api/v4", StringComparison.Ordinal)))
        {
            var method = new HttpMethod(name[..name.IndexOf(' ')]);
            var path = name[(name.IndexOf(' ') + 1)..].Replace("{roomId}", "r", StringComparison.Ordinal).Replace("{userId}", "u", StringComparison.Ordinal).Replace("{channelId}", "c", StringComparison.Ordinal);

            Assert.Equal((name, 401), (name, (await _host.SendAsync(method, path)).Status));
            Assert.Equal((name, 401), (name, (await _host.SendAsync(method, path, revoked)).Status));
            foreach (var token in new[] { viewer, guest })
                Assert.Equal((name, policy == "Server"), (name, (await _host.SendAsync(method, path, token)).Body.Contains("This route takes a server key", StringComparison.Ordinal)));
            Assert.Equal((name, policy == "Viewer"), (name, (await _host.SendAsync(method, path, DashboardHost.ServerKey)).Body.Contains("This route acts as the viewer", StringComparison.Ordinal)));
        }
    }

    private IEnumerable<(string Name, RouteEndpoint Endpoint)> Routes() =>
        from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText?.TrimStart('/')
        where path.StartsWith("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/health", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/openapi", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/metrics", StringComparison.OrdinalIgnoreCase)
        select ($"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)} {path}", endpoint);
}
