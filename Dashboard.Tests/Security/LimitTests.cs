using System.Text.Json.Nodes;
using Presence.Dashboard.Api;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Goes up to each limit of the table, and one beyond.</summary>
public sealed class LimitTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly Dictionary<string, Probe> Probes = new(StringComparer.Ordinal)
    {
        ["roomId"] = async (host, size) => await host.BeatAsync(Of(size), await host.TokenAsync("limits")),
        ["userId"] = (host, size) => LogInAsync(host, "userId", Of(size)),
        ["sessionId"] = (host, size) => BeatAsync(host, new JsonObject { ["sessionId"] = Of(size) }.ToJsonString()),
        ["deviceId"] = (host, size) => LogInAsync(host, "deviceId", Of(size)),
        ["displayName"] = (host, size) => LogInAsync(host, "displayName", Of(size)),
        ["deviceInfo.kind"] = (host, size) => LogInAsync(host, "deviceInfo", new JsonObject { ["kind"] = Of(size) }),
        ["deviceInfo.model"] = (host, size) => LogInAsync(host, "deviceInfo", new JsonObject { ["model"] = Of(size) }),
        ["deviceInfo.sdkVersion"] = (host, size) => LogInAsync(host, "deviceInfo", new JsonObject { ["sdkVersion"] = Of(size) }),
        ["search"] = (host, size) => host.GetAsync($"/api/v1/presence/rooms/r/users?search={Of(size)}", DashboardHost.ServerKey),
        ["reason"] = (host, size) => host.SendAsync(
            HttpMethod.Put,
            "/api/v1/admin/settings",
            DashboardHost.ServerKey,
            new JsonObject { ["enabled"] = true, ["heartbeatIntervalSeconds"] = 30, ["presenceTimeoutSeconds"] = 60, ["listLimit"] = 200, ["reason"] = Of(size) }.ToJsonString(),
            ("If-Match", "*")),
        ["page"] = (host, size) => host.GetAsync($"/api/v1/presence/rooms?limit={size}", DashboardHost.ServerKey),
        ["ids of rooms"] = (host, size) => host.GetAsync("/api/v1/presence/rooms?ids=" + string.Join(',', Enumerable.Range(0, size)), DashboardHost.ServerKey),
        ["ids of users"] = (host, size) => host.GetAsync("/api/v3/users/list?" + string.Join('&', Enumerable.Range(0, size).Select(i => $"userIds[]={i}")), DashboardHost.ServerKey),
        ["ids of users, for their presence"] = (host, size) => host.GetAsync("/api/v1/presence/users/list?" + string.Join('&', Enumerable.Range(0, size).Select(i => $"userIds={i}")), DashboardHost.ServerKey),
        ["id of a user, for its presence"] = (host, size) => host.GetAsync("/api/v1/presence/users/list?userIds=" + Of(size), DashboardHost.ServerKey),
        ["ids of channels"] = (host, size) => host.GetAsync("/api/v1/presence/channels/list?" + string.Join('&', Enumerable.Range(0, size).Select(i => $"channelIds={i}")), DashboardHost.ServerKey),
        ["reason of a ban"] = (host, size) => host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, new JsonObject { ["userId"] = "u", ["durationSeconds"] = 1, ["reason"] = Of(size) }.ToJsonString()),
        ["text of a note"] = (host, size) => host.PostAsync("/api/v1/admin/users/limits/notes", DashboardHost.ServerKey, new JsonObject { ["text"] = Of(size) }.ToJsonString()),
        ["length of a ban"] = (host, size) => host.PostAsync("/api/v1/admin/removals", DashboardHost.ServerKey, new JsonObject { ["userId"] = "u", ["durationSeconds"] = size }.ToJsonString()),
        ["prefix"] = (host, size) => PutAsync(host, "room-prefixes/" + Of(size), new JsonObject { ["overrides"] = new JsonObject { ["enabled"] = true } }),
        ["length of a scheduled change"] = (host, size) => host.PostAsync("/api/v1/admin/scheduled-settings", DashboardHost.ServerKey, new JsonObject { ["roomId"] = "limits", ["values"] = new JsonObject { ["enabled"] = true }, ["durationSeconds"] = size }.ToJsonString()),
        ["winners of a draw"] = (host, size) => host.PostAsync("/api/v1/admin/rooms/limits/draws", DashboardHost.ServerKey, new JsonObject { ["winners"] = size }.ToJsonString()),
        ["title"] = (host, size) => PutAsync(host, "rooms/limits", new JsonObject { ["title"] = Of(size), ["status"] = "live" }),
        ["metadata"] = (host, size) => PutAsync(host, "users/limits-metadata", new JsonObject { ["metadata"] = new JsonObject { ["x"] = Of(size - """{"x":""}""".Length) } }),
        ["label of a badge"] = async (host, size) => await host.GetAsync($"/badge/{(await host.PostAsync("/api/v1/admin/rooms/limits/public-link", DashboardHost.ServerKey)).Json["link"]}.svg?label={Of(size)}"),
        ["points of a chart"] = (host, points) => ReadHistoryAsync(host, "history?step=minute", TimeSpan.FromMinutes(points)),
        ["length of a drop"] = (host, seconds) => ReadHistoryAsync(host, "rooms/lobby/drop?", TimeSpan.FromSeconds(seconds)),
        ["heartbeats at once"] = (host, size) => host.PostAsync(
            "/api/v1/presence/heartbeats", DashboardHost.ServerKey, $$"""{"heartbeats":[{{string.Join(',', Enumerable.Repeat("{}", size))}}]}"""),
        ["depth of JSON"] = (host, size) => BeatAsync(host, $$"""{"x":{{new string('[', size - 1)}}{{new string(']', size - 1)}}}"""),
        ["body"] = (host, size) => BeatAsync(host, "{}".PadRight(size)),
        ["body with a server key"] = (host, size) => host.PostAsync("/api/v1/presence/heartbeats", DashboardHost.ServerKey, """{"heartbeats":[]}""".PadRight(size)),
        ["body of a beacon"] = (host, size) => host.PostAsync("/api/v1/presence/rooms/r/leave", json: "token=x&y=".PadRight(size, 'y'), headers: ("Content-Type", "text/plain")),
    };

    /// <summary>Limits that take more than one request to reach: the tests that reach them.</summary>
    private static readonly Dictionary<string, string> ReachedElsewhere = new(StringComparer.Ordinal)
    {
        ["raised hands"] = "RaisedHandsTests",
        ["invitations"] = "StageStoreTests",
        ["draws"] = "DrawStoreTests",
        ["candidates of a draw"] = "DrawStoreTests",
        ["webhooks"] = "WebhookStoreTests",
        ["events for a webhook"] = "WebhookStoreTests",
        ["deliveries of a webhook"] = "WebhookStoreTests",
        ["URL of a webhook"] = nameof(Webhooks.WebhookTests),
        ["rooms of a webhook"] = nameof(Webhooks.WebhookTests),
        ["thresholds of a webhook"] = nameof(Webhooks.WebhookTests),
        ["time for a webhook"] = nameof(Webhooks.WebhookTests),
        ["access token"] = nameof(TokenCorpusTests),
        ["rooms of a token"] = nameof(TokenCorpusTests),
        ["picture of a token"] = nameof(TokenCorpusTests),
        ["rooms of a stream"] = nameof(Api.RoomsStreamTests),
        ["users of a stream"] = nameof(Api.UsersStreamTests),
        ["file of a picture"] = nameof(Pictures.UserPicturesTests),
        ["pixels of a picture"] = nameof(Pictures.PictureDrawingTests),
        ["side of a picture"] = nameof(Pictures.PictureDrawingTests),
        ["time for a picture"] = nameof(Pictures.UserPicturesTests),
        ["pictures fetched"] = nameof(Pictures.UserPicturesTests),
        ["pictures fetched at once"] = nameof(Pictures.UserPicturesTests),
        ["waiting pictures"] = nameof(Pictures.UserPicturesTests),
        ["pictures in memory"] = nameof(Pictures.UserPicturesTests),
        ["memory of pictures"] = nameof(Pictures.UserPicturesTests),
        ["connections to a host"] = nameof(Outbound.OutboundGuardTests),
        ["name of a server key"] = nameof(Authentication.ServerKeyTests),
        ["users"] = "UserStoreTests",
        ["server keys"] = "ServerKeyStoreTests",
        ["server keys of one name"] = nameof(Authentication.ServerKeyTests),
        ["public links"] = "PublicLinkStoreTests",
        ["share links"] = "ShareLinkStoreTests",
        ["share links of a room"] = "ShareLinkStoreTests",
        ["streams of a share link"] = nameof(Api.ShareLinkTests),
        ["alert rules"] = "AlertStoreTests",
        ["notes on a user"] = "ViewerNoteStoreTests",
        ["notes"] = "ViewerNoteStoreTests",
        ["hand-over notes"] = "HandoverStoreTests",
        ["watch list"] = "ViewerNoteStoreTests",
        ["alerts"] = "AlertStoreTests",
        ["devices for alerts"] = nameof(Alerts.AlertPushTests),
        ["test viewers"] = nameof(Hosting.TestViewerTests),
        ["request line"] = nameof(RawRequestTests),
        ["headers"] = nameof(RawRequestTests),
        ["header lines"] = nameof(RawRequestTests),
        ["time for headers"] = nameof(RawRequestTests),
        ["slowest body or reader"] = nameof(RawRequestTests),
        ["rooms"] = nameof(Api.HeartbeatTests),
        ["sessions"] = nameof(Api.HeartbeatTests),
        ["rooms of a user"] = nameof(Api.HeartbeatTests),
        ["sessions of a user in a room"] = nameof(Api.HeartbeatTests),
        ["defined rooms"] = "RoomStoreTests",
        ["prefixes"] = "RoomPrefixStoreTests",
        ["scheduled changes"] = "ScheduleStoreTests",
        ["bans"] = "RemovalStoreTests",
        ["device"] = nameof(Api.HeartbeatTests),
        ["appVersion"] = nameof(Api.HeartbeatTests),
        ["distinct devices"] = "RosterTests",
        ["channels"] = "SwitchAndChannelStoreTests",
        ["members of a channel"] = "SwitchAndChannelStoreTests",
        ["heartbeats of a session"] = nameof(Api.HeartbeatTests),
        ["heartbeats of an address"] = nameof(AddressLimitTests),
        ["logins"] = nameof(Api.SessionTests),
        ["logouts"] = nameof(AddressLimitTests),
        ["revoked tokens"] = nameof(AddressLimitTests),
        ["sign-ins"] = nameof(Accounts.CostlyFormTests),
        ["failures of an address at an account"] = nameof(Accounts.CostlyFormTests),
        ["failures of an account"] = nameof(Accounts.SignInThrottleTests),
        ["waiting passwords"] = nameof(Accounts.PasswordHashingTests),
        ["password"] = nameof(Accounts.PasswordRulesTests),
        ["form"] = nameof(UnreadableRequestTests),
        ["sessions of an account"] = nameof(Accounts.ModeratorSessionTests),
        ["reader without progress"] = nameof(SlowAnswerTests),
        ["new guests"] = nameof(AddressLimitTests),
        ["failed requests"] = nameof(AddressLimitTests),
        ["anonymous requests"] = nameof(AddressLimitTests),
        ["badges"] = nameof(Api.BadgeTests),
        ["streams of a caller"] = nameof(Api.StreamTests),
        ["streams"] = nameof(Api.StreamTests),
        ["reserve for server keys"] = nameof(ShareTests),
        ["rooms of an address"] = nameof(ShareTests),
        ["rooms of a server key"] = "OriginShareTests",
        ["sessions of an address"] = nameof(ShareTests),
        ["sessions of a server key"] = "OriginShareTests",
        ["streams of an address"] = nameof(ShareTests),
        ["reads"] = nameof(ReadRateLimiterTests),
        ["reads of many"] = nameof(ReadRateLimiterTests),
        ["connections of an address"] = nameof(Hosting.ConnectionTests),
        ["idle connections"] = nameof(Hosting.ConnectionTests),
        ["page connections of an address"] = nameof(CircuitAdmissionTests),
        ["page connections of an account"] = nameof(CircuitAdmissionTests),
        ["pages opened"] = nameof(CircuitAdmissionTests),
        ["connections"] = nameof(Hosting.HostNameTests),
        ["page connections"] = nameof(CircuitAdmissionTests),
        ["revoked tokens of an address"] = nameof(AddressLimitTests),
    };

    /// <summary>A request whose limited part has a given size. Within the limit it is answered anything but the limit's error.</summary>
    private delegate Task<Answer> Probe(DashboardHost host, int size);

    public static TheoryData<string> Reachable => [.. Probes.Keys];

    [Theory]
    [MemberData(nameof(Reachable))]
    public async Task Request_UpToALimitAndOneBeyond_IsRefusedBeyondAlone(string name)
    {
        var limit = Assert.Single(Limits.All, limit => limit.Name == name);

        var within = await Probes[name](shared.Host, (int)limit.Value);
        var beyond = await Probes[name](shared.Host, (int)limit.Value + 1);

        Assert.NotEqual(limit.Error!.Status, within.Status);
        beyond.IsRefusal(limit.Error.Status, limit.Error.Code);
    }

    [Fact]
    public void Limits_OfTheTable_AreAllReachedBySomeTest()
    {
        Assert.Equal(Limits.All.Select(limit => limit.Name).Order(StringComparer.Ordinal), Probes.Keys.Concat(ReachedElsewhere.Keys).Order(StringComparer.Ordinal));

        var tests = Docs.RepositoryFiles.Under("", "Tests.cs").Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        Assert.All(ReachedElsewhere.Values, test => Assert.Contains(test, tests));
    }

    private static string Of(int size) => new('x', size);

    private static Task<Answer> ReadHistoryAsync(DashboardHost host, string what, TimeSpan length)
    {
        var until = new DateTimeOffset(TimeProvider.System.GetUtcNow().Date, TimeSpan.Zero); // a whole minute
        return host.GetAsync($"/api/v1/admin/{what}&from={until - length:yyyy-MM-ddTHH:mm:ssZ}&to={until:yyyy-MM-ddTHH:mm:ssZ}", DashboardHost.ServerKey);
    }

    private static Task<Answer> PutAsync(DashboardHost host, string what, JsonObject document) =>
        host.SendAsync(HttpMethod.Put, "/api/v1/admin/" + what, DashboardHost.ServerKey, document.ToJsonString(), ("If-Match", "*"));

    private static async Task<Answer> BeatAsync(DashboardHost host, string json) => await host.BeatAsync("r", await host.TokenAsync("limits"), json);

    private static Task<Answer> LogInAsync(DashboardHost host, string field, JsonNode value)
    {
        var body = new JsonObject { ["userId"] = "limits", ["deviceId"] = "d" };
        body[field] = value;
        return host.LogInAsync(body);
    }
}
