using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A client of one event stream, with a connection of its own.</summary>
public sealed class StreamClient : IAsyncDisposable
{
    /// <summary>Long enough for a machine that is busy with other things; nothing waits for it to pass.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _reply;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private StreamClient(HttpResponseMessage reply, Stream body)
    {
        _reply = reply;
        _events = SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public HttpResponseMessage Reply => _reply;

    /// <summary>Opens a stream that must be answered.</summary>
    public static Task<StreamClient> OpenAsync(DashboardHost host, string room, string token, string query = "", string? lastEventId = null) =>
        OpenAsync(host, OfRoom(room) + query, token, lastEventId);

    /// <summary>Opens a stream of several rooms that must be answered.</summary>
    public static Task<StreamClient> OpenManyAsync(DashboardHost host, string query, string token, string? lastEventId = null) =>
        OpenAsync(host, OfMany + query, token, lastEventId);

    /// <summary>Opens a stream of users that must be answered.</summary>
    public static Task<StreamClient> OpenUsersAsync(DashboardHost host, string query, string token, string? lastEventId = null) => OpenAsync(host, OfUsers + query, token, lastEventId);

    /// <summary>Opens a stream of users that must be refused.</summary>
    public static Task<Answer> RefusedUsersAsync(DashboardHost host, string query, string token) => RefusedAsync(host, OfUsers + query, token, lastEventId: null);

    /// <summary>Opens the stream of a share link, which must be answered.</summary>
    public static Task<StreamClient> OpenSharedAsync(DashboardHost host, string token) => OpenAsync(host, OfShareLink, token, lastEventId: null);

    /// <summary>Opens the stream of a share link, which must be refused.</summary>
    public static Task<Answer> RefusedSharedAsync(DashboardHost host, string token) => RefusedAsync(host, OfShareLink, token, lastEventId: null);

    /// <summary>Opens a stream that must be refused.</summary>
    public static Task<Answer> RefusedAsync(DashboardHost host, string room, string token, string query = "", string? lastEventId = null) =>
        RefusedAsync(host, OfRoom(room) + query, token, lastEventId);

    /// <summary>Opens a stream of several rooms that must be refused.</summary>
    public static Task<Answer> RefusedManyAsync(DashboardHost host, string query, string token, string? lastEventId = null) =>
        RefusedAsync(host, OfMany + query, token, lastEventId);

    private const string OfShareLink = "/api/v1/share/stream";

    private const string OfUsers = "/api/v1/presence/users/stream";

    private const string OfMany = "/api/v1/presence/stream";

    private static string OfRoom(string room) => $"/api/v1/presence/rooms/{room}/stream";

    private static async Task<StreamClient> OpenAsync(DashboardHost host, string path, string token, string? lastEventId)
    {
        var reply = await SendAsync(host, path, token, lastEventId);
        Assert.Equal(200, (int)reply.StatusCode);
        return new StreamClient(reply, await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<Answer> RefusedAsync(DashboardHost host, string path, string token, string? lastEventId)
    {
        using var reply = await SendAsync(host, path, token, lastEventId);
        Assert.NotEqual(200, (int)reply.StatusCode);
        return await Answer.OfAsync(reply);
    }

    /// <summary>The next event.</summary>
    public async Task<StreamEvent> NextAsync()
    {
        Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken), "The stream ended.");
        var item = _events.Current;
        long? number = long.TryParse(item.EventId, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : null;
        return new StreamEvent(item.EventType, number, JsonNode.Parse(item.Data)!) { Place = item.EventId };
    }

    /// <summary>The next event of a kind; others in between are passed over.</summary>
    public async Task<StreamEvent> NextAsync(string name)
    {
        while (true)
        {
            if (await NextAsync() is var next && next.Name == name)
                return next;
        }
    }

    /// <summary>Reads to the end, which must come.</summary>
    public async Task EndAsync()
    {
        async Task ReadAllAsync()
        {
            while (await _events.MoveNextAsync())
            {
                // Whatever still comes.
            }
        }
        await ReadAllAsync().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _reply.Dispose();
        try
        {
            await _events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read still waits; it ended with the reply.
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(DashboardHost host, string path, string token, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.BaseAddress, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
