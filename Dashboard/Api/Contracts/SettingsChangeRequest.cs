using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

internal sealed record SettingsChangeRequest(bool? Enabled, int? HeartbeatIntervalSeconds, int? PresenceTimeoutSeconds, int? ListLimit, string? Reason)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
