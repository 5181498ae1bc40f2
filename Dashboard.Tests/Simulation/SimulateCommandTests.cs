using System.Globalization;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Simulation;

/// <summary>The command as an operator runs it, against the product itself.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _errors = new(CultureInfo.InvariantCulture);

    /// <summary>Ten thousand viewers, at the usual pace: minutes of a whole machine.</summary>
    private static Dictionary<string, string?> Beating(int interval, int timeout) => new()
    {
        ["Presence:Initial:HeartbeatInterval"] = $"{interval}",
        ["Presence:Initial:PresenceTimeout"] = $"{timeout}",
        ["Presence:Clients:Jwt:Secret"] = TokenForge.Secret,
    };

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Run_CrowdThatComesGoesAndLosesRequests_FindsEveryCountRight()
    {
        var configuration = ProofLength.IsFull ? Beating(interval: 30, timeout: 60) : Beating(interval: 2, timeout: 20);
        configuration["Presence:Http:PublicUrl"] = "http://127.0.0.1/presence"; // an address with a path, for the client as well
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = configuration });
        string[] crowd = ProofLength.IsFull
            ? ["--rooms", "50", "--viewers", "10000", "--churn", "10", "--lossy", "1", "--ramp", "60s", "--duration", "2m"]
            : ["--rooms", "5", "--viewers", "200", "--churn", "600", "--hidden", "50", "--lossy", "10", "--ramp", "2s", "--duration", "5s"];

        var exitCode = await RunAsync(["--url", $"{host.BaseAddress}presence", "--secret", TokenForge.Secret, .. crowd]);

        TestContext.Current.TestOutputHelper?.WriteLine($"{_output}");
        Assert.True(exitCode == 0, $"{_output}{_errors}");
        Assert.Contains("Every count was right", $"{_output}", StringComparison.Ordinal);
        Assert.Matches(@"\b202: \d", $"{_output}");
        var facts = $"{_output}".Split('\n', StringSplitOptions.TrimEntries);
        Figure.Tell($"{facts.Single(line => line.EndsWith("requests lost", StringComparison.Ordinal))}; counts {facts.Single(line => line.StartsWith("counts ", StringComparison.Ordinal))[7..].Split(',')[0].Trim()}: every count right");
    }

    [Fact]
    public async Task Run_ServerThatCountsWrong_IsFoundOut()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = Beating(interval: 2, timeout: 600) });
        var backend = new Presence.Client.Server.PresenceServer(new() { BaseUrl = host.BaseAddress, ServerKey = DashboardHost.ServerKey });
        await backend.SendHeartbeatsAsync([new("simulated-001", "a stranger")], TestContext.Current.CancellationToken); // somebody the simulation knows nothing of

        var exitCode = await RunAsync("--url", $"{host.BaseAddress}", "--secret", TokenForge.Secret, "--rooms", "2", "--viewers", "20", "--ramp", "1s", "--duration", "1s");

        Assert.Equal(3, exitCode);
        Assert.Contains("1 of 2 counts were wrong", $"{_output}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_LeavesAndReports()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = Beating(interval: 30, timeout: 600) });
        using var interrupted = new CancellationTokenSource();
        var running = SimulateCommand.RunAsync(
            new SimulateOptions { Url = host.BaseAddress, Key = DashboardHost.ClientKey, Rooms = 1, Viewers = 20, Ramp = TimeSpan.FromSeconds(1), Duration = TimeSpan.FromHours(1) }, _output, _errors, isLive: false, interrupted.Token);
        await Eventually.TrueAsync(async () => (await host.CountAsync("simulated-001")).Json["count"]!.GetValue<int>() == 20, "everybody");

        await interrupted.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Equal(0, (await host.CountAsync("simulated-001")).Json["count"]!.GetValue<int>());
        Assert.Contains("ended early", $"{_output}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--key", "wrong")]
    [InlineData("--secret", "not-the-secret-of-this-server-0123456789")]
    public async Task Run_WithTheWrongKey_SaysSoAndExitsWith1(string option, string value)
    {
        await using var host = await DashboardHost.StartAsync();

        Assert.Equal(1, await RunAsync("--url", $"{host.BaseAddress}", option, value));

        Assert.Contains("can't be used", $"{_errors}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithNoServerThere_SaysSoAndExitsWith1()
    {
        Assert.Equal(1, await RunAsync("--url", "http://127.0.0.1:1", "--secret", TokenForge.Secret));

        Assert.StartsWith("The server at http://127.0.0.1:1/ can't be used:", $"{_errors}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AskedForHelp_PrintsItAndExitsWith0()
    {
        Assert.Equal(0, await RunAsync("--help"));

        Assert.Contains("Load a presence server", $"{_output}", StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(["simulate", .. args], _output, _errors);
}
