using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Why a browser that was signed in is no longer.</summary>
internal enum SessionEnd
{
    /// <summary>The cookie or the session is older than it may be.</summary>
    Expired,

    /// <summary>Signed out, here or in another window of the same browser.</summary>
    SignedOut,

    /// <summary>An Admin switched the account off or deleted it.</summary>
    AccountClosed,

    /// <summary>An Admin gave the account another role.</summary>
    RoleChanged,

    /// <summary>The password was changed, or the account was signed out everywhere.</summary>
    SignedOutEverywhere,
}

/// <summary>Carries the reason from the request that noticed it to the sign-in page, which says it.</summary>
internal static class SessionEnds
{
    public const string Parameter = "Ended";

    /// <summary>Notes it for the rest of a request.</summary>
    public static void Note(HttpContext http, SessionEnd end) => http.Items[typeof(SessionEnd)] = end;

    /// <summary>Why the browser of a request is not signed in; null where it never was.</summary>
    public static SessionEnd? Of(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(SessionEnd), out var noted))
            return (SessionEnd)noted!;
        if (http.User.Identity?.IsAuthenticated == true)
            return null;
        // A cookie whose time is over is never looked into: that it is there says that it was good once.
        var cookies = http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        return cookies.CookieManager.GetRequestCookie(http, cookies.Cookie.Name!) is null ? null : SessionEnd.Expired;
    }

    /// <summary>Leads to the sign-in page; the cookie is gone by then, so the address says why.</summary>
    public static Task RedirectAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var address = Of(context.HttpContext) is { } end ? QueryHelpers.AddQueryString(context.RedirectUri, Parameter, end.ToString()) : context.RedirectUri;
        context.Response.Redirect(address);
        return Task.CompletedTask;
    }
}
