using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Outbound;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A server that others chose, over real TLS on every loopback address: each path answers as a test says, and is counted.</summary>
public sealed class HostileHttpsServer : IAsyncDisposable
{
    public const string Loopback = "127.0.0.0/8";

    private const int Hosts = 12;

    private static readonly X509Certificate2 Certificate = MakeCertificate();

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _connections = new(StringComparer.Ordinal);

    private HostileHttpsServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Requests of all paths.</summary>
    public int Requests => _requests.Values.Sum();

    /// <summary>Connections so far, by the address that was called.</summary>
    public IReadOnlyDictionary<string, int> Connections => _connections;

    public static async Task<HostileHttpsServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        HostileHttpsServer? server = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0, endpoint =>
        {
            // Before TLS: a connection counts that says nothing, too.
            endpoint.Use(next => connection =>
            {
                var called = ((IPEndPoint)connection.LocalEndPoint!).Address;
                server!._connections.AddOrUpdate((called.IsIPv4MappedToIPv6 ? called.MapToIPv4() : called).ToString(), 1, (_, before) => before + 1);
                return next(connection);
            });
            endpoint.UseHttps(Certificate);
        }));
        var app = builder.Build();
        server = new HostileHttpsServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A URL here. There are twelve hosts, 127.0.0.1 to 127.0.0.12.</summary>
    public string UrlOf(string path, int host = 1) => $"https://127.0.0.{host}:{Port}/{path}";

    public int RequestsOf(string path) => _requests.GetValueOrDefault(path);

    /// <summary>What a path answers from now on; 404 when nothing is said.</summary>
    public void Answer(string path, RequestDelegate answer) => _answers[path] = answer;

    /// <summary>A path answers with a file.</summary>
    public string Serve(string path, byte[] file, string contentType = "image/png", int host = 1)
    {
        Answer(path, http =>
        {
            http.Response.ContentType = contentType;
            return http.Response.Body.WriteAsync(file).AsTask();
        });
        return UrlOf(path, host);
    }

    /// <summary>The product's guard as it is, but for what it may reach and whom it trusts: this server.</summary>
    internal static OutboundGuard Guard(TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, string allowed = Loopback) =>
        new(new DashboardOptions { Outbound = { AllowedNetworks = [allowed] } }, time, resolve, new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Certificate }, RevocationMode = X509RevocationMode.NoCheck },
        });

    /// <summary>A dashboard that may reach this server.</summary>
    public static DashboardHostOptions Reached(DashboardHostOptions options) => options with
    {
        Services = services =>
        {
            options.Services?.Invoke(services);
            services.AddSingleton(provider => Guard(provider.GetRequiredService<TimeProvider>()));
        },
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!.TrimStart('/');
        _requests.AddOrUpdate(path, 1, (_, before) => before + 1);
        if (_answers.TryGetValue(path, out var answer))
            return answer(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pictures.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("pictures.test");
        for (var host = 1; host <= Hosts; host++)
            names.AddIpAddress(IPAddress.Parse($"127.0.0.{host}"));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
