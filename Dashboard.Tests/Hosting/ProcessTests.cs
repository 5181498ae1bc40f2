using System.Diagnostics;
using Microsoft.Data.Sqlite;
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
              Presence__Sever__Key: unknown key. Did you mean Presence__Clients__Key?
            """,
            output.Trim());
    }

    [Fact]
    public async Task Run_WithWordsThatAreNone_ExitsWith2() =>
        Assert.Equal((2, "\"--hepl\" is unknown to Dashboard.dll. Did you mean --help? Dashboard.dll --help lists what it accepts."), await RunAsync(["--hepl"]));

    [Fact]
    public async Task Start_OnAnAddressInUse_SaysSoInOneMessageAndExitsWith1()
    {
        await using var host = await DashboardHost.StartAsync();
        var folder = Directory.CreateTempSubdirectory("presence-");
        try
        {
            var (exitCode, output) = await RunAsync([$"--urls={host.BaseAddress}"], ("Presence__Data", folder.FullName));

            Assert.Equal(1, exitCode);
            Assert.EndsWith($"Failed to bind to address {host.BaseAddress.ToString().TrimEnd('/')}: address already in use. Stop the other program, or choose another address with --urls or ASPNETCORE_URLS.", output.Trim(), StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The start waits here for a database that somebody else holds; told to stop meanwhile, it ends without a complaint.</summary>
    [Fact]
    public async Task Start_ToldToStopMeanwhile_EndsQuietly()
    {
        using var folder = new TemporaryFolder();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "presence.db")};Pooling=False");
        connection.Open();
        using var hold = connection.CreateCommand();
        hold.CommandText = "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE";
        hold.ExecuteNonQuery();
        await using var server = DashboardProcess.Launch(folder.Path);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(folder.Path, "presence.lock"))), "the start to come to the database");

        using (var kill = Process.Start("kill", ["-TERM", $"{server.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(await server.ExitCodeAsync() is 0 or 143, server.Output + server.Errors);
        Assert.DoesNotContain("Unhandled", server.Output + server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output + server.Errors, StringComparison.Ordinal);
    }

    internal static async Task<(int ExitCode, string Output)> RunAsync(string[] args, params (string Name, string Value)[] environment)
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
            return (process.ExitCode, (output + await error).Trim());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
