using System.Net;
using System.Text;

namespace Presence.Client.Tests.Support;

/// <summary>Answers as the server would when all is well, unless a test has something else in mind for the next request of a kind.</summary>
internal sealed class FakeServer : HttpMessageHandler
{
    private readonly List<Script> _scripts = [];
    private readonly List<SeenRequest> _requests = [];
    private readonly Lock _lock = new();

    public double Next { get; set; } = 28.08;

    public double Interval { get; set; } = 30;

    public int Count { get; set; } = 3;

    public int SettingsVersion { get; set; } = 7;

    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public IReadOnlyList<SeenRequest> Beats => Of(request => request.IsBeat);

    public IReadOnlyList<SeenRequest> Leaves => Of(request => request.IsLeave);

    public IReadOnlyList<SeenRequest> Beacons => Of(request => request.IsBeacon);

    public IReadOnlyList<SeenRequest> Streams => Of(request => request.IsStream);

    public IReadOnlyList<SeenRequest> Counts => Of(request => request.IsCount);

    public static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Refusal(int status, int code, string? data = null, string? retryAfter = null)
    {
        var response = Json(status, $$"""{"status":"error","code":{{code}},"message":"code {{code}}"{{(data is null ? "" : $",\"data\":{data}")}}}""");
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return response;
    }

    public static HttpResponseMessage Unreachable() => throw new HttpRequestException("connection refused");

    /// <summary>The next requests of a kind are answered so; once, unless said otherwise.</summary>
    public void Answer(Func<SeenRequest, bool> takes, Func<HttpResponseMessage> answer, int times = 1) => Answer(takes, _ => Task.FromResult(answer()), times);

    public void Answer(Func<SeenRequest, bool> takes, Func<SeenRequest, Task<HttpResponseMessage>> answer, int times = 1)
    {
        lock (_lock)
            _scripts.Add(new Script(takes, answer) { TimesLeft = times });
    }

    /// <summary>The next request of a kind is never answered.</summary>
    public void Swallow(Func<SeenRequest, bool> takes) => Answer(takes, request => Task.Delay(Timeout.Infinite, request.Cancelled).ContinueWith<HttpResponseMessage>(
        _ => throw new OperationCanceledException(request.Cancelled), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new SeenRequest(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Headers.Authorization?.Parameter ?? "",
            request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) : null,
            request,
            cancellationToken);
        Script? script;
        lock (_lock)
        {
            _requests.Add(seen);
            script = _scripts.Find(candidate => candidate.TimesLeft > 0 && candidate.Takes(seen));
            if (script is not null)
                script.TimesLeft--;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return script is null ? Usual(seen) : await script.Answer(seen).ConfigureAwait(false);
    }

    private IReadOnlyList<SeenRequest> Of(Func<SeenRequest, bool> takes) => [.. Requests.Where(takes)];

    private HttpResponseMessage Usual(SeenRequest request)
    {
        if (request.IsBeat && request.Path.Contains("/api/v1/presence/rooms/", StringComparison.Ordinal))
        {
            var count = request.Path.EndsWith("?include=count", StringComparison.Ordinal) ? $",\"count\":{Count}" : "";
            return Json(202, FormattableString.Invariant(
                $$"""{"success":true,"heartbeatIntervalSeconds":{{Interval}},"presenceTimeoutSeconds":60,"nextHeartbeatInSeconds":{{Next}},"settingsVersion":{{SettingsVersion}}{{count}}}"""));
        }
        if (request.IsBeat)
            return Json(202, """{"success":true}""");
        if (request.IsLeave || request.IsBeacon)
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        if (request.IsCount)
            return Json(200, $$"""{"count":{{Count}},"referenceTimestamp":"2026-11-21T22:37:41.509Z"}""");
        if (request.Path == "/api/v1/presence/settings")
            return Json(200, FormattableString.Invariant($$$"""{"user":{"enabled":true},"network":{"heartbeatInterval":{{{Interval}}}},"room":{"enabled":true}}"""));
        return Refusal(404, 400400);
    }

    private sealed record Script(Func<SeenRequest, bool> Takes, Func<SeenRequest, Task<HttpResponseMessage>> Answer)
    {
        public int TimesLeft { get; set; }
    }
}
