using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>Who may call what, found out by calling it. A new route without a line here fails.</summary>
public sealed class PolicyMatrixTests : IAsyncLifetime
{
    /// <summary>
    /// <c>+</c> may, <c>-</c> may not, <c>.</c> is asked who it is. Elsewhere: a viewer whose token is for another room. From
    /// "read" on: server keys with one scope each, and one with all.
    /// </summary>
    private const string Matrix =
        """
                                                                           nobo view else gues revo read pres room user mode sett keys audi webh all
        GET /api/v1/admin/alert-rules                                      .    -    -    -    .    +    -    -    -    -    +    -    -    -    +
        POST /api/v1/admin/alert-rules                                     .    -    -    -    .    -    -    -    -    -    +    -    -    -    +
        DELETE /api/v1/admin/alert-rules/{ruleId}                          .    -    -    -    .    -    -    -    -    -    +    -    -    -    +
        GET /api/v1/admin/alert-rules/{ruleId}                             .    -    -    -    .    +    -    -    -    -    +    -    -    -    +
        PUT /api/v1/admin/alert-rules/{ruleId}                             .    -    -    -    .    -    -    -    -    -    +    -    -    -    +
        GET /api/v1/admin/alerts                                           .    -    -    -    .    +    -    -    -    -    +    -    -    -    +
        GET /api/v1/admin/attendance                                       .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/audit                                            .    -    -    -    .    -    -    -    -    -    -    -    +    -    +
        GET /api/v1/admin/bans                                             .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/broadcasts                                       .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/broadcasts/{broadcastId}                         .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/history                                          .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/keys                                             .    -    -    -    .    -    -    -    -    -    -    +    -    -    +
        POST /api/v1/admin/keys                                            .    -    -    -    .    -    -    -    -    -    -    +    -    -    +
        DELETE /api/v1/admin/keys/{keyId}                                  .    -    -    -    .    -    -    -    -    -    -    +    -    -    +
        GET /api/v1/admin/keys/{keyId}                                     .    -    -    -    .    -    -    -    -    -    -    +    -    -    +
        GET /api/v1/admin/removals                                         .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/removals                                        .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        DELETE /api/v1/admin/removals/{userId}                             .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/removals/{userId}                                .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/room-prefixes                                    .    -    -    -    .    +    -    +    -    -    -    -    -    -    +
        DELETE /api/v1/admin/room-prefixes/{prefix}                        .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/room-prefixes/{prefix}                           .    -    -    -    .    +    -    +    -    -    -    -    -    -    +
        PUT /api/v1/admin/room-prefixes/{prefix}                           .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms                                            .    -    -    -    .    +    -    +    -    -    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}                                .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}                                   .    -    -    -    .    +    -    +    -    -    -    -    -    -    +
        PUT /api/v1/admin/rooms/{roomId}                                   .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/draws                             .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/rooms/{roomId}/draws                            .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/draws/{drawId}                    .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/rooms/{roomId}/draws/{drawId}/draw              .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/drop                              .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}/hands                          .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}/hands/{userId}                 .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/history                           .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/invitations                       .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/rooms/{roomId}/invitations                      .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}/invitations/{invitationId}     .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/moment                            .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}/public-link                    .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/public-link                       .    -    -    -    .    +    -    +    -    -    -    -    -    -    +
        POST /api/v1/admin/rooms/{roomId}/public-link                      .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        PUT /api/v1/admin/rooms/{roomId}/public-link                       .    -    -    -    .    -    -    +    -    -    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/removals                          .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/rooms/{roomId}/removals                         .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        DELETE /api/v1/admin/rooms/{roomId}/removals/{userId}              .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/rooms/{roomId}/removals/{userId}                 .    -    -    -    .    +    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/scheduled-settings                               .    -    -    -    .    +    -    +    -    -    +    -    -    -    +
        POST /api/v1/admin/scheduled-settings                              .    -    -    -    .    -    -    +    -    -    +    -    -    -    +
        DELETE /api/v1/admin/scheduled-settings/{scheduleId}               .    -    -    -    .    -    -    +    -    -    +    -    -    -    +
        GET /api/v1/admin/scheduled-settings/{scheduleId}                  .    -    -    -    .    +    -    +    -    -    +    -    -    -    +
        GET /api/v1/admin/settings                                         .    -    -    -    .    +    -    -    -    -    +    -    -    -    +
        PUT /api/v1/admin/settings                                         .    -    -    -    .    -    -    -    -    -    +    -    -    -    +
        DELETE /api/v1/admin/users/{userId}                                .    -    -    -    .    -    -    -    +    -    -    -    -    -    +
        GET /api/v1/admin/users/{userId}                                   .    -    -    -    .    +    -    -    +    -    -    -    -    -    +
        PUT /api/v1/admin/users/{userId}                                   .    -    -    -    .    -    -    -    +    -    -    -    -    -    +
        DELETE /api/v1/admin/users/{userId}/data                           .    -    -    -    .    -    -    -    +    -    -    -    -    -    +
        GET /api/v1/admin/users/{userId}/export                            .    -    -    -    .    +    -    -    +    -    -    -    -    -    +
        GET /api/v1/admin/users/{userId}/notes                             .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        POST /api/v1/admin/users/{userId}/notes                            .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        DELETE /api/v1/admin/users/{userId}/notes/{noteId}                 .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        PUT /api/v1/admin/users/{userId}/notes/{noteId}                    .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/users/{userId}/visits                            .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/admin/watch-list                                       .    -    -    -    .    -    -    -    -    +    -    -    -    -    +
        GET /api/v1/admin/webhooks                                         .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks                                        .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        DELETE /api/v1/admin/webhooks/{webhookId}                          .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        GET /api/v1/admin/webhooks/{webhookId}                             .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        PUT /api/v1/admin/webhooks/{webhookId}                             .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        GET /api/v1/admin/webhooks/{webhookId}/deliveries                  .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks/{webhookId}/deliveries/{deliveryId}/resend .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks/{webhookId}/pause                      .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks/{webhookId}/resume                     .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks/{webhookId}/secret                     .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        POST /api/v1/admin/webhooks/{webhookId}/test                       .    -    -    -    .    -    -    -    -    -    -    -    -    +    +
        PUT /api/v1/channels/{channelId}/members                           .    -    -    -    .    -    -    -    +    -    -    -    -    -    +
        GET /api/v1/presence/channels/list                                 .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        POST /api/v1/presence/heartbeat                                    .    +    +    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v1/presence/heartbeats                                   .    +    +    +    .    -    +    -    -    -    -    -    -    -    +
        GET /api/v1/presence/network/users                                 .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/network/users/count                           .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/rooms                                         .    +    -    +    .    +    -    -    -    -    -    -    -    -    +
        DELETE /api/v1/presence/rooms/{roomId}/heartbeat                   .    +    -    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v1/presence/rooms/{roomId}/heartbeat                     .    +    -    +    .    -    -    -    -    -    -    -    -    -    -
        GET /api/v1/presence/rooms/{roomId}/invitation                     .    +    -    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v1/presence/rooms/{roomId}/invitation/{invitationId}/accept .    +    -    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v1/presence/rooms/{roomId}/invitation/{invitationId}/reject .    +    -    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v1/presence/rooms/{roomId}/leave                         +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /api/v1/presence/rooms/{roomId}/stream                         .    +    -    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/rooms/{roomId}/users                          .    +    -    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/rooms/{roomId}/users/count                    .    +    -    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/settings                                      .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        PUT /api/v1/presence/settings/user                                 .    +    +    +    .    -    -    -    -    -    -    -    -    -    -
        GET /api/v1/presence/stream                                        .    +    -    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/users/list                                    .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/presence/users/stream                                  .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v1/share/stream                                           +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /api/v1/share/{linkId}/pictures/{key}                          +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /api/v3/network-settings/chat                                  +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /api/v3/sessions                                               .    +    +    +    .    -    -    -    -    -    -    -    -    -    -
        GET /api/v3/users/list                                             .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        GET /api/v3/users/{userId}                                         .    +    +    +    .    +    -    -    -    -    -    -    -    -    +
        POST /api/v4/authentication/token                                  .    -    -    -    .    -    -    -    +    -    -    -    -    -    +
        DELETE /api/v4/sessions                                            .    +    +    +    .    -    -    -    -    -    -    -    -    -    -
        POST /api/v5/sessions                                              +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        POST /api/v5/sessions/visitor                                      +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /badge/{link}.json                                             +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /badge/{link}.svg                                              +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /badge/{link}/pictures/{key}                                   +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /client/v1/{file}                                              +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /health/live                                                   +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /health/ready                                                  +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        GET /metrics                                                       .    -    -    -    .    +    -    -    -    -    -    -    -    -    +
        GET /openapi/v1.json                                               +    +    +    +    +    +    +    +    +    +    +    +    +    +    +
        """;

