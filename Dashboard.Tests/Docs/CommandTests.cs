using System.Diagnostics;
using System.Text.RegularExpressions;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>Commands that the documents give to newcomers are run as they stand.</summary>
public sealed partial class CommandTests
{
    [Fact]
    public async Task ClientsHttp_ItsThreeCalls_BeatReadAndLeave()
    {
        await using var host = await DashboardHost.StartAsync();
        var commands = Shell().Match(RepositoryFiles.Read("docs/clients-http.md")).Groups["commands"].Value
            .Replace("http://localhost:5080", host.BaseAddress.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("your-client-key", DashboardHost.ClientKey, StringComparison.Ordinal);

        var output = await RunAsync(commands);

        Assert.StartsWith("""{"success":true,""", output, StringComparison.Ordinal);
        Assert.Contains("""{"count":1,""", output, StringComparison.Ordinal);
        Assert.Equal(0, (await host.CountAsync("lobby")).Json["count"]!.GetValue<int>());
    }

    private static async Task<string> RunAsync(string commands)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euc", commands]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
        return output;
    }

    [GeneratedRegex("```sh\n(?<commands>.+?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Shell();
}
