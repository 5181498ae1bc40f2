using System.Net;

namespace Presence.Dashboard.Tests.Support;

/// <summary>
/// Stands between a visitor and a server as a proxy that ends TLS and says nothing about it: asked for the public address, it
/// asks the server over plain HTTP, with the Host header, and keeps cookies for the public address as a browser does.
/// </summary>
/// <param name="server">Where the server listens.</param>
/// <param name="cookies">The visitor's.</param>
/// <param name="stripped">The path it takes away; empty for none.</param>
public sealed class PassingProxy(Uri server, CookieContainer cookies, string stripped = "")
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        var path = asked.PathAndQuery;
        if (stripped.Length > 0 && path.StartsWith(stripped, StringComparison.Ordinal))
            path = path[stripped.Length..];
        request.Headers.Host = asked.Authority;
        if (cookies.GetCookieHeader(asked) is { Length: > 0 } header)
            request.Headers.Add("Cookie", header);
        request.Headers.Accept.ParseAdd("text/html");
        request.RequestUri = new Uri(server, path);
        var answer = await base.SendAsync(request, cancellationToken);
        request.RequestUri = asked;
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set)
                cookies.SetCookies(asked, cookie);
        }
        return answer;
    }
}
