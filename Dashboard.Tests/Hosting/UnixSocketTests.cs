using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Commands;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Simulation;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>A server that listens on a socket's file alone, as behind a proxy of the same machine.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogCapture _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_folder.Path, "presence.sock");

    private string Url => $"http://unix:{SocketPath}";

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Serve_OnASocket_IsReadyBeatsLinksAndSimulates()
    {
        await using var app = await StartAsync();
        using var client = NewClient();

        Assert.Equal((0, ""), await CommandAsync("health", $"--urls={Url}"));
        using var page = await client.GetAsync(new Uri("/setup", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        // Where people reach it, the proxy alone knows.
        var link = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "data", "setup-link.txt"), Cancel)).Trim();
        Assert.StartsWith("/setup?token=", link, StringComparison.Ordinal);
        Assert.Contains(_log.Lines, line => line.Message.Contains("the address your proxy serves", StringComparison.Ordinal));
        using var setup = await client.GetAsync(new Uri(link, UriKind.Relative), Cancel);
        Assert.Contains("new-password", await setup.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using StringWriter output = new(), errors = new();
        var options = new SimulateOptions { Url = new Uri("http://localhost"), Route = new LocalAddress(new Uri("http://localhost"), SocketPath).Apply, Secret = TokenForge.Secret, Rooms = 1, Viewers = 5, Ramp = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(100) };
        Assert.True(await SimulateCommand.RunAsync(options, output, errors, isLive: false, Cancel) == 0, $"{output}{errors}");

        await app.StopAsync(Cancel);
        Assert.False(File.Exists(SocketPath));
        Assert.Equal(1, (await CommandAsync("health", $"--urls={Url}")).ExitCode);
    }

    [Fact]
    public async Task Login_ThroughASocket_IsPacedByTheAddressTheProxyNames()
    {
        await using var app = await StartAsync(("Limits:LoginBurst", "1"), ("Limits:LoginsPerSecond", "1"), ("Limits:FailureBurst", "1000"));
        using var client = NewClient();

        Assert.NotEqual(429, await LoginAsync(client, "203.0.113.1"));
        Assert.Equal(429, await LoginAsync(client, "203.0.113.1"));
        Assert.NotEqual(429, await LoginAsync(client, "203.0.113.2")); // a bucket of its own
        Assert.Equal(429, await LoginAsync(client, "198.51.100.7, 203.0.113.2")); // what the caller claims before the proxy's word is not believed
        Assert.NotEqual(429, await LoginAsync(client, null)); // who is not named shares one
        Assert.Equal(429, await LoginAsync(client, null));
    }

    [Fact]
    public async Task Start_OnTheFileOfAKilledServer_TakesItOver()
    {
        // What a kill leaves: a bound file that nobody listens on.
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(SocketPath + ".old"));
            File.Move(SocketPath + ".old", SocketPath); // closing deletes the file by the name it was bound to
        }
        Assert.True(File.Exists(SocketPath));

        await using var app = await StartAsync();

        Assert.Equal((0, ""), await CommandAsync("health", $"--urls={Url}"));
    }

    [Fact]
    public async Task Start_OnALiveSocket_IsRefusedAndTheOtherGoesOn()
    {
        await using var app = await StartAsync();
        using var errors = new StringWriter();

        var exitCode = await ServerRun.RunAsync([$"--urls={Url}", $"--Presence:Data={Path.Combine(_folder.Path, "other")}"], errors);

        Assert.Equal((1, $"Another process listens on the socket {SocketPath}. Stop it, or choose another with --urls or ASPNETCORE_URLS."), (exitCode, $"{errors}".TrimEnd()));
        Assert.Equal((0, ""), await CommandAsync("health", $"--urls={Url}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a text of somebody")]
    public async Task Start_OnAFileThatIsNoSocket_IsRefusedAndTheFileStays(string content)
    {
        await File.WriteAllTextAsync(SocketPath, content, Cancel);

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync());

        Assert.Contains("isn't a socket", Refusal.OfStart(refusal), StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(SocketPath, Cancel));
    }

    [Fact]
    public async Task Start_InAFolderThatIsNotThere_IsRefused()
    {
        using var errors = new StringWriter();

        var exitCode = await ServerRun.RunAsync([$"--urls=http://unix:{_folder.Path}/no/presence.sock", $"--Presence:Data={Path.Combine(_folder.Path, "data")}"], errors);

        Assert.Equal(1, exitCode);
        Assert.Contains("does not exist. Create it", $"{errors}", StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(params (string Key, string Value)[] configuration)
    {
        var app = DashboardApplication.Build([$"--urls={Url}"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create($"Presence:{pair.Key}", (string?)pair.Value)));
            builder.Configuration.AddInMemoryCollection([
                new("Presence:Data", Path.Combine(_folder.Path, "data")), new("Presence:Clients:Key", DashboardHost.ClientKey), new("Presence:Clients:Jwt:Secret", TokenForge.Secret), new("Presence:Clients:AllowUnverifiedLogin", "true"),
                new("Presence:Initial:HeartbeatInterval", "2"), new("Presence:Initial:PresenceTimeout", "20")]);
            builder.Logging.ClearProviders().AddProvider(_log);
        });
        try
        {
            await app.StartAsync(Cancel);
            await app.Services.GetRequiredService<PresenceReadiness>().WaitAsync(Cancel);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler { UseCookies = false };
        new LocalAddress(new Uri("http://localhost"), SocketPath).Apply(handler);
        return new HttpClient(handler) { BaseAddress = new Uri("http://localhost") };
    }

    private static async Task<int> LoginAsync(HttpClient client, string? forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v5/sessions") { Content = JsonContent.Create(new { userId = "ada", deviceId = "d" }) };
        request.Headers.Add("X-API-Key", DashboardHost.ClientKey);
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var reply = await client.SendAsync(request, Cancel);
        return (int)reply.StatusCode;
    }

    private static async Task<(int ExitCode, string Errors)> CommandAsync(params string[] args)
    {
        using var errors = new StringWriter();
        return (await CommandLine.RunAsync(args, TextWriter.Null, errors), $"{errors}");
    }
}
