using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;

namespace Presence.Client.Http;

/// <summary>The server's API, as the user of a token sees it. What fails is a <see cref="PresenceException"/>, or as its caller's token says.</summary>
internal sealed class ViewerApi
{
    private readonly ApiConnection _connection;
    private readonly AccessTokens _tokens;

    public ViewerApi(PresenceOptions options)
    {
        App = options.App;
        Chance = options.Chance;
        ReadsStreams = options.ReadsStreams;
        _connection = new ApiConnection(options.HttpClient ?? options.App.HttpClient, options.BaseUrl, options.TimeProvider);
        _tokens = new AccessTokens(options);
    }

    public PresenceApp App { get; }

    public Func<double> Chance { get; }

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
        where T : class => ReadAttempts.RunAsync(() => SendAsync(ApiRequest.Get(path), type, cancellationToken), Time, Chance, cancellationToken);

    /// <summary>Server-sent events; the caller's to dispose.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        Deadline.KeepAsync(Time, given => RequestAsync(ApiRequest.Get(path) with { Accept = "text/event-stream" }, given), cancellationToken);

    /// <summary>A leave that needs no token but the one at hand, which stands in its body.</summary>
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
