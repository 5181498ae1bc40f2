using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Engine;
using Presence.Engine.Moderation;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A viewer to keep out from now on. One of <c>until</c> and <c>durationSeconds</c> says for how long.</summary>
/// <param name="UserId">Who; a guest by the id the lists show.</param>
/// <param name="Until">When the removal ends.</param>
/// <param name="DurationSeconds">How long it lasts from now.</param>
/// <param name="Reason">What the viewer is told.</param>
/// <example>{"userId":"anna","durationSeconds":86400,"reason":"spam"}</example>
internal sealed record RemovalRequest(
    [property: Required, MinLength(1), MaxLength(PresenceIds.LongestUserId)] string? UserId,
    DateTimeOffset? Until,
    [property: Range(1, RemovalRules.LongestSeconds)] long? DurationSeconds,
    [property: MinLength(1), MaxLength(RemovalRules.LongestReason)] string? Reason)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
