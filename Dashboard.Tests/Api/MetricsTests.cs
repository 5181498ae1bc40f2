using System.Globalization;
using System.Text.RegularExpressions;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_AfterHeartbeatsAndALeave_TellOfThem()
    {
        await using var host = await DashboardHost.StartAsync();
        foreach (var user in new[] { "anna", "berta", "carla" })
            await host.BeatAsync("lobby", await host.TokenAsync(user));
        await host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", await host.TokenAsync("carla"));

        var answer = await host.GetAsync("/metrics", DashboardHost.ServerKey);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        var samples = Samples(answer.Body);
        Assert.Equal(3, samples["presence_heartbeats_total"]);
        Assert.Equal(3, samples["presence_joins_total"]);
        Assert.Equal(1, samples["""presence_leaves_total{reason="left"}"""]);
        Assert.Equal(2, samples["presence_viewers"]);
        Assert.Equal(1, samples["presence_rooms"]);
        Assert.True(samples.ContainsKey("dotnet_process_memory_working_set_bytes"));
        Assert.DoesNotContain("lobby", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AsText_AreWhatOpenMetricsAsksFor()
    {
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));

        var text = (await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body;

        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.True(Line().IsMatch(line), line));
        Assert.Distinct(lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)));
        Assert.Distinct(lines.Where(line => line[0] != '#').Select(line => line[..line.LastIndexOf(' ')]));
        var type = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                type = line.Split(' ')[2];
            else if (line[0] != '#')
                Assert.StartsWith(type, line, StringComparison.Ordinal); // the samples of a family stand together, below its name
        }
    }

    [Fact]
    public async Task Metrics_OfAHistogram_AddUpToItsCount()
    {
        await using var host = await DashboardHost.StartAsync();

        Dictionary<string, double> samples;
        do
            samples = Samples((await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body);
        while (samples["presence_sweep_lag_seconds_count"] == 0); // the first sweep comes within a second

        var buckets = samples.Where(sample => sample.Key.StartsWith("presence_sweep_lag_seconds_bucket", StringComparison.Ordinal)).Select(sample => sample.Value).ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(samples["presence_sweep_lag_seconds_count"], buckets[^1]);
    }

    [Fact]
    public async Task Metrics_WithoutAKey_AreRefusedUnlessPublic()
    {
        await using var closed = await DashboardHost.StartAsync();
        await using var open = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Metrics:Public"] = "true" } });

        (await closed.GetAsync("/metrics")).IsRefusal(401, 400100);
        (await closed.GetAsync("/metrics", await closed.TokenAsync("anna"))).IsRefusal(403, 400301);
        Assert.Equal(200, (await open.GetAsync("/metrics")).Status);
    }

    private static Dictionary<string, double> Samples(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    [GeneratedRegex("""^(# EOF|# TYPE [a-z_]+ (counter|gauge|histogram)|# UNIT ([a-z_]+_)?(seconds|bytes) (seconds|bytes)|# HELP [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.E+-]+)$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Line();
}
