using System.Text.Json;
using Presence.Client.Http;

namespace Presence.Client.Watching;

/// <summary>Reads one event stream from its opening to its end.</summary>
internal static class EventStreamReader
{
    private static readonly TimeSpan FirstEventWithin = TimeSpan.FromSeconds(10);

    /// <summary>The server sends a comment every 15 s.</summary>
    private static readonly TimeSpan QuietAtMost = TimeSpan.FromSeconds(30);

    /// <param name="server">Where from.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="tell">Told of each event's document; whether it was one to be told of.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it told anything before it ended, broke or fell silent.</returns>
    /// <exception cref="PresenceException">It could not be opened, or its last event told of a ban.</exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public static async Task<bool> ReadAsync(ViewerApi server, string path, Func<JsonElement, bool> tell, CancellationToken cancellationToken)
    {
        using var response = await server.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        var hasTold = false;
        // Not disposed, because the timer can be about to cancel it.
        var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Cancelled and disposed: some platforms ignore a token during a read, others wait for more data on disposal alone.
        using var ended = over.Token.Register(response.Dispose);
        using var silence = server.Time.CreateTimer(static quiet => ((CancellationTokenSource)quiet!).Cancel(), over, FirstEventWithin, Timeout.InfiniteTimeSpan);
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var events = new EventStreamDocuments(tell);
            var buffer = new byte[4096];
            while (await body.ReadAsync(buffer, over.Token).ConfigureAwait(false) is > 0 and var length)
            {
                hasTold |= events.Push(buffer, length);
                if (hasTold)
                    silence.Change(QuietAtMost, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception exception) when (exception is not PresenceException && (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            // A broken or cancelled connection counts as ended.
        }
        cancellationToken.ThrowIfCancellationRequested();
        return hasTold;
    }
}

/// <summary>Finds the documents of server-sent events. Each is one line of JSON.</summary>
internal sealed class EventStreamDocuments(Func<JsonElement, bool> tell)
{
    /// <summary>Far beyond any event; a line without an end is not this server's.</summary>
    private const int LongestLine = 1 << 20;

    private readonly MemoryStream _unfinished = new();

    /// <summary>Tells the documents in a part of the stream; parts end wherever the network cut them.</summary>
    /// <returns>Whether one was to be told of.</returns>
    /// <exception cref="InvalidDataException">A line has no end.</exception>
    public bool Push(byte[] buffer, int length)
    {
        var hasTold = false;
        var start = 0;
        for (var end = Array.IndexOf(buffer, (byte)'\n', start, length); end >= 0; end = Array.IndexOf(buffer, (byte)'\n', start, length - start))
        {
            _unfinished.Write(buffer, start, end - start);
            hasTold |= Tell(_unfinished.GetBuffer().AsSpan(0, (int)_unfinished.Length));
            _unfinished.SetLength(0);
            start = end + 1;
        }
        _unfinished.Write(buffer, start, length - start);
        return _unfinished.Length <= LongestLine ? hasTold : throw new InvalidDataException("A line of the event stream is too long.");
    }

    private bool Tell(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8))
            return false;
        try
        {
            var reader = new Utf8JsonReader(line.Slice("data:"u8.Length));
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            if (Refusal.OfEnd(document.RootElement) is { } ban)
                throw ban;
            return tell(document.RootElement);
        }
        catch (JsonException)
        {
            return false; // an unknown event; later ones follow
        }
    }
}
