using Microsoft.AspNetCore.Authentication.Cookies;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>
/// Names the sign-in cookie <c>__Host-...</c> over TLS, where browsers then hold it to this host, this scheme and the
/// whole path. Over plain HTTP browsers refuse that prefix, so it goes without; the dashboard warns there.
/// </summary>
internal sealed class SchemeAwareCookieManager : ICookieManager
{
    private readonly ChunkingCookieManager _inner = new();

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, NameFor(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _inner.AppendResponseCookie(context, NameFor(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        _inner.DeleteCookie(context, NameFor(context, key), options);

    private static string NameFor(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
}
