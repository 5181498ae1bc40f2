using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// The one spelling in which host names are compared: ASCII (an international name as punycode), lower case, without the
/// dot at the end; an IPv6 address in its shortest form, in brackets.
/// </summary>
internal static class HostNames
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private static readonly SearchValues<char> OfNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    // An operator's own network may have names with an underscore, which the strict rules refuse.
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
            // There and back: a name that no client could have made of letters is none.
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

    /// <summary>The origin (scheme, host, and port unless it is the scheme's own) to compare; null for what is none.</summary>
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
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > IPEndPoint.MaxPort)
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
