using System.Text.Json.Serialization;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>How many users are online. Published clients read the instant with a capital S here, and here alone.</summary>
/// <param name="Count">All users online, those who do not want to be listed included.</param>
/// <param name="ReferenceTimestamp">The moment it is true of, at most a second ago.</param>
/// <example>{"count":310,"referenceTimeStamp":"2026-11-21T22:37:41.509Z"}</example>
internal sealed record OnlineCountReply(int Count, [property: JsonPropertyName("referenceTimeStamp")] DateTimeOffset ReferenceTimestamp);
