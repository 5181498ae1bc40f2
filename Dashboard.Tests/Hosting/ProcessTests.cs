using System.Diagnostics;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>The program as an operator runs it.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Start_WithABadConfiguration_ListsEverythingAndExitsWith1()
    {
        var (exitCode, output) = await RunAsync([], ("Presence__Data", "/nowhere/is/written"), ("Presence__Sever__Key", "x"), ("Presence__Demo", "perhaps"), ("Presence__Limits__Rooms", "-1"));

        Assert.Equal(1, exitCode);
        Assert.Equal(
            """
            The configuration has 3 problems:
              Presence__Demo: "perhaps" is neither true nor false.
              Presence__Limits__Rooms: "-1" is not a whole number from 1 to 100000000.
              Presence__Sever__Key: there is no such key. Did you mean Presence__Clients__Key?
            """,
            output.Trim());
    }

    [Fact]
    public async Task Health_WithNoServerThere_ExitsWith1() =>
        Assert.Equal(1, (await RunAsync(["health", "--urls=http://127.0.0.1:1"])).ExitCode);

    [Fact]
    public async Task Start_OnAnAddressInUse_SaysSoLastAndExitsWith1()
    {
        await using var host = await DashboardHost.StartAsync();
        var folder = Directory.CreateTempSubdirectory("presence-");
        try
        {
            var (exitCode, output) = await RunAsync([$"--urls={host.BaseAddress}"], ("Presence__Data", folder.FullName));

            Assert.Equal(1, exitCode);
            Assert.EndsWith("Stop whoever listens there, or choose another address with --urls.", output.Trim(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(DashboardApplication).Assembly.Location, .. args]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
