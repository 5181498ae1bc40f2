using Microsoft.AspNetCore.Authentication.Cookies;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// Gives the sign-in cookie's name its prefix over TLS (<see cref="PublicAddress.SecureCookiePrefix"/>). Over plain HTTP
/// browsers refuse such names, so it goes without; the dashboard warns there.
/// </summary>
internal sealed class SchemeAwareCookieManager(string prefix = "__Host-") : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, NameFor(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, NameFor(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _inner.DeleteCookie(context, NameFor(context, key), options);

    private string NameFor(HttpContext context, string key) => context.Request.IsHttps ? prefix + key : key;
}
