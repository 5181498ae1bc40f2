using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api;

/// <summary>How large a body may be. As metadata of a route: the limit of that route, whoever calls.</summary>
internal sealed record BodyLimit(int Bytes)
{
    /// <summary>What anyone may send.</summary>
    public const int OfViewers = 16 * 1024;

    /// <summary>What a server key may send: many heartbeats at once.</summary>
    public const int OfServers = 256 * 1024;

    /// <summary>What a page may send while it closes.</summary>
    public const int OfBeacons = 4 * 1024;

    public static int Of(HttpContext http, ClientPrincipal? caller) =>
        http.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? (caller is { IsServer: true } ? OfServers : OfViewers);

    public static ApiRefusal Refusal(int limit) =>
        new(ApiErrors.BodyTooLarge, $"The body may have {limit} bytes{(limit == OfViewers ? $"; with a server key {OfServers}" : "")}.");
}
