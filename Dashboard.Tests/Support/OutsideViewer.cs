using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A viewer's client as it is in the wild: it knows the address and the client key, nothing else.</summary>
public sealed class OutsideViewer : IDisposable
{
    private readonly HttpClient _client;

    private OutsideViewer(HttpClient client) => _client = client;

    public static async Task<OutsideViewer> LogInAsync(DashboardHost host, string userId, string displayName)
    {
        var client = host.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v5/sessions")
        {
            Content = JsonContent.Create(new { userId, displayName, deviceId = userId + "-device" }),
        };
        request.Headers.Add("X-API-Key", DashboardHost.ClientKey);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var login = await response.Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.GetProperty("accessToken").GetString());
        return new OutsideViewer(client);
    }

    /// <summary>Sends one heartbeat and returns what the server answered.</summary>
    public async Task<JsonElement> HeartbeatAsync(string roomId)
    {
        using var response = await _client.PostAsync($"/api/v1/presence/rooms/{Uri.EscapeDataString(roomId)}/heartbeat", content: null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Sends one heartbeat, which may be refused.</summary>
    public async Task<HttpStatusCode> TryHeartbeatAsync(string roomId)
    {
        using var response = await _client.PostAsync($"/api/v1/presence/rooms/{Uri.EscapeDataString(roomId)}/heartbeat", content: null);
        return response.StatusCode;
    }

    public void Dispose() => _client.Dispose();
}
