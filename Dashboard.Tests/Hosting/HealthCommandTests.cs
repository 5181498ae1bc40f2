using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("http://+:8080", null, "http://localhost:8080/")]
    [InlineData("http://*:80", null, "http://localhost/")]
    [InlineData("http://0.0.0.0:8080", null, "http://localhost:8080/")]
    [InlineData("http://[::]:8080", null, "http://localhost:8080/")]
    [InlineData("http://127.0.0.1:5080", null, "http://127.0.0.1:5080/")]
    [InlineData("https://+:8443;http://+:8080", null, "http://localhost:8080/")]
    [InlineData("https://+:8443", null, "https://localhost:8443/")]
    [InlineData(null, "8080;8081", "http://localhost:8080/")]
    [InlineData(null, null, "http://localhost:5000/")]
    public void LocalUrl_OfWhatTheServerListensOn_IsReachableFromItsOwnMachine(string? urls, string? ports, string expected) =>
        Assert.Equal(expected, HealthCommand.LocalUrl(urls, ports).ToString());

    [Fact]
    public async Task Run_AgainstAReadyServer_Is0AndAgainstNone1()
    {
        await using var host = await DashboardHost.StartAsync();
        var urls = $"--urls={host.BaseAddress}";

        Assert.Equal(0, await DashboardApplication.RunAsync(["health", urls]));
        await host.StopAsync();
        Assert.Equal(1, await DashboardApplication.RunAsync(["health", urls]));
    }
}
