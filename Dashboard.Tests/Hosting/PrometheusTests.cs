using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>What operators load into Prometheus and Grafana (deploy/), with a real Prometheus.</summary>
public sealed partial class PrometheusTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    private static string Deploy => Path.Combine(RepositoryFiles.Root, "deploy");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("check", "alerts.yml")]
    [InlineData("test", "alerts_test.yml")]
    public async Task Alerts_ByPromtool_AreSound(string command, string file)
    {
        var (exitCode, output, errors) = await Tool.RunAsync("promtool", [command, "rules", file], Path.Combine(Deploy, "prometheus"));

        Assert.True(exitCode == 0, output + errors);
    }

    [Fact]
    public async Task Dashboard_AndAlerts_AskForSeriesThatAServerUnderLoadHas()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new()
            {
                ["Presence:Metrics:Public"] = "true",
                ["Presence:Canary"] = "true",
                ["Presence:Initial:HeartbeatInterval"] = "2",
                ["Presence:Initial:PresenceTimeout"] = "10",
                ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret,
            },
        });
        using var prometheus = await StartAsync(host.BaseAddress);
        using var done = new CancellationTokenSource();
        var load = SimulateCommand.RunAsync(
            new SimulateOptions { Url = host.BaseAddress, Secret = TokenForge.Secret, Rooms = 3, Viewers = 30, Churn = 600, Ramp = TimeSpan.FromSeconds(1), Duration = TimeSpan.FromHours(1) }, TextWriter.Null, TextWriter.Null, isLive: false, done.Token);
        try
        {
            await host.GetAsync("/api/v1/admin/alerts"); // refused: without a key
            var queries = Queries();
            Assert.True(queries.Count > 30);
            var began = TimeProvider.System.GetTimestamp();
            while (await UnansweredAsync(queries) is { Count: > 0 } unanswered)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "No data for:\n" + string.Join('\n', unanswered));
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancel);
            }
        }
        finally
        {
            await done.CancelAsync();
            await load;
            prometheus.Kill(entireProcessTree: true);
            await prometheus.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void Alerts_NameOnlySeriesTheServerHas()
    {
        var known = Series().Matches(RepositoryFiles.Read("Dashboard.Tests/Api/MetricsTests.cs")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        var asked = Series().Matches(RepositoryFiles.Read("deploy/prometheus/alerts.yml")).Select(match => match.Value).Distinct(StringComparer.Ordinal);

        Assert.Empty(asked.Except(known, StringComparer.Ordinal));
    }

    private Uri Address { get; set; } = null!;

    private async Task<Process> StartAsync(Uri server)
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Tool.FreePort()}/"));
        var file = Path.Combine(_folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ "{{Deploy}}/prometheus/alerts.yml" ]
            scrape_configs:
              - job_name: presence
                static_configs: [ { targets: [ "{{server.Authority}}" ] } ]
            """,
            Cancel);
        return Process.Start(new ProcessStartInfo("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={_folder.Path}/data", $"--web.listen-address={Address.Authority}", "--log.level=error"]))!;
    }

    /// <summary>Every query of the dashboard, as Grafana would send it.</summary>
    private static IReadOnlyList<string> Queries()
    {
        var dashboard = JsonNode.Parse(RepositoryFiles.Read("deploy/grafana/presence.json"))!;
        return
        [
            .. from panel in dashboard["panels"]!.AsArray()
               from target in panel!["targets"]?.AsArray() ?? []
               select target["expr"]!.GetValue<string>().Replace("$instance", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal),
        ];
    }

    private async Task<IReadOnlyList<string>> UnansweredAsync(IReadOnlyList<string> queries)
    {
        List<string> unanswered = [];
        foreach (var query in queries)
            if (!await AnswersAsync(query))
                unanswered.Add(query);
        return unanswered;
    }

    private async Task<bool> AnswersAsync(string query)
    {
        try
        {
            var answer = JsonNode.Parse(await _client.GetStringAsync(new Uri(Address, $"api/v1/query?query={Uri.EscapeDataString(query)}"), Cancel))!;
            return answer["data"]!["result"]!.AsArray() is { Count: > 0 } result && result.All(sample => sample!["value"]![1]!.GetValue<string>() != "NaN");
        }
        catch (HttpRequestException)
        {
            return false; // it has only just started
        }
    }

    [GeneratedRegex("presence_[a-z_]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Series();
}
