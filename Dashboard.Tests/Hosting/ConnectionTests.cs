using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Hosting;

/// <summary>Connections are bounded by what the process may open, shared among addresses, and closed when they stay silent.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_FacedWithMoreIdleConnectionsThanFiles_LivesAndServesWhoIsThere()
    {
        const int Files = 1_024;
        var folder = Directory.CreateTempSubdirectory("presence-");
        var idle = new List<Socket>();
        try
        {
            await using var server = await DashboardProcess.StartAsync(folder.FullName, Files);
            await server.BeatAsync("lobby", "anna"); // its connection stays
            Assert.Contains($"Up to {Files - MachineLimits.ReservedFiles} connections at once ({Files} files and sockets may be open)", server.Output, StringComparison.Ordinal);

            for (var i = 0; i < 3 * Files / 2; i++)
                idle.Add(await FloodAsync(server.Address));

            Assert.False(server.HasExited, server.Output + server.Errors);
            Assert.Equal(1, await server.CountAsync("lobby"));
            Assert.Contains("Presence__Limits__Connections", server.Output, StringComparison.Ordinal);
            idle.ForEach(socket => socket.Dispose());
            await Eventually.TrueAsync(() => AnswersAsync(server.Address), "there is room for others again");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Files_OfPages_AreReadOnceAndAgainWhenTheyChange()
    {
        var folder = Directory.CreateTempSubdirectory("presence-");
        try
        {
            var path = Path.Combine(folder.FullName, "page.css");
            File.WriteAllText(path, "first");
            using var disk = new PhysicalFileProvider(folder.FullName);
            var files = new FilesInMemory(disk);

            var kept = files.GetFileInfo("page.css");
            Assert.Null(kept.PhysicalPath); // what the framework would open for as long as somebody reads
            Assert.Equal("first", ContentOf(kept));
            Assert.Same(kept, files.GetFileInfo("page.css"));
            File.WriteAllText(path, "second");
            Assert.Equal("second", ContentOf(files.GetFileInfo("page.css")));
            Assert.False(files.GetFileInfo("nothing.css").Exists);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Files_OfTheServersPages_AreSentFromMemory()
    {
        await using var host = await DashboardHost.StartAsync();
        var file = host.Services.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetFileInfo("app.css");

        Assert.True(file.Exists);
        Assert.Null(file.PhysicalPath);
        Assert.Equal(ContentOf(file), (await host.GetAsync("/app.css")).Body);
    }

    [Fact]
    public async Task Process_WithTooFewFiles_IsRefusedWithTheNumberToSet()
    {
        var folder = Directory.CreateTempSubdirectory("presence-");
        try
        {
            await using var server = DashboardProcess.Launch(folder.FullName, openFiles: 700);

            Assert.Equal(1, await server.ExitCodeAsync());
            Assert.Equal(
                "This process may open 700 files and sockets but needs at least 800. Raise the limit: ulimit -n 65536 in a shell, LimitNOFILE=65536 in a systemd unit, --ulimit nofile=65536 for a container.",
                server.Errors.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Process_WithLittleMemory_RefusesSessionsThatDoNotFitAndLives()
    {
        var folder = Directory.CreateTempSubdirectory("presence-");
        try
        {
            await using var server = await DashboardProcess.StartAsync(folder.FullName, openFiles: null, ("DOTNET_GCHeapHardLimit", "0x8000000"));
            var code = 0;
            for (var batch = 0; batch < 400 && code == 0; batch++)
            {
                var heartbeats = Enumerable.Range(0, 1_000).Select(i => (JsonNode)new JsonObject { ["roomId"] = $"room{i % 20}", ["userId"] = $"a-viewer-with-a-long-name-{batch}-{i}" });
                using var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/presence/heartbeats", new JsonObject { ["heartbeats"] = new JsonArray([.. heartbeats]) });
                var reply = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
                code = reply["rejected"]!.AsArray().Count > 0 ? (int)reply["rejected"]![0]!["code"]! : 0;
            }

            Assert.Equal(499602, code);
            Assert.False(server.HasExited, server.Output + server.Errors);
            Assert.True(await AnswersAsync(server.Address));
            Assert.Contains("Presence__Limits__Sessions is", server.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Connection_ThatSendsNothing_IsClosedAfterAWhileAndOneThatBeginsIsNot()
    {
        var time = new ManualTimeProvider();
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Time = time });
        using var silent = await ConnectAsync(host.BaseAddress);
        using var begun = await ConnectAsync(host.BaseAddress);
        await begun.SendAsync("GET /health/live HTTP/1.1\r\n"u8.ToArray(), Cancel);
        var buffer = new byte[1024];

        var end = silent.ReceiveAsync(buffer, Cancel).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1)); // its time begins when the server has accepted it
                return end.IsCompleted;
            },
            "the silent one is closed");

        Assert.Equal(0, await end);
        await begun.SendAsync("Host: localhost\r\n\r\n"u8.ToArray(), Cancel);
        Assert.StartsWith("HTTP/1.1 200", await BeginningAsync(begun), StringComparison.Ordinal);
        Assert.Empty(host.Log.Faults);
    }

    [Theory]
    [InlineData("http/1.1")]
    [InlineData("h2")]
    public async Task Connection_ThatSaysNothingAfterItsHandshake_IsClosedAfterAWhileAndOneThatBeginsIsNot(string protocol)
    {
        var (time, folder) = (new ManualTimeProvider(), Directory.CreateTempSubdirectory("presence-"));
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
            var (file, keyFile) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancel);
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Cancel);
            await using var host = await DashboardHost.StartAsync(new DashboardHostOptions
            {
                Time = time,
                Configuration = { ["Kestrel:Endpoints:Tls:Url"] = "https://127.0.0.1:0", ["Kestrel:Endpoints:Tls:Certificate:Path"] = file, ["Kestrel:Endpoints:Tls:Certificate:KeyPath"] = keyFile },
            });
            await using var silent = await ConnectOverTlsAsync(host.BaseAddress, protocol);
            await using var begun = await ConnectOverTlsAsync(host.BaseAddress, "http/1.1");
            await begun.WriteAsync("GET /health/live HTTP/1.1\r\n"u8.ToArray(), Cancel);

            var end = ReadToEndAsync(silent);
            await Eventually.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1)); // its time begins when the server has read the end of the handshake
                    return end.IsCompleted;
                },
                "the silent one is closed");

            Assert.True(await end < 1_000); // a farewell, in HTTP/2
            await begun.WriteAsync("Host: localhost\r\n\r\n"u8.ToArray(), Cancel);
            var buffer = new byte[64];
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, await begun.ReadAsync(buffer, Cancel)), StringComparison.Ordinal);
            Assert.Empty(host.Log.Faults);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Admission_OfAnAddressThatFillsItsShare_LetsOthersInAndKnownProxiesAndThisMachineAlways()
    {
        var door = NewAdmission(new DashboardOptions { Limits = { Connections = 40 }, Http = { KnownProxies = ["10.0.0.0/8", "2001:db8::1"] } }, out var caps);
        for (var i = 0; i < 10; i++)
            Assert.True(door.TryEnter(From("203.0.113.5")));

        Assert.False(door.TryEnter(From("203.0.113.5")));
        Assert.False(door.TryEnter(From("::ffff:203.0.113.5")));
        Assert.True(door.TryEnter(From("203.0.113.6")));
        foreach (var exempt in new[] { "127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1" })
        {
            for (var i = 0; i < 11; i++)
            {
                Assert.True(door.TryEnter(From(exempt)), exempt);
                door.Leave(From(exempt));
            }
        }
        for (var i = 0; i < 11; i++)
        {
            Assert.True(door.TryEnter(new UnixDomainSocketEndPoint("/tmp/x")));
            door.Leave(new UnixDomainSocketEndPoint("/tmp/x"));
        }
        Assert.Equal(11, caps.All.Single(cap => cap.Kind == LimitKind.Connections).Used);

        door.Leave(From("203.0.113.5"));
        Assert.True(door.TryEnter(From("203.0.113.5")));
    }

    [Fact]
    public void Admission_OfASubscriberOfIPv6_CountsItsWholeNetwork()
    {
        var door = NewAdmission(new DashboardOptions { Limits = { Connections = 40, ConnectionsPerAddress = 2 } }, out _);

        Assert.True(door.TryEnter(From("2001:db8:1:2::1")));
        Assert.True(door.TryEnter(From("2001:db8:1:2::2")));
        Assert.False(door.TryEnter(From("2001:db8:1:2:ffff::3")));
        Assert.True(door.TryEnter(From("2001:db8:1:3::1")));
    }

    [Theory]
    [InlineData(1_048_576, 16_000_000_000, 100_000, 5_000, 2_000, 2_000_000, 200_000)]
    [InlineData(4_096, 16_000_000_000, 3_496, 1_748, 1_748, 2_000_000, 200_000)]
    [InlineData(800, 16_000_000_000, 200, 100, 100, 2_000_000, 200_000)]
    [InlineData(1_048_576, 400_000_000, 100_000, 160, 1_000, 200_000, 20_000)]
    public void Caps_OfAMachine_AreThoseItCanBear(long files, long memory, int connections, int pages, int streams, int sessions, int rooms)
    {
        var limits = new DashboardOptions.LimitsOptions();

        var said = new MachineLimits(files, memory).Fit(limits);

        Assert.Equal((connections, pages, streams, sessions, rooms), (limits.Connections, limits.PageConnections, limits.Streams, limits.Sessions, limits.Rooms));
        Assert.Equal((PresenceLimits.QuarterOf(connections), PresenceLimits.QuarterOf(sessions)), (limits.ConnectionsPerAddress, limits.SessionsPerAddress));
        Assert.StartsWith($"Up to {connections} connections at once", said[0], StringComparison.Ordinal);
        Assert.Equal(sessions < 2_000_000, said.Any(sentence => sentence.StartsWith($"Presence__Limits__Sessions is {sessions} instead of 2000000", StringComparison.Ordinal)));
    }

    [Fact]
    public void Caps_WithTooFewFiles_AreRefusedAndAnUnknownNumberIsNot()
    {
        Assert.Throws<StartupException>(() => new MachineLimits(799, long.MaxValue).Fit(new DashboardOptions.LimitsOptions()));
        Assert.Equal(long.MaxValue, MachineLimits.ReadOpenFiles("/nowhere/limits"));
        new MachineLimits(long.MaxValue, long.MaxValue).Fit(new DashboardOptions.LimitsOptions());
    }

    private static ConnectionAdmission NewAdmission(DashboardOptions options, out LimitUsageRegistry caps) =>
        new(options, caps = new LimitUsageRegistry(), new ManualTimeProvider(), NullLogger<ConnectionAdmission>.Instance);

    private static IPEndPoint From(string address) => new(IPAddress.Parse(address), 12345);

    private static async Task<Socket> ConnectAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Host, server.Port, Cancel);
        return socket;
    }

    private static async Task<SslStream> ConnectOverTlsAsync(Uri server, string protocol)
    {
        var stream = new SslStream(new NetworkStream(await ConnectAsync(server), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [new SslApplicationProtocol(protocol)],
#pragma warning disable CA5359 // the server's own certificate, made for this test
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            Cancel);
        return stream;
    }

    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        var (buffer, read) = (new byte[1024], 0);
        while (await stream.ReadAsync(buffer, Cancel) is > 0 and var more)
            read += more;
        return read;
    }

    /// <summary>Connects, and is content with being thrown out at once.</summary>
    private static async Task<Socket> FloodAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, Cancel);
        }
        catch (SocketException)
        {
            // Closed before the system had said that it was open.
        }
        return socket;
    }

    private static string ContentOf(IFileInfo file)
    {
        using var reader = new StreamReader(file.CreateReadStream());
        return reader.ReadToEnd();
    }

    private static async Task<string> BeginningAsync(Socket socket)
    {
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancel));
    }

    private static async Task<bool> AnswersAsync(Uri server)
    {
        try
        {
            using var client = new HttpClient();
            return (await client.GetAsync(new Uri(server, "/health/ready"), Cancel)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
