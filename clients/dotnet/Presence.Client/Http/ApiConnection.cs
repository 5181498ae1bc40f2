using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Presence.Client.Http;

/// <summary>Sends requests to one server and tells its answers from everybody else's.</summary>
internal sealed class ApiConnection
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly string _baseUrl;

    public ApiConnection(HttpClient http, Uri? baseUrl, TimeProvider time)
    {
        if (baseUrl is not { IsAbsoluteUri: true } || baseUrl.Scheme is not ("http" or "https"))
            throw new ArgumentException($"BaseUrl must be the server's absolute http or https address, such as https://presence.example.com; it is \"{baseUrl}\".", nameof(baseUrl));
        _http = http;
        _baseUrl = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        IsLoopback = baseUrl.IsLoopback;
        Time = time;
    }

    public TimeProvider Time { get; }

    /// <summary>This device's own server, which no lack of a network keeps away.</summary>
    public bool IsLoopback { get; }

    public string BaseUrl => _baseUrl;

    /// <summary>One attempt. The caller's to dispose; its body is not read yet.</summary>
    /// <exception cref="PresenceException">It failed, or was refused.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(_baseUrl + request.Path));
        message.Headers.Authorization = authorization;
        if (request.Accept is { } accept)
            message.Headers.Accept.ParseAdd(accept);
        if (request.IfMatch is { } etag)
            message.Headers.TryAddWithoutValidation("If-Match", etag);
        if (request.Key is { } key)
            message.Headers.TryAddWithoutValidation(key.Name, key.Value);
        if (request.Body is { } body)
            message.Content = new ByteArrayContent(body) { Headers = { ContentType = Json } };
        return await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw PresenceException.Of(exception); // also the time-out of an HttpClient of the caller's
        }
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw await Refusal.OfAsync(response, Time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The document of an answer.</summary>
    /// <exception cref="PresenceException">The answer is not this server's.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false) ?? throw PresenceException.NotOfThisServer();
        }
        catch (Exception exception) when (exception is not PresenceException && !cancellationToken.IsCancellationRequested)
        {
            throw PresenceException.NotOfThisServer(exception);
        }
    }
}
