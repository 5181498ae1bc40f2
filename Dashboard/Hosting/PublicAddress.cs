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
