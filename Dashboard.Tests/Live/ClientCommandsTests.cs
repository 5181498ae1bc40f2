using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;

namespace Presence.Dashboard.Tests.Live;

public sealed class ClientCommandsTests
{
    [Fact]
    public async Task FirstViewer_PastedIntoAShell_MakesOneViewerAppear()
    {
        // A key with the characters a shell could stumble over.
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Clients:Key"] = "it's \"a\" $KEY" } });
        var commands = host.Services.GetRequiredService<ClientCommands>();

        var output = await RunAsync(commands.FirstViewer(host.BaseAddress.ToString()));

        Assert.Contains("\"success\":true", output, StringComparison.Ordinal);
        Assert.Equal(1, host.Services.GetRequiredService<PresenceEngine>().Count("first-room").Viewers);
    }

    [Fact]
    public async Task FirstViewer_WhereLoginsMustBeVerified_WorksWithTheServerKey()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = new() { ["Presence:Clients:AllowUnverifiedLogin"] = "false" } });
        var commands = host.Services.GetRequiredService<ClientCommands>();

        await RunAsync(commands.FirstViewer(host.BaseAddress.ToString()).Replace("SERVER_KEY=...", "SERVER_KEY=" + DashboardHost.ServerKey, StringComparison.Ordinal));

        Assert.Equal(1, host.Services.GetRequiredService<PresenceEngine>().Count("first-room").Viewers);
    }

    private static async Task<string> RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
