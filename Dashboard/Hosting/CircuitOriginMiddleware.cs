using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Api;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Hosting;

/// <summary>
/// Who may open circuits, and how many there may be. They are opened from this server's own pages alone: browsers send
/// cookies along with a WebSocket whatever page opens it, and no CORS stands in the way; its Origin header is what tells.
/// They are opened by who is signed in: no page for anybody has one, and each costs memory before it is asked anything.
/// </summary>
internal sealed class CircuitOriginMiddleware
{
    private static readonly PathString Hub = "/_blazor";
    private static readonly PathString Negotiation = "/_blazor/negotiate";

    private static readonly ApiProblem Full = new(ApiError.CapReached, "The server has reached its limit of open pages (Presence__Limits__PageConnections). Try again later.") { RetryAfterSeconds = 10 };

    private static readonly ApiProblem NotSignedIn = new(ApiError.NotSignedIn, "Sign in first. Live pages are for signed-in moderators.");

    private readonly RequestDelegate _next;
    private readonly string? _publicOrigin;
    private readonly int _most;
    private readonly Shares<AddressKey> _ofAddress;
    private readonly Shares<string> _ofAccount;
    private readonly KeyedRateLimiter<string> _opens;
    private readonly ApiProblem _addressFull;
    private readonly ApiProblem _accountFull;
    private int _open;

    public CircuitOriginMiddleware(RequestDelegate next, DashboardOptions options, PublicAddress address, LimitUsageRegistry caps, TimeProvider time)
    {
        _next = next;
        _publicOrigin = address.Origin;
        var limits = options.Limits;
        _most = limits.PageConnections;
        _ofAddress = new Shares<AddressKey>(limits.PageConnectionsPerAddress);
        _ofAccount = new Shares<string>(limits.PageConnectionsPerAccount);
        _opens = new KeyedRateLimiter<string>(new TokenBucket(time, limits.PageOpensPerSecond, limits.PageOpenBurst), time);
        _addressFull = Full with { Message = $"This address has reached its limit of {_ofAddress.Most} open pages (Presence__Limits__PageConnectionsPerAddress). Close some." };
        _accountFull = Full with { Message = $"This account has reached its limit of {_ofAccount.Most} open pages (Presence__Limits__PageConnectionsPerAccount). Close some." };
        caps.Add(LimitKind.Pages, () => Volatile.Read(ref _open), _most);
    }

    public Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments(Hub, StringComparison.OrdinalIgnoreCase))
            return _next(http);
        if (http.Request.Headers.Origin.Count > 0 && !IsOwn(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        return AdmitAsync(http);
    }

    private async Task AdmitAsync(HttpContext http)
    {
        var authenticated = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (authenticated.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } accountId)
            await NotSignedIn.ExecuteAsync(http);
        else if (http.Request.Path.Equals(Hub, StringComparison.OrdinalIgnoreCase) && !HttpMethods.IsPost(http.Request.Method)) // a WebSocket or a fallback transport
            await OpenAsync(http, accountId);
        else if (!http.Request.Path.StartsWithSegments(Negotiation, StringComparison.OrdinalIgnoreCase) || _opens.TryTake(accountId, cost: 1, out var wait))
            await _next(http);
        else
            await ApiProblem.TooFast("This account opens pages too often.", wait).ExecuteAsync(http);
    }

    /// <summary>Counted here and not by the server underneath, which would answer one too many with a fault.</summary>
    private async Task OpenAsync(HttpContext http, string accountId)
    {
        AddressKey? address = http.Connection.RemoteIpAddress is { } known ? AddressKey.Of(known) : null;
        if (Interlocked.Increment(ref _open) > _most)
            await RefuseAsync(http, Full);
        else if (!_ofAccount.TryTake(accountId))
            await RefuseAsync(http, _accountFull);
        else if (address is { } from && !_ofAddress.TryTake(from))
            await RefuseAsync(http, _addressFull, accountId);
        else
            await ServeAsync(http, accountId, address);
    }

    private async Task ServeAsync(HttpContext http, string accountId, AddressKey? address)
    {
        try
        {
            await _next(http);
        }
        finally
        {
            if (address is { } from)
                _ofAddress.GiveBack(from);
            _ofAccount.GiveBack(accountId);
            Interlocked.Decrement(ref _open);
        }
    }

    private Task RefuseAsync(HttpContext http, ApiProblem refusal, string? accountId = null)
    {
        if (accountId is not null)
            _ofAccount.GiveBack(accountId);
        Interlocked.Decrement(ref _open);
        return refusal.ExecuteAsync(http);
    }

    /// <summary>The host must be the one the page came from. Not the scheme: behind a proxy that ends TLS only the browser knows it.</summary>
    private bool IsOwn(HttpRequest request)
    {
        if (HostNames.CanonicalOrigin(request.Headers.Origin.ToString()) is not { } origin)
            return false;
        var scheme = origin[..origin.IndexOf(':', StringComparison.Ordinal)];
        return string.Equals(origin, _publicOrigin, StringComparison.Ordinal)
            || string.Equals(origin, HostNames.CanonicalOrigin($"{scheme}://{request.Host.ToUriComponent()}"), StringComparison.Ordinal);
    }
}
