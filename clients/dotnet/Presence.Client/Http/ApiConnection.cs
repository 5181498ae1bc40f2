using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Presence.Client.Http;

/// <summary>Sends requests to one server and distinguishes its replies from those of proxies.</summary>
internal sealed class ApiConnection
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly string _baseUrl;

    public ApiConnection(HttpClient http, Uri? baseUrl, TimeProvider time)
    {
        if (baseUrl is not { IsAbsoluteUri: true } || baseUrl.Scheme is not ("http" or "https"))
            throw new ArgumentException($"BaseUrl must be the server's absolute http or https address, such as https://presence.example.com, not \"{baseUrl}\".", nameof(baseUrl));
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
            throw PresenceException.Of(exception); // also for a time-out of the caller's own HttpClient
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

/// <summary>A request before it is one of a connection: it may have to be sent twice.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, below the server's address.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>JSON, in UTF-8.</summary>
    public byte[]? Body { get; init; }

    public string? Accept { get; init; }

    public string? IfMatch { get; init; }

    /// <summary>A header that says who asks, in place of a token.</summary>
    public (string Name, string Value)? Key { get; init; }

    public static ApiRequest Get(string path) => new(HttpMethod.Get, path);
}

/// <summary>The connections of an app that brings none of its own.</summary>
internal static class DefaultHttp
{
    public static HttpClient Create()
    {
#if NET
        if (OperatingSystem.IsBrowser())
            return new HttpClient();

        // Heartbeats would keep one connection open forever, and its address can change. So it is replaced regularly.
        return new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
#else
        return new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });
#endif
    }
}

/// <summary>Nothing is waited for without an end.</summary>
internal static class Deadline
{
    /// <summary>How long anything is waited for.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>Ends when the work does, when it takes too long, or when its caller gives up; also where the work ignores its token.</summary>
    /// <exception cref="PresenceException">It took too long.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async Task<T> KeepAsync<T>(TimeProvider time, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var longest = limit ?? LongestAnswer;
        cancellationToken.ThrowIfCancellationRequested();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isOver = new TaskCompletionSource<bool>();
        using var timer = time.CreateTimer(static over => ((TaskCompletionSource<bool>)over!).TrySetResult(true), isOver, longest, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(static over => ((TaskCompletionSource<bool>)over!).TrySetResult(true), isOver);

        var working = work(given.Token);
        if (await Task.WhenAny(working, isOver.Task).ConfigureAwait(false) == working)
            return await working.ConfigureAwait(false);

        Abandon(working);
        given.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        throw PresenceException.Unavailable(FormattableString.Invariant($"No reply within {longest.TotalSeconds} s."));
    }

    /// <summary>The caller no longer waits: observes a failure and releases resources.</summary>
    private static void Abandon<T>(Task<T> working) => _ = working.ContinueWith(
        static late =>
        {
            if (late.Status == TaskStatus.RanToCompletion)
                (late.Result as IDisposable)?.Dispose();
            else
                _ = late.Exception;
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}

/// <summary>The error of a reply.</summary>
internal static class Refusal
{
    /// <summary>What is not in this server's shape comes from something in between, and will pass.</summary>
    public static async Task<PresenceException> OfAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = RetryAfter(response, now);
        if (await DocumentAsync(response, cancellationToken).ConfigureAwait(false) is not { Code: { } code } document)
        {
            return new PresenceException(PresenceErrorKind.Unavailable, $"Another server, such as a proxy, replied with status {status}.")
            {
                Status = status,
                RetryAfter = retryAfter,
            };
        }
        return Of(document, status, code, retryAfter);
    }

    /// <summary>The ban that the last event of a stream tells of; null for any other event. What else ends a stream is told by the next attempt, which may renew the token first.</summary>
    public static PresenceException? OfEnd(JsonElement told)
    {
        if (!told.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.String || status.GetString() != "error")
            return null;
        var document = told.Deserialize(PresenceJson.Default.ErrorAnswer);
        return document?.Code is { } code && KindOf(403, code) is PresenceErrorKind.Banned or PresenceErrorKind.Removed ? Of(document, 403, document.Code.Value, retryAfter: null) : null;
    }

    private static PresenceException Of(ErrorAnswer document, int status, int code, TimeSpan? retryAfter) =>
        new(KindOf(status, code), document.Message ?? $"The presence server replied with status {status} and code {code}.")
        {
            Status = status,
            Code = code,
            Until = document.Data?.Until,
            Reason = document.Data?.Reason,
            RoomIds = document.Data?.RoomIds,
            RetryAfter = retryAfter,
        };

    private static PresenceErrorKind KindOf(int status, int code) => code switch
    {
        400100 => PresenceErrorKind.Unauthorized,
        400300 => PresenceErrorKind.Disabled,
        400312 => PresenceErrorKind.Banned,
        499601 => PresenceErrorKind.Removed,
        499603 => PresenceErrorKind.Ended,
        _ when status == 429 => PresenceErrorKind.Limited,
        _ => status < 500 ? PresenceErrorKind.Refused : PresenceErrorKind.Unavailable,
    };

    private static async Task<ErrorAnswer?> DocumentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, PresenceJson.Default.ErrorAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null; // not JSON, not from this server, or incomplete
        }
    }

    /// <summary>A number of seconds or, from some proxies, a date.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        var ahead = header?.Delta ?? header?.Date - now;
        return ahead > TimeSpan.Zero ? ahead : null;
    }
}
