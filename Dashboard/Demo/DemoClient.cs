using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Demo;

/// <summary>The requests of a viewer's client, over HTTP like anybody's.</summary>
/// <param name="http">Its base address is the server's.</param>
/// <param name="clientKey">What apps send as X-API-Key.</param>
internal sealed class DemoClient(HttpClient http, string clientKey)
{
    private const int PresenceIsOff = 400300;

    /// <summary>By device, as apps keep them; bounded by <see cref="DemoPeople"/> and their devices.</summary>
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);

    public async Task<DemoReply> SignInAsync(DemoVisit visit, CancellationToken cancellationToken)
    {
        if (_tokens.ContainsKey(visit.DeviceId))
            return new DemoReply(DemoAnswer.Accepted);

        using var request = new HttpRequestMessage(HttpMethod.Post, visit.Viewer.IsGuest ? "api/v5/sessions/visitor" : "api/v5/sessions");
        request.Headers.Add("X-API-Key", clientKey);
        request.Content = visit.Viewer.IsGuest
            ? JsonContent.Create(new { deviceId = visit.DeviceId })
            : JsonContent.Create(new { userId = visit.Viewer.UserId, displayName = visit.Viewer.DisplayName, deviceId = visit.DeviceId });

        return await SendAsync(request, visit, (reply, body) =>
        {
            _tokens[visit.DeviceId] = body.GetProperty("accessToken").GetString()!;
            return reply;
        }, cancellationToken);
    }

    public async Task<DemoReply> HeartbeatAsync(DemoVisit visit, ViewerState state, int settingsVersion, CancellationToken cancellationToken)
    {
        using var request = Authorised(HttpMethod.Post, visit);
        request.Content = JsonContent.Create(new
        {
            state = state switch { ViewerState.Hidden => "hidden", ViewerState.Paused => "paused", _ => "visible" },
            device = visit.Device,
            settingsVersion,
        });
        return await SendAsync(request, visit, static (reply, body) => reply with
        {
            Wait = TimeSpan.FromSeconds(body.GetProperty("nextHeartbeatInSeconds").GetDouble()),
            SettingsVersion = body.GetProperty("settingsVersion").GetInt32(),
        }, cancellationToken);
    }

    public async Task<DemoReply> LeaveAsync(DemoVisit visit, CancellationToken cancellationToken)
    {
        using var request = Authorised(HttpMethod.Delete, visit);
        return await SendAsync(request, visit, static (reply, _) => reply, cancellationToken);
    }

    private HttpRequestMessage Authorised(HttpMethod method, DemoVisit visit)
    {
        var request = new HttpRequestMessage(method, $"api/v1/presence/rooms/{Uri.EscapeDataString(visit.RoomId)}/heartbeat");
        if (_tokens.TryGetValue(visit.DeviceId, out var token))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private async Task<DemoReply> SendAsync(
        HttpRequestMessage request, DemoVisit visit, Func<DemoReply, JsonElement, DemoReply> read, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await ReadAsync(response, cancellationToken);
            if (response.IsSuccessStatusCode)
                return read(new DemoReply(DemoAnswer.Accepted), body);

            if (response.StatusCode == HttpStatusCode.Unauthorized)
                _tokens.TryRemove(visit.DeviceId, out _);
            return new DemoReply(Classify(response.StatusCode, body), response.Headers.RetryAfter?.Delta);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new DemoReply(DemoAnswer.NotNow); // the server is busy or going away; clients try again
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (bytes.Length == 0)
            return default;
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private static DemoAnswer Classify(HttpStatusCode status, JsonElement body) => status switch
    {
        HttpStatusCode.Unauthorized => DemoAnswer.TokenRefused,
        HttpStatusCode.Forbidden when body.ValueKind == JsonValueKind.Object
            && body.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) && number == PresenceIsOff => DemoAnswer.NotNow,
        HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => DemoAnswer.NotNow,
        _ => DemoAnswer.Refused,
    };
}
