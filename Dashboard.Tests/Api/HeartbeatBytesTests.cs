using System.Net.Sockets;
using System.Text;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>
/// Keeps the heartbeat's way through the server short: what it allocates is the same on every machine, unlike a rate,
/// and grows at once when a middleware creeps in.
/// </summary>
[Collection(nameof(HeartbeatBytesTests))]
public sealed class HeartbeatBytesTests
{
    private const int WarmUp = 3_000;
    private const int Requests = 3_000;
    private const int Users = 50;
    private const int Budget = 1_300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beat_OfAPresentViewer_AllocatesAtMost1300Bytes(bool withCollector)
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Environment = "Production",
            Configuration =
            {
                ["Presence:Clients:AllowUnverifiedLogin"] = "true",
                ["Presence:Limits:HeartbeatBurst"] = "1000000",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = withCollector ? collector.Address : null,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
        });
        var requests = new List<byte[]>();
        for (var i = 0; i < Users; i++)
        {
            var token = await host.TokenAsync($"viewer-{i}", $"device-{i}");
            requests.Add(Encoding.ASCII.GetBytes($"POST /api/v1/presence/rooms/room-{i % 10}/heartbeat HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n"));
        }
        using var client = new TcpClient();
        client.NoDelay = true;
        // Not ConnectAsync: it would leave the socket non-blocking, and each wait would allocate on the client's side.
        client.Connect(host.BaseAddress.Host, host.BaseAddress.Port);
        var socket = client.Client;

        Exchange(socket, requests, WarmUp);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Exchange(socket, requests, Requests);
        var perRequest = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;

        Figure.Tell($"{perRequest:0} bytes allocated for a heartbeat over HTTP{(withCollector ? ", with a collector of metrics" : "")}");
        Assert.True(perRequest <= Budget, $"A heartbeat request allocates {perRequest:0} bytes; the budget is {Budget}.");
    }

    /// <summary>The client's side allocates nothing, since it lives in the same process.</summary>
    private static void Exchange(Socket socket, List<byte[]> requests, int count)
    {
        Span<byte> reply = stackalloc byte[2048];
        for (var i = 0; i < count; i++)
        {
            socket.Send(requests[i % requests.Count]);
            var length = 0;
            do
                length += socket.Receive(reply[length..]);
            while (reply[length - 1] != (byte)'}');
            Assert.True(reply.StartsWith("HTTP/1.1 202"u8));
        }
    }
}
