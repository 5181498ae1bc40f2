namespace Presence.Dashboard.Api.Contracts;

/// <summary>The server keys made here.</summary>
/// <param name="Keys">The newest first; at most 100 that are not revoked, and the latest 100 that are.</param>
internal sealed record ServerKeysReply(IReadOnlyList<ServerKeyDocument> Keys);
