using System.Net.Sockets;
using System.Text;
using Presence.Dashboard.Api;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>Limits of the connection itself, which no HTTP client would reach.</summary>
public sealed class RawRequestTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "404")]
    [InlineData(1, "414")]
    public async Task RequestLine_UpToTheLimitAndOneBeyond_IsRefusedBeyondAlone(int beyond, string status)
    {
        const string rest = "GET / HTTP/1.1\r\n";
        var path = new string('a', (int)ValueOf("request line") - rest.Length + beyond);

        Assert.Equal(status, StatusOf(await RawHttp.ExchangeAsync(_host.BaseAddress, $"GET /{path} HTTP/1.1\nHost: localhost\nConnection: close\n\n")));
    }

    [Theory]
    [InlineData(0, "200")]
    [InlineData(1, "431")]
    public async Task HeaderLines_UpToTheLimitAndOneBeyond_AreRefusedBeyondAlone(int beyond, string status)
    {
        var lines = string.Concat(Enumerable.Range(0, (int)ValueOf("header lines") - 2 + beyond).Select(i => $"H{i}: v\n"));

        Assert.Equal(status, StatusOf(await RawHttp.ExchangeAsync(_host.BaseAddress, $"GET /health/live HTTP/1.1\nHost: localhost\nConnection: close\n{lines}\n")));
    }

    [Theory]
    [InlineData(-1_000, "200")]
    [InlineData(1, "431")]
    public async Task Headers_BeyondTheLimit_AreRefused(int beyond, string status)
    {
        var filler = new string('x', (int)ValueOf("headers") + beyond);

        Assert.Equal(status, StatusOf(await RawHttp.ExchangeAsync(_host.BaseAddress, $"GET /health/live HTTP/1.1\nHost: localhost\nConnection: close\nX: {filler}\n\n")));
    }

    [Fact]
    public async Task Senders_ThatTakeForEver_AreHungUpOn()
    {
        using var headers = await ConnectAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Never-Ends: ");
        using var body = await ConnectAsync("POST /api/v5/sessions HTTP/1.1\r\nHost: localhost\r\nX-API-Key: test-client-key\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");

        Assert.Equal("408", StatusOf(await ReadToEndAsync(headers)));
        Assert.Equal("408", StatusOf(await ReadToEndAsync(body)));
        Assert.Empty(_host.Log.Faults);
    }

    private static long ValueOf(string limit) => Limits.All.Single(one => one.Name == limit).Value;

    private static string StatusOf(string reply) => reply.Length > 12 ? reply[9..12] : reply;

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancel);
    }

    private async Task<TcpClient> ConnectAsync(string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(_host.BaseAddress.Host, _host.BaseAddress.Port, Cancel);
        await client.Client.SendAsync(Encoding.Latin1.GetBytes(text), Cancel);
        return client;
    }
}
