using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Tests.Support;

/// <summary>The whole product on a real Kestrel and a real SQLite file in a folder of its own, gone with the test.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    public const string ClientKey = "test-client-key";
    public const string ServerKey = "test-server-key-0123456789abcdefghijklmn";

    private readonly DashboardHostOptions _options;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presence-");
    private WebApplication? _app;

    private DashboardHost(DashboardHostOptions options) => _options = options;

    /// <summary>Where it listens; the same after a restart.</summary>
    public Uri BaseAddress { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>A client without any credentials: no cookie jar, no redirects followed.</summary>
    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app?.Services ?? throw new InvalidOperationException("The host is stopped.");

    public string DataFolder => _folder.FullName;

    /// <summary>Everything logged since the first start.</summary>
    public LogCapture Log { get; } = new();

    public static async Task<DashboardHost> StartAsync(DashboardHostOptions? options = null)
    {
        var host = new DashboardHost(options ?? new DashboardHostOptions());
        try
        {
            await host.StartAgainAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server and leaves its folder.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app)
            return;
        Client?.Dispose(); // none when the start failed
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Starts on the same folder and port.</summary>
    public async Task StartAgainAsync()
    {
        var app = DashboardApplication.Build(["--environment", _options.Environment, "--urls", BaseAddress.ToString()], Configure);
        _app = app;
        _options.App?.Invoke(app);
        await app.StartAsync();
        if (_options.WaitUntilReady)
            await app.Services.GetRequiredService<PresenceReadiness>().WaitAsync(CancellationToken.None);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        BaseAddress = new Uri(address);
        Client = NewClient();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>One more client with connections of its own.</summary>
    public HttpClient NewClient() =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = BaseAddress };

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            _folder.Delete(recursive: true);
        }
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Presence:Data"] = DataFolder,
            ["Presence:Clients:Key"] = ClientKey,
            ["Presence:Server:Key"] = ServerKey,
            ["Presence:Canary"] = "false", // a server that has to wait for the machine would call itself degraded
        });
        builder.Configuration.AddInMemoryCollection(_options.Configuration);
        builder.Logging.ClearProviders().AddProvider(Log);
        // A password is hashed for a quarter of a second, on purpose. Tests about that ask for it again.
        builder.Services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1);
        if (_options.Time is { } time)
            builder.Services.AddSingleton(time);
        // What a password costs is one test's business; all others sign in.
        builder.Services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount = _options.PasswordRounds ?? hasher.IterationCount);
        _options.Services?.Invoke(builder.Services);
    }
}
