namespace Presence.Dashboard.Api.Contracts;

/// <summary>The server keys made here.</summary>
/// <param name="Keys">The newest first; at most 100 that are not revoked, and the latest 100 that are.</param>
/// <example>
/// {"keys":[{"keyId":"key_9f0c2b7a41d3e865","name":"chat backend","prefix":"pd_3kT0aQ","scopes":["read","moderation"],
/// "createdAt":"2026-11-21T22:40:00.000Z","createdBy":"server key"}]}
/// </example>
internal sealed record ServerKeysReply(IReadOnlyList<ServerKeyDocument> Keys);