    private static readonly string[] Principals =
        ["nobody", "viewer", "elsewhere", "guest", "revoked", "read", "presence", "rooms", "users", "moderation", "settings", "keys", "audit", "webhooks", "all"];

    private readonly Dictionary<string, string?> _credentials = new(StringComparer.Ordinal) { ["nobody"] = null, ["all"] = DashboardHost.ServerKey };
    private DashboardHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret } });
        _credentials["revoked"] = await _host.TokenAsync("revoked");
        await _host.SendAsync(HttpMethod.Delete, "/api/v4/sessions", _credentials["revoked"]);
        foreach (var scope in Principals[5..^1])
        {
            var key = await _host.Services.GetRequiredService<ServerKeys>().IssueAsync(scope, Enum.Parse<ServerScopes>(scope, ignoreCase: true), expiresAt: null, "test", Cancel);
            _credentials[scope] = key.Secret;
        }
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Routes_CalledByEachPrincipal_AnswerAsTheMatrixSays()
    {
        var found = new StringBuilder();
        found.AppendLine($"{"",-66}{string.Concat(Principals.Select(principal => $" {principal[..Math.Min(4, principal.Length)],-4}"))}".TrimEnd());
        foreach (var (method, path) in Routes().OrderBy(route => route.Path, StringComparer.Ordinal).ThenBy(route => route.Method, StringComparer.Ordinal))
        {
            var line = new StringBuilder($"{$"{method} {path}",-66}");
            foreach (var principal in Principals)
                line.Append(CultureInfo.InvariantCulture, $" {await TryAsync(method, path, principal)}   ");
            found.AppendLine(line.ToString().TrimEnd());
        }

        Assert.Equal(Matrix.ReplaceLineEndings(), found.ToString().TrimEnd());
        Figure.Tell($"{Routes().Count():N0} routes, each called as {Principals.Length} kinds of caller: all answer as the matrix says");
    }

    [Fact]
    public void Scopes_OfServerKeys_AreAllTried() =>
        Assert.Equal(
            Enum.GetValues<ServerScopes>().Where(scope => scope is not (ServerScopes.None or ServerScopes.All)).Select(scope => scope.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal),
            Principals[5..^1].Order(StringComparer.Ordinal));

    private async Task<char> TryAsync(string method, string path, string principal)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_host.BaseAddress, PathOf(path)));
        if (await CredentialOfAsync(principal) is { } credential)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        request.Headers.Add("X-API-Key", DashboardHost.ClientKey); // logins ask for nothing else
        using var reply = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        return (int)reply.StatusCode switch
        {
            401 => '.',
            403 when JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!["code"]!.GetValue<int>() == 400301 => '-',
            >= 500 => throw new InvalidOperationException($"{method} {path} fails for {principal}."),
            _ => '+',
        };
    }

    /// <summary>Tokens are made anew for each call: one of the routes revokes them.</summary>
    private async Task<string?> CredentialOfAsync(string principal) => principal switch
    {
        "viewer" => await _host.TokenAsync("viewer"),
        "guest" => await _host.VisitorTokenAsync("guest"),
        "elsewhere" => TokenForge.Hs256(new JsonObject { ["sub"] = "elsewhere", ["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), ["rooms"] = new JsonArray("another-room"), ["sid"] = Guid.NewGuid().ToString() }),
        _ => _credentials[principal],
    };

    private static string PathOf(string route) => route
        .Replace("{roomId}", "lobby", StringComparison.Ordinal)
        .Replace("{userId}", "anna", StringComparison.Ordinal)
        .Replace("{channelId}", "team", StringComparison.Ordinal)
        .Replace("{webhookId}", "none", StringComparison.Ordinal)
        .Replace("{deliveryId}", "1", StringComparison.Ordinal)
        .Replace("{keyId}", "none", StringComparison.Ordinal)
        .Replace("{noteId}", "1", StringComparison.Ordinal)
        .Replace("{prefix}", "none-", StringComparison.Ordinal)
        .Replace("{scheduleId}", "none", StringComparison.Ordinal)
        .Replace("{ruleId}", "none", StringComparison.Ordinal)
        .Replace("{broadcastId}", "none", StringComparison.Ordinal)
        .Replace("{link}", "none", StringComparison.Ordinal)
        .Replace("{linkId}", "none", StringComparison.Ordinal)
        .Replace("{invitationId}", "none", StringComparison.Ordinal)
        .Replace("{drawId}", "none", StringComparison.Ordinal)
        .Replace("{file}", "presence.js", StringComparison.Ordinal)
        + (route == "/api/v1/presence/rooms" ? "?ids=lobby" : "")
        + (route == "/api/v1/presence/stream" ? "?rooms=lobby" : "")
        + (route == "/api/v1/presence/users/stream" ? "?ids=anna" : "");

    private IEnumerable<(string Method, string Path)> Routes() =>
        from endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText?.TrimStart('/')
        let isPage = endpoint.Metadata.GetMetadata<ApiPolicy>() is null && !path.StartsWith("/api", StringComparison.OrdinalIgnoreCase)
        where !isPage
        select (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0], path);
}
