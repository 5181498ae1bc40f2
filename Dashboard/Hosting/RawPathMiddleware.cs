using Presence.Dashboard.Api;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Lets a request reach the route that its path spells, and no other. The server removes dot segments: what was meant for the
/// room <c>..</c> would reach the route of the whole network. And in an absolute address (RFC 9112, 3.2.2) it takes a <c>%2F</c>
/// inside an id for a slash between two segments, which it does not in a path alone.
/// </summary>
internal sealed class RawPathMiddleware(RequestDelegate next)
{
    private static readonly ApiRefusal Refusal = new(
        ApiErrors.Unreadable,
        "The path holds a segment that is . or .., plain or percent-encoded: it would reach another route than the one it spells.",
        "Send the path without it. No id may be . or ..");

    public Task InvokeAsync(HttpContext http)
    {
        if (RawPath.HoldsDotSegment(http))
            return Refusal.ExecuteAsync(http);
        if (RawPath.OfAbsoluteAddress(http) is { } path)
            http.Request.Path = PathString.FromUriComponent(path).StartsWithSegments(http.Request.PathBase, StringComparison.Ordinal, out var rest) ? rest : PathString.FromUriComponent(path);
        return next(http);
    }
}
