using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;
using Presence.Client.Heartbeats;

namespace Presence.Client.Http;

/// <summary>The server's API, as the user of a token sees it. What fails is a <see cref="PresenceException"/>, or as its caller's token says.</summary>
internal sealed class ViewerApi
{
    private readonly ApiConnection _connection;
    private readonly AccessTokens _tokens;

    public ViewerApi(PresenceOptions options)
    {
        App = options.App;
        Jitter = options.Jitter;
        ReadsStreams = options.ReadsStreams;
        _connection = new ApiConnection(options.HttpClient ?? options.App.HttpClient, options.BaseUrl, options.TimeProvider);
        _tokens = new AccessTokens(options);
    }

    public PresenceApp App { get; }

    public Func<double> Jitter { get; }

    public bool ReadsStreams { get; }

    public TimeProvider Time => _connection.Time;

    public string BaseUrl => _connection.BaseUrl;

    public bool IsOnline => App.IsOnline || _connection.IsLoopback;

    /// <summary>Who the caller is, without a request but for a token.</summary>
    public async Task<string> SubjectAsync(CancellationToken cancellationToken)
    {
        await Deadline.KeepAsync(Time, _ => _tokens.GetAsync(), cancellationToken).ConfigureAwait(false);
        return _tokens.Subject;
    }

    /// <summary>One attempt; its document.</summary>
    public Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Deadline.KeepAsync(
            Time,
            async given =>
            {
                using var response = await RequestAsync(request, given).ConfigureAwait(false);
                return await ApiConnection.ReadAsync(response, type, given).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>One attempt, whatever the answer says beyond that it was taken.</summary>
    public async Task SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var response = await Deadline.KeepAsync(Time, given => RequestAsync(request, given), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A read that is worth trying again for.</summary>
    public Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => ReadAttempts.RunAsync(() => SendAsync(ApiRequest.Get(path), type, cancellationToken), Time, Jitter, cancellationToken);

    /// <summary>Server-sent events; the caller's to dispose.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        Deadline.KeepAsync(Time, given => RequestAsync(ApiRequest.Get(path) with { Accept = "text/event-stream" }, given), cancellationToken);

    /// <summary>A leave request with the current token in its body.</summary>
    public async Task LeaveByBeaconAsync(string path, string sessionId)
    {
        using var response = await Deadline.KeepAsync(Time, SendBeaconAsync, CancellationToken.None).ConfigureAwait(false);

        async Task<HttpResponseMessage> SendBeaconAsync(CancellationToken given)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_connection.BaseUrl + path));
            message.Content = new FormUrlEncodedContent(
            [
                new KeyValuePair<string, string>("token", _tokens.Current ?? ""),
                new KeyValuePair<string, string>("sessionId", sessionId),
            ]);
            return await _connection.SendAsync(message, given).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var token = await _tokens.GetAsync().ConfigureAwait(false);
        try
        {
            return await _connection.SendAsync(request, Bearer(token), cancellationToken).ConfigureAwait(false);
        }
        catch (PresenceException exception) when (exception.Kind == PresenceErrorKind.Unauthorized)
        {
            if (await _tokens.ReplaceAsync(token).ConfigureAwait(false) is not { } another)
                throw;
            return await _connection.SendAsync(request, Bearer(another), cancellationToken).ConfigureAwait(false);
        }
    }

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);
}

/// <summary>The address of a room's routes below the server's.</summary>
internal static class RoomPath
{
    /// <exception cref="ArgumentException">An address cannot name it: "." and ".." are resolved away before it is sent, encoded or not.</exception>
    public static string Of(string? roomId) => $"/api/v1/presence/rooms/{Segment(roomId, nameof(roomId))}";

    /// <summary>An id as one part of an address.</summary>
    public static string Segment(string? id, string name) => id is null or "" or "." or ".."
        ? throw new ArgumentException($"{name} must have at least 1 character and be neither \".\" nor \"..\"; it is \"{id}\".", name)
        : Uri.EscapeDataString(id);
}

/// <summary>Reads are tried only a few times: a person waits for them.</summary>
internal static class ReadAttempts
{
    private const int Most = 3;

    /// <exception cref="PresenceException">The last attempt failed too, or one was refused.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> attempt, TimeProvider time, Func<double> chance, CancellationToken cancellationToken)
    {
        using var wakeTimer = new WakeTimer(time);
        using var registration = cancellationToken.Register(wakeTimer.Ring);
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (PresenceException exception) when (exception.IsPassing && failures + 1 < Most)
            {
                await wakeTimer.WaitAsync(RetryPolicy.Delay(failures, exception, chance())).ConfigureAwait(false);
            }
        }
    }
}
