using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Components;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Stands behind the check of forms' tokens, ends what did not pass it, and says what to do: on the error's page
/// (<see cref="PageErrors"/>) or, to a program, in the error shape; and to the operator in the log.
/// </summary>
internal sealed class FormErrors(RequestDelegate next, IOptions<AntiforgeryOptions> forms, PublicAddress address, TimeProvider time, ILogger<FormErrors> logger)
{
    // Strangers can post refused forms as fast as they like.
    private readonly PaceLimit _pace = new(time, perSecond: 1, burst: 10);
    private long _loggedUntil;

    public Task InvokeAsync(HttpContext http)
    {
        // The page that explains a refusal is asked for within the refused request, by GET.
        if (http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false } || HttpMethods.IsGet(http.Request.Method))
            return next(http);

        var refusal = Explain(http);
        http.Features.Set(refusal);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? Task.CompletedTask
            : new ApiRefusal(ApiErrors.Unreadable, refusal.Reason, AccountTexts.FormHintForOperators.Replace("`", "", StringComparison.Ordinal)).ExecuteAsync(http);
    }

    private Refusal Explain(HttpContext http)
    {
        var request = http.Request;
        var origin = HostNames.CanonicalOrigin(request.Headers.Origin.ToString());
        var isCookieMissing = !request.Cookies.ContainsKey(forms.Value.Cookie.Name!);
        if (_pace.TryTake(ref _loggedUntil, out _))
        {
            logger.LogWarning(
                "A form posted to {Path} by {Address} was refused: {Reason}. Its page was opened at {Origin}. If it happens to everyone: Presence__Http__PublicUrl must be the address in the browser, Presence__Http__KnownProxies must list the proxy, and the proxy must pass on Host, Cookie, X-Forwarded-For and X-Forwarded-Proto (docs/operations.md).",
                request.Path.Value, ClientAddress.Of(http), isCookieMissing ? "the browser did not send the form's cookie" : "its token does not belong to the form's cookie", origin ?? "an unknown address");
        }
        return new Refusal(
            isCookieMissing ? AccountTexts.FormWithoutCookie : AccountTexts.FormOutdated,
            OpenedAt: address.Origin is null || origin == address.Origin ? null : origin,
            address.ToString());
    }

    /// <summary>Why a form was refused.</summary>
    /// <param name="Reason">What is wrong and what to do, for the person in front of the browser.</param>
    /// <param name="OpenedAt">Where the browser opened the page, where that is not the public address.</param>
    /// <param name="PublicUrl">The public address; null when none is set.</param>
    internal sealed record Refusal(string Reason, string? OpenedAt, string? PublicUrl);
}
