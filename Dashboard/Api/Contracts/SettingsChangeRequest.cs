using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>The network's presence settings as they shall be. They are valid together and so are sent together.</summary>
/// <param name="Enabled">Whether presence is on.</param>
/// <param name="HeartbeatIntervalSeconds">How often clients are asked for a heartbeat.</param>
/// <param name="PresenceTimeoutSeconds">How long a session counts after its last heartbeat; at least the interval and 5 seconds.</param>
/// <param name="ListLimit">The most viewers a list answers at once.</param>
/// <param name="Reason">Why; kept with the change.</param>
/// <example>{"enabled":true,"heartbeatIntervalSeconds":25,"presenceTimeoutSeconds":100,"listLimit":200,"reason":"finals"}</example>
internal sealed record SettingsChangeRequest(
    [property: Required] bool? Enabled,
    [property: Required, Range(1, 600)] int? HeartbeatIntervalSeconds,
    [property: Required, Range(6, 3600)] int? PresenceTimeoutSeconds,
    [property: Required, Range(1, 200)] int? ListLimit,
    [property: MaxLength(200)] string? Reason)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
