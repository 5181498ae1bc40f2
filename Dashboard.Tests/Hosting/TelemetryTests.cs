using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Collector_ThatIsNamed_GetsMetricsAndTracesOfAllButHeartbeats()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await StartAsync(collector, collector.Address);
        using var read = new HttpRequestMessage(HttpMethod.Get, "/api/v1/presence/rooms/secret-room/users/count");
        read.Headers.Authorization = new("Bearer", DashboardHost.ServerKey);
        read.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await host.BeatAsync("secret-room", await host.TokenAsync("anna"));
        await host.SendAsync(HttpMethod.Post, "/api/v1/presence/heartbeat", await host.TokenAsync("anna"));
        using var answer = await host.Client.SendAsync(read, TestContext.Current.CancellationToken);
        await host.GetAsync("/api/nothing-here");
        await host.StopAsync(); // what is not exported yet, is now

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("presence.heartbeats", collector.Metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet.process.cpu.time", collector.Metrics, StringComparison.Ordinal);
        Assert.Contains("shop-presence", collector.Metrics, StringComparison.Ordinal);
        Assert.Contains("GET /api/v1/presence/rooms/{roomId}/users/count", collector.Traces, StringComparison.Ordinal);
        Assert.Contains("\u000A\u00F7\u0065\u0019\u0016\u00CD\u0043\u00DD", collector.Traces, StringComparison.Ordinal); // the caller's trace goes on
        Assert.Contains("POST /api/v5/sessions", collector.Traces, StringComparison.Ordinal);
        Assert.DoesNotContain("heartbeat", collector.Traces, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-room", collector.Traces, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-room", collector.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collector_ThatIsNotNamed_GetsNothing()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await StartAsync(collector, address: null);

        await host.BeatAsync("lobby", await host.TokenAsync("anna"));
        await host.StopAsync();

        Assert.Equal(0, collector.Posts);
    }

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("ftp://collector")]
    [InlineData("nonsense")]
    public async Task Collector_WhoseAddressIsNone_IsRefusedAtStart(string address)
    {
        await using var collector = await OtlpCollector.StartAsync();

        var refused = await Assert.ThrowsAsync<ConfigurationRefusedException>(() => StartAsync(collector, address));

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", refused.Message, StringComparison.Ordinal);
        Assert.Contains("http://collector:4317", refused.Message, StringComparison.Ordinal);
    }

    private static Task<DashboardHost> StartAsync(OtlpCollector collector, string? address) => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Configuration =
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "shop-presence",
        },
    });
}
