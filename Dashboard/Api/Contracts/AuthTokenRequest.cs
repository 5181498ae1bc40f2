using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

internal sealed record AuthTokenRequest(string? UserId)
{
    /// <summary>Members this document does not have: refused, so that a misspelt one is not silently without effect.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
