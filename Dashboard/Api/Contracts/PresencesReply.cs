namespace Presence.Dashboard.Api.Contracts;

/// <summary>Users and when they were last heard of.</summary>
/// <param name="Presences">In the order asked for.</param>
/// <example>{"presences":[{"userId":"anna","lastHeartbeat":"2026-11-21T22:37:40.614Z"},{"userId":"berta"}]}</example>
internal sealed record PresencesReply(IReadOnlyList<PresencesReply.Presence> Presences)
{
    /// <summary>One user.</summary>
    /// <param name="UserId">Who.</param>
    /// <param name="LastHeartbeat">Left out for a user who is not online, or does not want to be seen so.</param>
    internal sealed record Presence(string UserId, DateTimeOffset? LastHeartbeat);
}
