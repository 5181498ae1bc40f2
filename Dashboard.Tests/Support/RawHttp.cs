using System.Net.Sockets;
using System.Text;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A request byte by byte, for what no HTTP client would send.</summary>
public static class RawHttp
{
    /// <summary>Sends and reads until the server closes; ask for that with <c>Connection: close</c>.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string head, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ReplaceLineEndings("\r\n") + body), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
