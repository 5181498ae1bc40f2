using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>Reads one event stream from its opening to its end.</summary>
internal static class CountStream
{
    private static readonly TimeSpan FirstEventWithin = TimeSpan.FromSeconds(10);

    /// <summary>The server sends a comment every 15 s.</summary>
    private static readonly TimeSpan QuietAtMost = TimeSpan.FromSeconds(30);

    /// <returns>Whether it told any count before it ended, broke or fell silent.</returns>
    /// <exception cref="PresenceException">It could not be opened.</exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public static async Task<bool> ReadAsync(ViewerApi server, string path, Action<string?, int> tell, CancellationToken cancellationToken)
    {
        using var response = await server.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        var hasCounted = false;
        // Not disposed, because the timer can be about to cancel it.
        var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Cancelled and disposed: some platforms ignore a token during a read, others wait for more data on disposal alone.
        using var ended = over.Token.Register(response.Dispose);
        using var silence = server.Time.CreateTimer(static quiet => ((CancellationTokenSource)quiet!).Cancel(), over, FirstEventWithin, Timeout.InfiniteTimeSpan);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var counts = new EventStreamCounts();
            var buffer = new byte[4096];
            while (await body.ReadAsync(buffer, over.Token).ConfigureAwait(false) is > 0 and var length)
            {
                foreach (var (roomId, count) in counts.Push(buffer, length))
                {
                    hasCounted = true;
                    tell(roomId, count);
                }
                if (hasCounted)
                    silence.Change(QuietAtMost, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A broken or cancelled connection counts as ended.
        }
        cancellationToken.ThrowIfCancellationRequested();
        return hasCounted;
    }
}

/// <summary>Finds counts in server-sent events. Each event of a room is one line of JSON, and tells the count after it.</summary>
internal sealed class EventStreamCounts
{
    /// <summary>Far beyond any event; a line without an end is not this server's.</summary>
    private const int LongestLine = 1 << 20;

    private readonly MemoryStream _unfinished = new();

    /// <summary>The counts in a part of the stream, each with its room in a stream of several: parts end wherever the network cut them.</summary>
    /// <exception cref="InvalidDataException">A line has no end.</exception>
    public IReadOnlyList<(string? RoomId, int Count)> Push(byte[] buffer, int length)
    {
        List<(string? RoomId, int Count)> told = [];
        var start = 0;
        for (var end = Array.IndexOf(buffer, (byte)'\n', start, length); end >= 0; end = Array.IndexOf(buffer, (byte)'\n', start, length - start))
        {
            _unfinished.Write(buffer, start, end - start);
            if (CountOf(_unfinished.GetBuffer().AsSpan(0, (int)_unfinished.Length)) is { } count)
                told.Add(count);
            _unfinished.SetLength(0);
            start = end + 1;
        }
        _unfinished.Write(buffer, start, length - start);
        return _unfinished.Length <= LongestLine ? told : throw new InvalidDataException("A line of the event stream is too long.");
    }

    private static (string? RoomId, int Count)? CountOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8))
            return null;
        try
        {
            var reader = new Utf8JsonReader(line.Slice("data:"u8.Length));
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("count", out var count)
                && count.ValueKind == JsonValueKind.Number
                && count.TryGetInt32(out var number)
                ? (document.RootElement.TryGetProperty("roomId", out var roomId) && roomId.ValueKind == JsonValueKind.String ? roomId.GetString() : null, number)
                : null;
        }
        catch (JsonException)
        {
            return null; // an unknown event; later ones follow
        }
    }
}
