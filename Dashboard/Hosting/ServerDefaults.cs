using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration.Memory;
using Presence.Engine;

namespace Presence.Dashboard.Hosting;

/// <summary>How the host logs and listens unless configured otherwise.</summary>
internal static class ServerDefaults
{
    /// <summary>
    /// How much of a body nobody wanted is still read, so that whoever sends it is there for the reply and can go on with
    /// the connection. Above it the server hangs up while the client still sends, and the reply may be lost.
    /// </summary>
    public const int LargestDrained = 1024 * 1024;

    /// <summary>Room for the 220 ids of 300 characters that a published client may put into one address.</summary>
    public const int LongestRequestLine = 96 * 1024;

    public const int LargestHeaders = 32 * 1024;
    public const int MostHeaders = 100;
    public const int SlowestBytesPerSecond = 240;

    /// <summary>How long a request's headers may take to arrive.</summary>
    public static readonly TimeSpan LongestHeaders = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // Linux constants that the framework doesn't name. Accepted connections inherit the option.
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    private static readonly TimeSpan LongestUnacknowledged = TimeSpan.FromSeconds(90);

    public static void AddServerDefaults(this WebApplicationBuilder builder)
    {
        // First, so that the operator's logging settings override it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                // It logs nothing above Information, and while it is enabled every request gets an activity and a scope.
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
                // A failing part logs its failure once. A probe every few seconds would repeat it.
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
                ["Logging:Console:FormatterName"] = "simple",
                ["Logging:Console:FormatterOptions:SingleLine"] = "true",
                ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
                ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
            },
        });

        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.AddSingleton<ConnectionAdmission>();
        builder.Services.AddSingleton<IConnectionListenerFactory, GuardedSockets>(); // Kestrel uses the last listener factory that can listen
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var time = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => new FirstByteDeadline(next, time).OnConnectionAsync));
            kestrel.Limits.MaxRequestBodySize = LargestDrained; // routes have their own limits (BodyLimit)
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
            kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
            kestrel.Limits.RequestHeadersTimeout = LongestHeaders;
            // The framework's defaults, stated because they end connections that send or read too slowly.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, Grace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(SlowestBytesPerSecond, Grace);
        });
    }

    /// <summary>
    /// A peer that vanishes without a word (a phone that lost its network) leaves what is sent to it unacknowledged. Linux
    /// tries for a quarter of an hour; here a minute and a half. Long enough that a reader that is there and does not read
    /// is noticed by its stream first, in good order: what the system ends, the web server logs as a fault.
    /// </summary>
    private static Socket Listen(EndPoint endpoint)
    {
        if (endpoint is UnixDomainSocketEndPoint unix)
            return ListenOn(unix);
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            if (OperatingSystem.IsLinux() && endpoint is IPEndPoint)
                socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)LongestUnacknowledged.TotalMilliseconds));
            return socket;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartupException($"{Environment.UserName}, the user the server runs as, can't listen on {endpoint}. Ports below 1024 need extra permission. Choose another with --urls or ASPNETCORE_URLS.", failure);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new StartupException($"This machine does not have the address of {endpoint}. Choose another with --urls or ASPNETCORE_URLS. Use http://+:5080 for all addresses.", failure);
        }
    }

    /// <summary>
    /// A process that was killed leaves its socket's file, and the file keeps the next one out. Nobody answers there: it is
    /// taken over. One that is answered belongs to a server that runs.
    /// </summary>
    private static Socket ListenOn(UnixDomainSocketEndPoint endpoint)
    {
        var path = endpoint.ToString()!;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new StartupException($"The folder of the socket {path} does not exist. Create it, or choose another with --urls or ASPNETCORE_URLS.");
        try
        {
            if (File.Exists(path))
                TakeOver(endpoint, path);
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new StartupException($"{Environment.UserName}, the user the server runs as, can't create the socket {path}. Grant it access to the folder, or choose another with --urls or ASPNETCORE_URLS.", failure);
        }
    }

    private static void TakeOver(UnixDomainSocketEndPoint endpoint, string path)
    {
        try
        {
            using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            caller.Connect(endpoint);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (!IsSocket(path))
                throw new StartupException($"{path} exists and isn't a socket. Choose another with --urls or ASPNETCORE_URLS, or move the file away.", failure);
            File.Delete(path);
            return;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is not (SocketError.AccessDenied or SocketError.WouldBlock))
        {
            throw new StartupException($"{path} can't be used as a socket: {failure.Message} Choose another with --urls or ASPNETCORE_URLS.", failure);
        }
        throw new StartupException($"Another process listens on the socket {path}. Stop it, or choose another with --urls or ASPNETCORE_URLS.");
    }

    /// <summary>A connection to any other file is refused in the same way, and nobody's file is to be deleted: a socket alone cannot be opened.</summary>
    private static bool IsSocket(string path)
    {
        if (new FileInfo(path).Length > 0)
            return false;
        try
        {
            using var file = File.OpenRead(path);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
