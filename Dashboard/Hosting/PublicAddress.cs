using System.Buffers;
using System.Globalization;
using System.Net;
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
