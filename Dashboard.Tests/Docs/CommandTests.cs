using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Presence.Client;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

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

    /// <summary>As a reader does: a console program of its own, the client beside it, and the snippet pasted.</summary>
    [Fact]
    public async Task Connect_SnippetOfCSharp_WatchesUntilEnterIsPressed()
    {
        Assert.SkipUnless(ProofLength.IsFull, "It builds a program: ./test.sh --full");
        await using var host = await DashboardHost.StartAsync();
        var snippet = host.Services.GetRequiredService<ClientCommands>().CSharp(host.BaseAddress.ToString(), "try-this");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Program.cs"), snippet, Cancel);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "Pasted.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup><Reference Include="{typeof(RoomPresence).Assembly.Location}" /></ItemGroup>
            </Project>
            """,
            Cancel);

        using var program = Process.Start(new ProcessStartInfo("dotnet", ["run", "--project", folder.Path]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = program.StandardOutput.ReadToEndAsync(Cancel);
        await Eventually.TrueAsync(async () => program.HasExited || await CountAsync(host) == 1, "somebody watching, or the compiler's errors", TimeSpan.FromMinutes(5));
        Assert.False(program.HasExited, program.HasExited ? await output : "");

        await program.StandardInput.WriteLineAsync();
        await program.WaitForExitAsync(Cancel);

        Assert.Equal(0, program.ExitCode);
        Assert.Equal(0, await CountAsync(host));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<int> CountAsync(DashboardHost host) => (await host.CountAsync("try-this")).Json["count"]!.GetValue<int>();

    private static async Task<string> RunAsync(string commands)
    {
        var (exitCode, output, _) = await Tool.RunAsync("bash", ["-euc", commands]);
        Assert.Equal(0, exitCode);
        return output;
    }

    [GeneratedRegex("```sh\n(?<commands>.+?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Shell();
}
