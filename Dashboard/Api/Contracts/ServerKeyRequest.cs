using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A server key to make.</summary>
/// <param name="Name">What the key is for; signs the changes made with it. Two keys of one name are good at once.</param>
/// <param name="Scopes">What it may do, of what the key that makes it may do: read, presence, rooms, users, moderation, settings, keys.</param>
/// <param name="ExpiresAt">When it ends by itself; never unless sent.</param>
/// <example>{"name":"chat backend","scopes":["read","moderation"]}</example>
internal sealed record ServerKeyRequest(
    [property: Required, MinLength(1), MaxLength(ServerKeyRules.LongestName)] string? Name,
    [property: Required, MinLength(1)] IReadOnlyList<string?>? Scopes,
    DateTimeOffset? ExpiresAt)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
