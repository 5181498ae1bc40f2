using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Engine;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user your backend vouches for.</summary>
/// <param name="UserId">The user.</param>
/// <example>{"userId":"anna"}</example>
internal sealed record AuthTokenRequest([property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId)
{
    /// <summary>Members this document does not have: refused, so that a misspelt one is not silently without effect.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
