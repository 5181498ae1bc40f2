using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>Who belongs to a channel from now on.</summary>
/// <param name="UserIds">All of its members; with none the channel is forgotten.</param>
/// <example>{"userIds":["anna","berta"]}</example>
internal sealed record ChannelMembersRequest([property: Required, MaxLength(1000)] IReadOnlyList<string?>? UserIds)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
