using System.Text.Json;

namespace Presence.Client.Watching;

/// <summary>Finds counts in server-sent events. Each event of a room is one line of JSON, and tells the count after it.</summary>
internal sealed class EventStreamCounts
{
    /// <summary>Far beyond any event; a line without an end is not this server's.</summary>
    private const int LongestLine = 1 << 20;

    private readonly MemoryStream _unfinished = new();

    /// <summary>The last count in a part of the stream, if there is one: parts end wherever the network cut them.</summary>
    /// <exception cref="InvalidDataException">A line has no end.</exception>
    public int? Push(byte[] buffer, int length)
    {
        int? last = null;
        var start = 0;
        for (var end = Array.IndexOf(buffer, (byte)'\n', start, length); end >= 0; end = Array.IndexOf(buffer, (byte)'\n', start, length - start))
        {
            _unfinished.Write(buffer, start, end - start);
            last = CountOf(_unfinished.GetBuffer().AsSpan(0, (int)_unfinished.Length)) ?? last;
            _unfinished.SetLength(0);
            start = end + 1;
        }
        _unfinished.Write(buffer, start, length - start);
        return _unfinished.Length <= LongestLine ? last : throw new InvalidDataException("A line of the event stream has no end.");
    }

    private static int? CountOf(ReadOnlySpan<byte> line)
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
                && count.TryGetInt32(out var number) ? number : null;
        }
        catch (JsonException)
        {
            return null; // not of this version; a later one will do
        }
    }
}
