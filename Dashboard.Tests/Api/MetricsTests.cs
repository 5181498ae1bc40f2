using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Api;

public sealed partial class MetricsTests
{
    /// <summary>What operators' dashboards and alerts ask for, by these names.</summary>
    private static readonly string[] Names =
    [
        "presence_canary_heartbeat_seconds_bucket", "presence_canary_heartbeat_seconds_count", "presence_canary_heartbeat_seconds_sum",
        "presence_canary_leave_seconds_bucket", "presence_canary_leave_seconds_count", "presence_canary_leave_seconds_sum", "presence_canary_lost_total",
        "presence_feed_gaps_total", "presence_heartbeats_refused_total", "presence_heartbeats_total", "presence_joins_total", "presence_leaves_total",
        "presence_lock_wait_seconds_bucket", "presence_lock_wait_seconds_count", "presence_lock_wait_seconds_sum",
        "presence_online_users", "presence_rooms", "presence_sessions",
        "presence_sweep_lag_seconds_bucket", "presence_sweep_lag_seconds_count", "presence_sweep_lag_seconds_sum",
        "presence_viewers", "presence_writer_lag",
        "presence_backup_age_seconds", "presence_degraded", "presence_limit_most", "presence_limit_used", "presence_loop_age_seconds", "presence_loop_failing",
        "presence_requests_refused_total", "presence_storage_free_bytes", "presence_storage_size_bytes", "presence_webhooks_attempts_total", "presence_webhooks_endpoints",
        "dotnet_assembly_count", "dotnet_exceptions_total", "dotnet_gc_collections_total", "dotnet_gc_heap_total_allocated_bytes_total",
        "dotnet_gc_last_collection_heap_fragmentation_size_bytes", "dotnet_gc_last_collection_heap_size_bytes",
        "dotnet_gc_last_collection_memory_committed_size_bytes", "dotnet_gc_pause_time_seconds_total",
        "dotnet_jit_compilation_time_seconds_total", "dotnet_jit_compiled_il_size_bytes_total", "dotnet_jit_compiled_methods_total",
        "dotnet_monitor_lock_contentions_total", "dotnet_process_cpu_count", "dotnet_process_cpu_time_seconds_total",
        "dotnet_process_memory_working_set_bytes", "dotnet_thread_pool_queue_length_total", "dotnet_thread_pool_thread_count_total",
        "dotnet_thread_pool_work_item_count_total", "dotnet_timer_count",
    ];

    /// <summary>Those of them that appear with their first value, which a short test may not see.</summary>
    private static readonly string[] NamesOnceMeasured =
    [
        "presence_canary_heartbeat_seconds_bucket", "presence_canary_heartbeat_seconds_count", "presence_canary_heartbeat_seconds_sum",
        "presence_canary_leave_seconds_bucket", "presence_canary_leave_seconds_count", "presence_canary_leave_seconds_sum", "presence_canary_lost_total",
        "presence_lock_wait_seconds_bucket", "presence_lock_wait_seconds_count", "presence_lock_wait_seconds_sum",
        "presence_sweep_lag_seconds_bucket", "presence_sweep_lag_seconds_count", "presence_sweep_lag_seconds_sum",
        "presence_backup_age_seconds", "presence_loop_age_seconds", "presence_requests_refused_total",
        "dotnet_exceptions_total", "dotnet_gc_last_collection_heap_fragmentation_size_bytes", "dotnet_gc_last_collection_heap_size_bytes",
        "dotnet_gc_last_collection_memory_committed_size_bytes",
    ];

