using System.Text.Json;

namespace Presence.Client.Http;

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
