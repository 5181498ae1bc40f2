using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>All that your backend says of a user; what is left out is empty from then on.</summary>
/// <param name="DisplayName">The name to show instead of the id.</param>
/// <param name="AvatarUrl">An http or https address of a picture.</param>
/// <param name="Metadata">An object of your own, kept as it is; up to 4 KiB.</param>
/// <example>{"displayName":"Anna","avatarUrl":"https://example.com/anna.png","metadata":{"level":3}}</example>
internal sealed record UserProfileRequest(
    [property: MinLength(1), MaxLength(UserRules.LongestDisplayName)] string? DisplayName,
    [property: MaxLength(UserRules.LongestPicture)] string? AvatarUrl,
    JsonObject? Metadata)
{
    /// <summary>In bytes of JSON.</summary>
    public const int LargestMetadata = 4 * 1024;

    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
