namespace Presence.Client;

/// <summary>Reading of bodies as later frameworks spell it.</summary>
internal static class HttpContentReading
{
    public static Task<Stream> ReadAsStreamAsync(this HttpContent content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return content.ReadAsStreamAsync();
    }
}
