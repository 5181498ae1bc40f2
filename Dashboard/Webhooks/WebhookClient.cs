using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Presence.Dashboard.Outbound;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Webhooks;

/// <summary>Sends one delivery, signed as Standard Webhooks has it, and judges the answer.</summary>
internal sealed class WebhookClient(OutboundGuard guard, TimeProvider time)
{
    private const int LongestAnswer = 16 * 1024;
    private const int LongestKept = 1_000;

    private readonly HttpClient _http = guard.CreateClient(LongestAnswer, WebhookSender.LongestAnswer, cutsReplies: true);

    /// <summary>Sends a delivery and says what becomes of it. Only a cancellation is thrown.</summary>
    public async Task<WebhookAttempt> SendAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var (began, at) = (time.GetTimestamp(), time.GetUtcNow());
        var body = Encoding.UTF8.GetBytes(delivery.Payload);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.ParseAdd("presence-dashboard");
            foreach (var (name, value) in WebhookSignature.Headers(endpoint.SecretsAt(at), delivery.EventId, at, body))
                request.Headers.Add(name, value);
            using var answer = await _http.SendAsync(request, cancellationToken);
            var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Replace('\0', ' ');
            return Judge((int)answer.StatusCode, null, text, answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - at : null);
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException or InvalidOperationException or NotSupportedException or IOException)
        {
            return Judge(null, MessageOf(failure), null, null);
        }

        WebhookAttempt Judge(int? status, string? error, string? answer, TimeSpan? retryAfter)
        {
            var duration = time.GetElapsedTime(began);
            var end = at + duration;
            var since = delivery.FirstAt is not { } first ? at : first > endpoint.StateAt ? first : endpoint.StateAt; // a resumed endpoint has a whole day again
            var state = status switch
            {
                >= 200 and < 300 => WebhookDeliveryState.Delivered,
                StatusCodes.Status410Gone => WebhookDeliveryState.Dead,
                _ => end - since >= WebhookRetry.Longest ? WebhookDeliveryState.Dead : WebhookDeliveryState.Pending,
            };
            var next = state == WebhookDeliveryState.Pending ? end + WebhookRetry.After(delivery.Attempts + 1, Random.Shared.NextDouble(), retryAfter) : end;
            return new WebhookAttempt(delivery.Id, state, delivery.Attempts + 1, at, next, status, Cut(error), Cut(answer), duration);
        }
    }

    /// <summary>.NET says "see inner exception" where a certificate is the trouble.</summary>
    private static string MessageOf(Exception failure) =>
        failure.InnerException is { } inner && failure.Message.Contains("see inner exception", StringComparison.Ordinal) ? inner.Message : failure.Message;

    private static string? Cut(string? text) => text is { Length: > LongestKept } ? text[..LongestKept] : text;
}

/// <summary>When a delivery that failed is tried again.</summary>
internal static class WebhookRetry
{
    /// <summary>After this long, from its first attempt on, a delivery is given up.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>5 s, doubled with each attempt up to an hour, a fifth more or less; longer where the receiver asks for it, up to a day.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="chance">0 to 1.</param>
    /// <param name="asked">What the receiver asked for; null for nothing.</param>
    public static TimeSpan After(int attempt, double chance, TimeSpan? asked)
    {
        var doubled = First * Math.Pow(2, Math.Min(attempt - 1, 20));
        var pause = (doubled < LongestPause ? doubled : LongestPause) * (0.8 + (0.4 * chance));
        var wanted = asked < Longest ? asked.Value : asked is null ? TimeSpan.Zero : Longest;
        return wanted > pause ? wanted : pause;
    }
}

/// <summary>Signatures as Standard Webhooks has them.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The headers of a message: its id, the second of the attempt, and a signature by each secret.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(IEnumerable<string> secrets, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var second = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{second}."), .. body];
        var signatures = secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed)));
        return [("webhook-id", id), ("webhook-timestamp", second), ("webhook-signature", string.Join(' ', signatures))];
    }
}

/// <summary>What an endpoint may be.</summary>
internal static class WebhookRules
{
    public const int LongestUrl = 2_000;
    public const int LargestThreshold = 10_000_000;

    /// <summary>What is wrong with a URL; null for nothing. Whether its host is allowed is decided with each connection.</summary>
    public static string? ProblemOfUrl(string? url, OutboundGuard guard) =>
        url is not { Length: > 0 and <= LongestUrl } ? $"must have 1 to {LongestUrl} characters."
        : !Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme != Uri.UriSchemeHttps ? "must be an absolute https URL, for example https://example.com/hooks/presence."
        : target.UserInfo.Length > 0 ? "must not hold a user or password. The signature shows that the call is from this server."
        : target.Fragment.Length > 0 ? "must not have a fragment (#)."
        : System.Net.IPAddress.TryParse(target.IdnHost.TrimEnd('.').Trim('[', ']'), out var address) && !guard.IsAllowed(address) ? $"is at {address}, which isn't a public address. Presence__Outbound__AllowedNetworks can allow private networks."
        : null;

    /// <summary>Reads a filter; the field and what is wrong with it where it is refused.</summary>
    public static (string Field, string Rule)? ProblemOf(IReadOnlyList<string?>? events, IReadOnlyList<string?>? rooms, IReadOnlyList<int>? thresholds, out Engine.Webhooks.WebhookFilter filter)
    {
        string[] types = [.. (events ?? []).Select(type => type ?? "").Distinct(StringComparer.Ordinal)];
        string[] named = [.. (rooms ?? []).Select(room => room?.Trim() ?? "").Where(room => room.Length > 0).Distinct(StringComparer.Ordinal)];
        int[] counts = [.. (thresholds ?? []).Distinct().Order()];
        filter = new Engine.Webhooks.WebhookFilter(types, named, counts);
        if (Array.Find(types, type => !Engine.Webhooks.WebhookEvents.All.Contains(type, StringComparer.Ordinal)) is { } unknown)
            return ("events", $"can't have \"{(unknown.Length > 40 ? unknown[..40] : unknown)}\". Allowed: {string.Join(", ", Engine.Webhooks.WebhookEvents.All)}. Leave it out for all.");
        if (named.Length > Engine.Webhooks.WebhookFilter.MostRooms)
            return ("rooms", $"can have at most {Engine.Webhooks.WebhookFilter.MostRooms} entries, not {named.Length}. Use a prefix such as show-*.");
        if (named.Select(room => (room, Problem: room == "*" ? null : Engine.PresenceIds.ProblemOfRoomId(room.TrimEnd('*')))).FirstOrDefault(room => room.Problem is not null) is { Problem: { } problem })
            return ("rooms", $"has an entry that isn't a room: {problem}");
        if (counts.Length > Engine.Webhooks.WebhookFilter.MostThresholds)
            return ("thresholds", $"can have at most {Engine.Webhooks.WebhookFilter.MostThresholds} entries, not {counts.Length}.");
        return Array.Exists(counts, count => count is < 1 or > LargestThreshold) ? ("thresholds", $"must be counts from 1 to {LargestThreshold}.") : null;
    }
}
