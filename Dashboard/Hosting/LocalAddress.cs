using System.Net.Security;
using System.Net.Sockets;

namespace Presence.Dashboard.Hosting;

/// <summary>How a server is reached from its own machine: through a port, or through a Unix socket.</summary>
/// <param name="BaseAddress">What a request is addressed to; behind a socket the host's name means nothing.</param>
/// <param name="SocketPath">The socket's file; null for a port.</param>
internal sealed record LocalAddress(Uri BaseAddress, string? SocketPath)
{
    /// <summary>The framework's own, for a server told nothing.</summary>
    public const string DefaultUrl = "http://localhost:5000";

    private const int UnixPathLimit = 107; // the operating system's limit

    public static LocalAddress Default { get; } = new(new Uri(DefaultUrl), SocketPath: null);

    /// <summary>The addresses a configuration tells a server to listen on; empty when it tells none.</summary>
    public static IReadOnlyList<string> Configured(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "").Where(url => url.Length > 0).ToArray();
        if (endpoints.Length > 0)
            return endpoints; // endpoints override URLs
        var urls = Split(configuration["urls"]);
        return urls.Length > 0 ? urls : [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"), .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}")];
    }

    /// <summary>Whether any of them is a Unix socket.</summary>
    public static bool HasSocket(IEnumerable<string> addresses) => addresses.Any(address => address.Contains("://unix:", StringComparison.OrdinalIgnoreCase));

    /// <summary>The first that needs no certificate, or else the first; wildcards as this machine. Null when there is none.</summary>
    /// <exception cref="FormatException">One is no address.</exception>
    public static LocalAddress? Of(IEnumerable<string> addresses)
    {
        var bindings = addresses.Select(BindingAddress.Parse).Where(binding => !binding.IsNamedPipe).ToArray();
        var binding = bindings.FirstOrDefault(IsPlain) ?? bindings.FirstOrDefault();
        if (binding is null)
            return null;
        if (binding.IsUnixPipe)
            return new LocalAddress(new Uri($"{binding.Scheme}://localhost"), binding.UnixPipePath);
        var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host;
        return new LocalAddress(new UriBuilder(binding.Scheme, host, binding.Port).Uri, SocketPath: null);
    }

    /// <summary>What is wrong with an address to listen on; null when nothing is.</summary>
    public static string? ProblemOf(string address)
    {
        const string Form = "is not an address such as http://localhost:5080, http://+:8080 or http://unix:/run/presence.sock.";
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(address);
        }
        catch (FormatException)
        {
            return Form;
        }
        if (binding.Scheme is not ("http" or "https") || (!binding.IsUnixPipe && !binding.IsNamedPipe && binding.Port is < 0 or > 65_535))
            return Form;
        // The framework would take an invalid port as part of the host name and use the default port.
        if (!binding.IsUnixPipe && !binding.IsNamedPipe && binding.Host is not ("+" or "*") && Uri.CheckHostName(binding.Host.Trim('[', ']')) == UriHostNameType.Unknown)
            return Form;
        if (binding.PathBase.Length > 0)
            return "has a path. Set the path in Presence__Http__PublicUrl.";
        return binding.IsUnixPipe && System.Text.Encoding.UTF8.GetByteCount(binding.UnixPipePath) > UnixPathLimit ? $"has a socket path of more than {UnixPathLimit} bytes, the limit of the operating system." : null;
    }

    /// <summary>Has a client's connections go there: through no proxy, and with whatever certificate the server has, which names its public host.</summary>
    public void Apply(SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
#pragma warning disable CA5359 // it calls its own machine
        handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359
        if (SocketPath is { } path)
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
    }

    public override string ToString() => SocketPath is null ? BaseAddress.ToString() : $"{BaseAddress.Scheme}://unix:{SocketPath}";

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsPlain(BindingAddress binding) => string.Equals(binding.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase);

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Whole addresses of this server's pages, for a log or a console.</summary>
internal static class ServerLinks
{
    /// <summary>A page's address for people: below the public URL, or else on the address listened on. The path alone when that is a socket.</summary>
    public static string To(string pathAndQuery, DashboardOptions options, IEnumerable<string> addresses) =>
        new PublicAddress(options).ToString() is { } publicUrl ? publicUrl + pathAndQuery
        : (LocalAddress.Of(addresses) ?? LocalAddress.Default) is { SocketPath: null } local ? local.BaseAddress.AbsoluteUri.TrimEnd('/') + pathAndQuery
        : pathAndQuery;
}
