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

    [Theory]
    [InlineData("true", "a </script> \"key\"", "\"X-API-Key\": \"a \\u003C/script\\u003E \\u0022key\\u0022\"")]
    [InlineData("false", "a-key", "getToken: () => fetch(\"/presence-token\").then(answer => answer.text()), // your backend signs it\n")]
    public async Task BrowserClient_WhoeverVouchesForTheViewer_GetsItsTokenThere(string allowsUnverified, string key, string expected)
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
        {
            Configuration = new() { ["Presence:Clients:AllowUnverifiedLogin"] = allowsUnverified, ["Presence:Clients:Key"] = key },
        });
        var commands = host.Services.GetRequiredService<ClientCommands>();

        var html = commands.BrowserClient("https://presence.example/", "lobby");

        Assert.Contains("import { RoomPresence } from \"https://presence.example/client/v1/presence.js\";", html, StringComparison.Ordinal);
        Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.Equal(html.Length - "</script>".Length, html.IndexOf("</script>", StringComparison.Ordinal));
    }

    private static async Task<string> RunAsync(string script) => (await Tool.RunAsync("bash", ["-c", script])).Output;
}
