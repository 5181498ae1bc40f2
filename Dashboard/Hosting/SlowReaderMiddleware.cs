using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Presence.Dashboard.Api.Streaming;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Closes the connection of a client that requests a large reply and reads nothing of it for <see cref="Longest"/>. The web server's own
/// rule is an average over all that was written, which lets an answer of some megabytes wait for hours.
/// </summary>
/// <remarks>
/// <para><b>Cost.</b> Nothing for an answer that is done at once; a look at the socket every five seconds for one that is not.</para>
/// <para>Progress is what the other side has acknowledged, which Linux alone tells. Event streams and circuits have rules of
/// their own: they may have nothing to say for long.</para>
/// </remarks>
internal sealed class SlowReaderMiddleware(RequestDelegate next, TimeProvider time)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // Linux constants: IPPROTO_TCP, TCP_INFO, and the offsets of fields in struct tcp_info.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int Unacknowledged = 24;
    private const int Acknowledged = 120;
    private const int NotSent = 144;
    private const int InfoBytes = 152;

    public Task InvokeAsync(HttpContext http)
    {
        var answering = next(http);
        return answering.IsCompleted || !HttpMethods.IsGet(http.Request.Method) || http.WebSockets.IsWebSocketRequest || !OperatingSystem.IsLinux()
            || http.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket
            ? answering
            : WatchAsync(http, socket, answering);
    }

    private async Task WatchAsync(HttpContext http, Socket socket, Task answering)
    {
        var (taken, since) = (0L, time.GetTimestamp());
        while (true)
        {
            await answering.WaitAsync(Look, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answering.IsCompleted || http.Response.ContentType == EventStreamReply.MediaType)
                break;
            if (!WaitsForItsReader(socket, ref taken))
                since = time.GetTimestamp();
            else if (time.GetElapsedTime(since) >= Longest)
                http.Abort();
        }
        await answering;
    }

    /// <summary>Whether something was not taken yet, and nothing was taken since the last look.</summary>
    private static bool WaitsForItsReader(Socket socket, ref long taken)
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, TcpInfo, info) < InfoBytes)
                return false;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false; // the connection is closed
        }
        var acknowledged = MemoryMarshal.Read<long>(info[Acknowledged..]);
        var isWaiting = acknowledged == taken && (MemoryMarshal.Read<int>(info[Unacknowledged..]) > 0 || MemoryMarshal.Read<int>(info[NotSent..]) > 0);
        taken = acknowledged;
        return isWaiting;
    }
}