    [Fact]
    public async Task Metrics_AfterHeartbeatsAndALeave_TellOfThem()
    {
        await using var host = await DashboardHost.StartAsync();
        foreach (var user in new[] { "anna", "berta", "carla" })
            await host.BeatAsync("lobby", await host.TokenAsync(user));
        await host.SendAsync(HttpMethod.Delete, "/api/v1/presence/rooms/lobby/heartbeat", await host.TokenAsync("carla"));

        var answer = await host.GetAsync("/metrics", DashboardHost.ServerKey);

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.ContentHeaders.ContentType!.ToString(), StringComparison.Ordinal);
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
    public async Task Metrics_OfRefusals_SayWhy()
    {
        await using var host = await DashboardHost.StartAsync();
        var token = await host.TokenAsync("anna");
        await host.BeatAsync("lobby", token);
        await host.ChangeSettingsAsync(enabled: false);
        (await host.BeatAsync("lobby", token)).IsRefusal(403, 400300);
        (await host.GetAsync("/api/v1/admin/alerts")).IsRefusal(401, 400100);
        (await host.GetAsync("/api/v1/nothing", DashboardHost.ServerKey)).IsRefusal(404, 400400);

        var samples = Samples((await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body);

        Assert.Equal(1, samples["""presence_heartbeats_refused_total{reason="network_disabled"}"""]);
        Assert.Equal(0, samples["""presence_heartbeats_refused_total{reason="session_limit"}"""]);
        Assert.Equal(1, samples["""presence_requests_refused_total{code="400300"}"""]);
        Assert.Equal(1, samples["""presence_requests_refused_total{code="400100"}"""]);
        Assert.Equal(1, samples["""presence_requests_refused_total{code="400400"}"""]);
    }

    [Fact]
    public async Task Metrics_OfTheServer_TellOfLoopsStorageAndLimits()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Limits:Rooms"] = "7" } });
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));

        var samples = await UntilAsync(host, read => read.ContainsKey("""presence_loop_age_seconds{loop="sweep"}"""));

        Assert.Equal(0, samples["presence_degraded"]);
        Assert.Equal(0, samples["""presence_loop_failing{loop="backup"}"""]);
        Assert.InRange(samples["""presence_loop_age_seconds{loop="sweep"}"""], 0, 60);
        Assert.True(samples["""presence_storage_size_bytes{file="database"}"""] > 4096);
        Assert.True(samples["presence_storage_free_bytes"] > 0);
        Assert.Equal(1, samples["""presence_limit_used{limit="rooms"}"""]);
        Assert.Equal(7, samples["""presence_limit_most{limit="rooms"}"""]);
        Assert.Equal(0, samples["""presence_webhooks_endpoints{state="failing"}"""]);
        Assert.False(samples.ContainsKey("presence_backup_age_seconds"));

        host.Services.GetRequiredService<LoopRegistry>().Failed("backup", "no room", DateTimeOffset.UnixEpoch);
        var maintenance = host.Services.GetRequiredService<DatabaseMaintenance>();
        maintenance.TakeBackup(maintenance.DefaultFolder, kept: 1, TestContext.Current.CancellationToken);
        samples = Samples((await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body);
        Assert.Equal(1, samples["presence_degraded"]);
        Assert.Equal(1, samples["""presence_loop_failing{loop="backup"}"""]);
        Assert.InRange(samples["presence_backup_age_seconds"], 0, 60);
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
        while (!samples.ContainsKey("presence_sweep_lag_seconds_count")); // the first sweep comes within a second

        var buckets = samples.Where(sample => sample.Key.StartsWith("presence_sweep_lag_seconds_bucket", StringComparison.Ordinal)).Select(sample => sample.Value).ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(samples["presence_sweep_lag_seconds_count"], buckets[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8,text/plain;version=0.0.4;q=0.2")] // Prometheus 3
    public async Task Metrics_WhateverTheCollectorTakes_HaveTheNamesThatDashboardsAsk(string? accept)
    {
        await using var host = await DashboardHost.StartAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new("Bearer", DashboardHost.ServerKey);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var names = Samples(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Keys.Select(sample => sample.Split('{')[0]).Where(name => !name.EndsWith("_created", StringComparison.Ordinal));
        Assert.Equal(Names.Order(StringComparer.Ordinal), names.Union(NamesOnceMeasured).Order(StringComparer.Ordinal));
        Assert.Subset(Names.ToHashSet(StringComparer.Ordinal), NamesOnceMeasured.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_OfTwoServersInAProcess_AreTheirOwn()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var other = await DashboardHost.StartAsync();
        await host.BeatAsync("lobby", await host.TokenAsync("anna"));

        Assert.Equal(1, Samples((await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body)["presence_viewers"]);
        Assert.Equal(0, Samples((await other.GetAsync("/metrics", DashboardHost.ServerKey)).Body)["presence_viewers"]);
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

    private static async Task<Dictionary<string, double>> UntilAsync(DashboardHost host, Func<Dictionary<string, double>, bool> isSeen)
    {
        var samples = new Dictionary<string, double>();
        await Eventually.TrueAsync(async () => isSeen(samples = Samples((await host.GetAsync("/metrics", DashboardHost.ServerKey)).Body)), "the series");
        return samples;
    }

    private static Dictionary<string, double> Samples(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')].Replace("{}", "", StringComparison.Ordinal), line => double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    [GeneratedRegex("""^(# EOF|# TYPE [a-z_]+ (counter|gauge|histogram)|# UNIT ([a-z_]+_)?(seconds|bytes) (seconds|bytes)|# HELP [a-z_]+ .+|[a-z_]+\{([a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*)?\} -?[0-9.E+-]+)$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Line();
}
