using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Presence.Dashboard.Commands;
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
    [InlineData("http://unix:/run/presence.sock", null, "http://unix:/run/presence.sock")]
    [InlineData("https://+:8443;http://unix:/run/presence.sock", null, "http://unix:/run/presence.sock")]
    [InlineData(null, "8080;8081", "http://localhost:8080/")]
    [InlineData(null, null, "http://localhost:5000/")]
    public void Of_WhatTheServerListensOn_IsReachableFromItsOwnMachine(string? urls, string? ports, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls), new("http_ports", ports)]).Build();

        Assert.Equal(expected, (LocalAddress.Of(LocalAddress.Configured(configuration)) ?? LocalAddress.Default).ToString());
    }

    [Theory]
    [InlineData("localhost:5080")]
    [InlineData("http://")]
    [InlineData("http://localhost:eighty")]
    [InlineData("http://localhost:99999")]
    [InlineData("ftp://localhost:21")]
    [InlineData("http://localhost:5080/presence")]
    [InlineData("http://unix:/tmp/01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789.sock")]
    public void ProblemOf_NoAddressToListenOn_IsSaid(string address) => Assert.NotNull(LocalAddress.ProblemOf(address));

    [Fact]
    public async Task Run_AgainstAReadyServer_Is0AndAgainstNone1()
    {
        await using var host = await DashboardHost.StartAsync();
        var urls = $"--urls={host.BaseAddress}";

        Assert.Equal((0, ""), await RunAsync("health", urls));
        await host.StopAsync();
        var (exitCode, errors) = await RunAsync("health", urls);
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"The server at {host.BaseAddress} doesn't respond:", errors, StringComparison.Ordinal);
    }

    /// <summary>The framework's client asks the environment's proxy once in a process, so a process of its own is asked.</summary>
    [Fact]
    public async Task Run_WithAProxyInTheEnvironment_AsksTheServerItself()
    {
        await using var host = await DashboardHost.StartAsync();
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var address = $"http://{proxy.LocalEndpoint}";

        var (exitCode, _) = await ProcessTests.RunAsync(["health", $"--urls={host.BaseAddress}"], ("HTTP_PROXY", address), ("http_proxy", address), ("ALL_PROXY", address));

        Assert.Equal(0, exitCode);
        Assert.False(proxy.Pending());
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(params string[] args)
    {
        using var errors = new StringWriter();
        return (await CommandLine.RunAsync(args, TextWriter.Null, errors), $"{errors}");
    }
}
