using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Api;

/// <summary>The answer to an accepted heartbeat, written without a serialiser: no other answer is sent as often.</summary>
internal sealed class HeartbeatReply(HeartbeatReceipt receipt, bool includeCount) : IResult
{
    private const int LongestText = 256;

    /// <summary>An invitation names its room, each character of which may take six bytes.</summary>
    private const int LongestInvitation = 2_048;

    /// <summary>The next heartbeat is asked for up to this part of the interval early, so that a crowd that came at once spreads out.</summary>
    private const double LargestJitter = 0.1;

    public Task ExecuteAsync(HttpContext http)
    {
        var settings = receipt.Settings;
        var interval = (long)settings.HeartbeatInterval.TotalMilliseconds;

        var text = new ReplyText(stackalloc byte[receipt.Invitation is null ? LongestText : LongestText + LongestInvitation]);
        text.Append("{\"success\":true,\"heartbeatIntervalSeconds\":"u8);
        text.AppendSeconds(interval);
        text.Append(",\"presenceTimeoutSeconds\":"u8);
        text.AppendSeconds((long)settings.PresenceTimeout.TotalMilliseconds);
        text.Append(",\"nextHeartbeatInSeconds\":"u8);
        text.AppendSeconds((long)(interval * (1 - (LargestJitter * Random.Shared.NextDouble()))));
        text.Append(",\"settingsVersion\":"u8);
        text.Append(settings.Version);
        if (includeCount)
        {
            text.Append(",\"count\":"u8);
            text.Append(receipt.Viewers);
        }
        if (receipt.IsHandRaised)
            text.Append(",\"handRaised\":true"u8);
        if (receipt.Invitation is { } invitation)
        {
            text.Append(",\"invitation\":"u8);
            var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(); // not a field: every other reply would hold it too
            text.Append(JsonSerializer.SerializeToUtf8Bytes(InvitationDocument.Of(invitation, now), ApiJson.Documents.InvitationDocument));
        }
        text.Append("}"u8);

        var response = http.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = Reply.Json;
        response.ContentLength = text.Written.Length;
        response.BodyWriter.Write(text.Written); // sent when the request ends
        return Task.CompletedTask;
    }

    /// <summary>UTF-8 being written. Numbers are whole ones throughout: formatting a fraction would cost as much as the heartbeat.</summary>
    private ref struct ReplyText(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Append(scoped ReadOnlySpan<byte> text)
        {
            text.CopyTo(_buffer[_length..]);
            _length += text.Length;
        }

        public void Append(long number)
        {
            var fits = number.TryFormat(_buffer[_length..], out var written, provider: CultureInfo.InvariantCulture);
            Debug.Assert(fits, "The longest reply fits the buffer.");
            _length += written;
        }

        public void AppendSeconds(long milliseconds)
        {
            Append(milliseconds / 1000);
            if (milliseconds % 1000 is not 0 and var fraction)
                Append([(byte)'.', Digit(fraction / 100), Digit(fraction / 10), Digit(fraction)]);
        }

        private static byte Digit(long number) => (byte)('0' + (number % 10));
    }
}
