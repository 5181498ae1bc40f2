using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>The answer to an accepted heartbeat, written without a serialiser: no other answer is sent as often.</summary>
internal sealed class HeartbeatReply(HeartbeatReceipt receipt, bool includeCount) : IResult
{
    private const int LongestText = 256;

    /// <summary>The next heartbeat is asked for up to this part of the interval early, so that a crowd that came at once spreads out.</summary>
    private const double LargestJitter = 0.1;

    public Task ExecuteAsync(HttpContext http)
    {
        var settings = receipt.Settings;
        var next = Math.Floor(settings.HeartbeatInterval.TotalMilliseconds * (1 - (LargestJitter * Random.Shared.NextDouble()))) / 1000;

        Span<byte> text = stackalloc byte[LongestText];
        Utf8.TryWrite(
            text,
            CultureInfo.InvariantCulture,
            $"{{\"success\":true,\"heartbeatIntervalSeconds\":{settings.HeartbeatInterval.TotalSeconds},\"presenceTimeoutSeconds\":{settings.PresenceTimeout.TotalSeconds},\"nextHeartbeatInSeconds\":{next},\"settingsVersion\":{settings.Version}",
            out var written);
        if (includeCount)
        {
            Utf8.TryWrite(text[written..], CultureInfo.InvariantCulture, $",\"count\":{receipt.Viewers}", out var more);
            written += more;
        }
        text[written++] = (byte)'}';

        var response = http.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = Reply.Json;
        response.ContentLength = written;
        response.BodyWriter.Write(text[..written]); // sent when the request ends
        return Task.CompletedTask;
    }
}
