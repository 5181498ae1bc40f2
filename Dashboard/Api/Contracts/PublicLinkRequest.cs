using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>What a public link shows.</summary>
/// <param name="ShowNames">Whether it also tells the names of some who watch; false unless sent.</param>
/// <example>{"showNames":false}</example>
internal sealed record PublicLinkRequest(bool? ShowNames)
{
    /// <inheritdoc cref="AuthTokenRequest.Unknown"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
