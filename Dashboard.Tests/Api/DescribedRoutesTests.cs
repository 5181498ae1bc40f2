using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Pictures;
using Presence.Dashboard.Sharing;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Stage;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

/// <summary>What /openapi/v1.json says is tried out: every operation is called with its own example, and its answer compared with its schema.</summary>
public sealed class DescribedRoutesTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string ExampleToken = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjp7fX0.c2lnbmF0dXJl";

    private static readonly string[] Methods = ["post", "put", "get", "delete"];

    private readonly DashboardHost _host = shared.Host;
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal) { ["roomId"] = "lobby", ["userId"] = "anna", ["channelId"] = "team", ["prefix"] = "class-", ["file"] = "presence.js" };

    private string? _shareToken;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_CalledAsDescribed_AnswerAsDescribed()
    {
        var description = (await _host.GetAsync("/openapi/v1.json")).Json;
        var token = await _host.TokenAsync("anna");
        List<string> problems = [];

        // Everything is made before it is read and taken away last, the session last of all: the document begins with the log-in.
        foreach (var method in Methods)
        {
            if (method == "get")
            {
                await ShowFacesAsync();
                await GoLiveAsync();
            }
            var paths = description["paths"]!.AsObject();
            foreach (var (path, operations) in method == "delete" ? paths.Reverse() : paths)
            {
                if (operations![method] is { } operation)
                    problems.AddRange((await TryAsync(description, method, path, operation, token)).Select(problem => $"{method} {path}: {problem}"));
            }
        }

        Assert.Equal("", string.Join('\n', problems));
    }

    /// <summary>Through a link that doesn't show names there is no picture, and its example is such a link.</summary>
    private async Task ShowFacesAsync()
    {
        await _host.SendAsync(HttpMethod.Put, "/api/v1/admin/rooms/lobby/public-link", DashboardHost.ServerKey, """{"showNames":true}""", ("If-Match", "*"));
        _ids["key"] = _host.Services.GetRequiredService<UserPictures>().KeyOf("https://10.0.0.1/anna.png")!;
        // Moderators alone make one.
        (var link, _shareToken) = await _host.Services.GetRequiredService<ShareLinkStore>().MakeAsync("lobby", ShareLinkKind.Page, showsNames: true, ModeratorOfTests.Email, Cancel);
        _ids["linkId"] = link.Id;
    }

    /// <summary>The heartbeats before began a broadcast, which is known once it is stored.</summary>
    private async Task GoLiveAsync()
    {
        await _host.Services.GetRequiredService<BroadcastStore>().PassAsync(Cancel);
        var live = await _host.Services.GetRequiredService<IHistory>().ReadBroadcastsAsync(new BroadcastQuery(), Cancel);
        _ids["broadcastId"] = live.Items[0].Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>One answer an invitation: each route gets one of its own.</summary>
    private async Task InviteAsync(string userId)
    {
        var stages = _host.Services.GetRequiredService<StageStore>();
        await _host.Services.GetRequiredService<IPresence>().HeartbeatAsync(new Heartbeat { RoomId = "lobby", UserId = userId, SessionId = "" });
        if (_ids.TryGetValue("invitationId", out var before))
            await stages.CancelAsync("lobby", before, ModeratorOfTests.Email, Cancel);
        _ids["invitationId"] = (await stages.InviteAsync("lobby", userId, InvitationRules.Default, ModeratorOfTests.Email, Cancel))!.Value.Invitation.Id;
    }

    private async Task<IReadOnlyList<string>> TryAsync(JsonNode description, string method, string path, JsonNode operation, string token)
    {
        if (method != "get" && path.Contains("{invitationId}", StringComparison.Ordinal))
            await InviteAsync(method == "delete" ? "berta" : "anna");
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri(_host.BaseAddress, Address(path, operation)));
        var takesServerKey = operation["security"]!.AsArray().Any(way => way!.AsObject().ContainsKey("serverKey"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", path == ShareLinkEndpoints.Route ? _shareToken : takesServerKey ? DashboardHost.ServerKey : token);
        request.Headers.Add("X-API-Key", DashboardHost.ClientKey);
        if (operation["parameters"]?.AsArray().Any(parameter => Text(parameter!["name"]) == "If-Match") == true)
            request.Headers.TryAddWithoutValidation("If-Match", "*");
        if (operation["requestBody"]?["content"]?.AsObject().First() is { } body)
        {
            var example = body.Value!["example"] ?? ExampleOf(description, body.Value["schema"]!);
            request.Content = new StringContent((example is JsonValue text ? Text(text) : example.ToJsonString()).Replace(ExampleToken, token, StringComparison.Ordinal).Replace("https://example.com/hooks", "https://presence.invalid/hooks", StringComparison.Ordinal), Encoding.UTF8, body.Key);
        }

        using var reply = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var answer = operation["responses"]![((int)reply.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)];
        if (!reply.IsSuccessStatusCode || answer is null)
            return [$"answers {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(Cancel)}"];
        if (reply.Content.Headers.ContentType?.MediaType != answer["content"]?.AsObject().First().Key)
            return [$"answers {reply.Content.Headers.ContentType?.MediaType}"];
        if (reply.Content.Headers.ContentType?.MediaType != "application/json" || path.StartsWith("/openapi", StringComparison.Ordinal))
            return [];

        var document = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!;
        Remember(document);
        if (path == "/api/v1/admin/rooms/{roomId}/draws" && method == "post")
            _ids["drawId"] = Text(document["id"]);
        return new JsonSchemaCheck(description).Problems(answer["content"]!["application/json"]!["schema"]!, document);
    }

    private string Address(string path, JsonNode operation)
    {
        foreach (var (name, id) in _ids)
            path = path.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        Assert.DoesNotContain('{', path);
        var ids = operation["parameters"]?.AsArray().Where(parameter => Text(parameter!["in"]) == "query").Select(parameter => Text(parameter!["name"])).FirstOrDefault(name => name is "rooms" or "ids" || name.EndsWith("Ids", StringComparison.Ordinal) || name.EndsWith("Ids[]", StringComparison.Ordinal));
        var instants = from parameter in operation["parameters"]?.AsArray() ?? []
                       where parameter!["required"]?.GetValue<bool>() == true && parameter["schema"]!["format"]?.GetValue<string>() == "date-time"
                       select $"{Text(parameter["name"])}={TimeProvider.System.GetUtcNow().AddHours(Text(parameter["name"]) == "to" ? 0 : -1):yyyy-MM-ddTHH:mm:ssZ}";
        List<string> query = [.. ids is null ? [] : new[] { $"{ids}=anna" }, .. instants];
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    /// <summary>A document's example stands with its schema.</summary>
    private static JsonNode ExampleOf(JsonNode description, JsonNode schema)
    {
        var reference = schema["$ref"] ?? schema["oneOf"]!.AsArray().First(choice => choice!["$ref"] is not null)!["$ref"];
        return Text(reference).TrimStart('#', '/').Split('/').Aggregate(description, (node, name) => node[name]!)["examples"]![0]!;
    }

    /// <summary>The server names what it makes; later calls ask for it by that name.</summary>
    private void Remember(JsonNode document)
    {
        foreach (var name in new[] { "removalId", "keyId", "link", "ruleId", "scheduleId", "noteId", "webhookId", "deliveryId" })
        {
            if (document is JsonObject made && made[name] is { } id)
                _ids[name] = id.ToString();
        }
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
