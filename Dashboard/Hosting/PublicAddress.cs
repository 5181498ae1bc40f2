using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Hosting;

/// <summary>The address people and clients use (<c>Presence__Http__PublicUrl</c>), as every part of the server needs it.</summary>
internal sealed class PublicAddress
{
    private readonly string? _address;

    public PublicAddress(DashboardOptions options)
    {
        if (options.Http.PublicUrl is not { } text)
            return;
        var url = new Uri(text);
        Origin = HostNames.CanonicalOrigin(url.GetLeftPart(UriPartial.Authority));
        Host = HostNames.Canonical(url.Host);
        IsHttps = url.Scheme == Uri.UriSchemeHttps;
        Base = PathString.FromUriComponent(url.AbsolutePath.TrimEnd('/'));
        _address = Origin + Base.ToUriComponent();
    }

    /// <summary>Scheme, host and port, in the spelling of <see cref="HostNames"/>; null when no public address is set.</summary>
    public string? Origin { get; }

    /// <summary>Its host alone.</summary>
    public string? Host { get; }

    /// <summary>Whether people come over TLS, whatever a request that a proxy passed on looks like.</summary>
    public bool IsHttps { get; }

    /// <summary>The path in front of every address of this server, such as <c>/presence</c>; empty for none.</summary>
    public PathString Base { get; }

    /// <summary>Where cookies belong: other applications of the same host do not get them.</summary>
    public string CookiePath => Base.HasValue ? Base.ToUriComponent() : "/";

    /// <summary>
    /// What a cookie's name begins with where all requests come over TLS. Browsers hold such a cookie to TLS, and to this host
    /// as well where it is for the whole host.
    /// </summary>
    public string SecureCookiePrefix => Base.HasValue ? "__Secure-" : "__Host-";

    /// <summary>The address with no slash at its end; null when no public address is set.</summary>
    public override string? ToString() => _address;

    /// <summary>The address to write into what others will use, with a slash at its end: the public one, else the one this page was opened under.</summary>
    public string ToShare(NavigationManager navigation) => _address is null ? navigation.BaseUri : _address + "/";
}

/// <summary>
/// The one spelling in which host names are compared: ASCII (an international name as punycode), lower case, without the
/// dot at the end; an IPv6 address in its shortest form, in brackets.
/// </summary>
internal static class HostNames
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private static readonly SearchValues<char> OfNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    // Private networks can have names with an underscore, which the strict rules refuse.
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The spelling to compare; null for what names no host.</summary>
    /// <param name="host">A name or an address, without a port.</param>
    public static string? Canonical(string host)
    {
        if (host.StartsWith('[') || host.Contains(':'))
            return IPAddress.TryParse(host.Trim('[', ']'), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : null;
        try
        {
            var name = host.EndsWith('.') ? host[..^1] : host;
            // Converted back and compared: a punycode name that no letters produce is invalid.
            if (!IsPlain(name))
                name = Idn.GetAscii(Idn.GetUnicode(name));
            name = name.ToLowerInvariant();
            return IsName(name) ? name : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The origin (scheme, host, and port unless it is the scheme's own) to compare; null if invalid.</summary>
    public static string? CanonicalOrigin(string origin)
    {
        var at = origin.IndexOf("://", StringComparison.Ordinal);
        if (at < 0)
            return null;
        var scheme = origin[..at].ToLowerInvariant();
        if (scheme is not ("http" or "https") || !TrySplit(origin[(at + 3)..], out var name, out var port) || Canonical(name) is not { } host)
            return null;
        return $"{scheme}://{Join(host, port, scheme)}";
    }

    /// <summary>Takes a name and its port apart, as they stand in a Host header.</summary>
    public static bool TrySplit(string authority, out string name, out int? port)
    {
        var bracket = authority.LastIndexOf(']');
        var colon = authority.IndexOf(':', bracket + 1);
        (name, port) = (colon < 0 ? authority : authority[..colon], null);
        if (colon < 0)
            return true;
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > IPEndPoint.MaxPort)
            return false;
        port = number;
        return true;
    }

    /// <summary>A host with its port, which is left out where it is the scheme's own.</summary>
    public static string Join(string host, int? port, string scheme) =>
        port is null || port == (scheme is "https" ? 443 : 80) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    private static bool IsPlain(string name) => Ascii.IsValid(name) && !name.Contains("xn--", StringComparison.OrdinalIgnoreCase);

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > LongestName || name.AsSpan().ContainsAnyExcept(OfNames))
            return false;
        foreach (var label in name.AsSpan().Split('.'))
        {
            if (label.End.Value - label.Start.Value is 0 or > LongestLabel)
                return false;
        }
        return true;
    }
}

/// <summary>
/// Sends browsers from page to page by an address that holds whatever a request looked like on its way through proxies: the
/// public one where they came by it, else by path alone, which the browser completes itself. Never by what Host says.
/// </summary>
internal sealed class RedirectMiddleware(RequestDelegate next, PublicAddress address)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            Rewrite(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private void Rewrite(HttpContext http)
    {
        var location = http.Response.Headers.Location.ToString();
        var own = $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}";
        if (location.StartsWith(own + "/", StringComparison.OrdinalIgnoreCase))
            location = location[own.Length..];
        if (location is not ['/', .. var rest] || rest is ['/' or '\\', ..])
            return; // missing, relative, or for another host
        http.Response.Headers.Location = IsPublic(http.Request.Host) ? address.Origin + location : location;
    }

    private bool IsPublic(HostString host) => address.Host is { } name && string.Equals(HostNames.Canonical(host.Host), name, StringComparison.Ordinal);
}

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
