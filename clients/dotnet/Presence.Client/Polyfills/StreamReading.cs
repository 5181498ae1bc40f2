namespace Presence.Client;

/// <summary>Reading of streams as later frameworks spell it.</summary>
internal static class StreamReading
{
    public static Task<int> ReadAsync(this Stream stream, byte[] buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, 0, buffer.Length, cancellationToken);
}
