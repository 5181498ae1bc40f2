using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Requests as clients send them.</summary>
public static class ApiCalls
{
    public static async Task<Answer> SendAsync(this DashboardHost host, HttpMethod method, string path, string? token = null, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.BaseAddress, path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }
        using var reply = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(reply);
    }

    public static Task<Answer> GetAsync(this DashboardHost host, string path, string? token = null, params (string Name, string Value)[] headers) =>
        host.SendAsync(HttpMethod.Get, path, token, null, headers);

    public static Task<Answer> PostAsync(this DashboardHost host, string path, string? token = null, string? json = null, params (string Name, string Value)[] headers) =>
        host.SendAsync(HttpMethod.Post, path, token, json, headers);

    public static Task<Answer> BeatAsync(this DashboardHost host, string room, string token, string? json = null) =>
        host.PostAsync($"/api/v1/presence/rooms/{Uri.EscapeDataString(room)}/heartbeat", token, json);

    public static Task<Answer> CountAsync(this DashboardHost host, string room) =>
        host.GetAsync($"/api/v1/presence/rooms/{Uri.EscapeDataString(room)}/users/count", DashboardHost.ServerKey);

    public static Task<Answer> LogInAsync(this DashboardHost host, JsonObject body) =>
        host.PostAsync("/api/v5/sessions", json: body.ToJsonString(), headers: ("X-API-Key", DashboardHost.ClientKey));

    /// <summary>Logs a user in and gives its access token.</summary>
    public static async Task<string> TokenAsync(this DashboardHost host, string userId, string deviceId = "device-1", string? displayName = null)
    {
        var body = new JsonObject { ["userId"] = userId, ["deviceId"] = deviceId };
        if (displayName is not null)
            body["displayName"] = displayName;
        var answer = await host.LogInAsync(body);
        Assert.Equal(200, answer.Status);
        return answer.Json["accessToken"]!.GetValue<string>();
    }

    public static async Task<string> VisitorTokenAsync(this DashboardHost host, string deviceId)
    {
        var answer = await host.PostAsync("/api/v5/sessions/visitor", json: new JsonObject { ["deviceId"] = deviceId }.ToJsonString(), headers: ("X-API-Key", DashboardHost.ClientKey));
        Assert.Equal(200, answer.Status);
        return answer.Json["accessToken"]!.GetValue<string>();
    }

    /// <summary>Changes settings as the customer's backend does.</summary>
    public static async Task<Answer> ChangeSettingsAsync(this DashboardHost host, bool enabled = true, int interval = 30, int timeout = 60, int listLimit = 200)
    {
        var body = new JsonObject { ["enabled"] = enabled, ["heartbeatIntervalSeconds"] = interval, ["presenceTimeoutSeconds"] = timeout, ["listLimit"] = listLimit };
        var answer = await host.SendAsync(HttpMethod.Put, "/api/v1/admin/settings", DashboardHost.ServerKey, body.ToJsonString(), ("If-Match", "*"));
        Assert.Equal(200, answer.Status);
        return answer;
    }
}
