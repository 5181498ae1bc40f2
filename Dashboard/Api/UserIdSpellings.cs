using Presence.Engine;

namespace Presence.Dashboard.Api;

/// <summary>
/// Published clients percent-encode user ids twice, and the framework decodes once: the id as it arrived comes first, for it
/// may hold a percent sign of its own, then the id decoded once more.
/// </summary>
internal static class UserIdSpellings
{
    /// <summary>The problem of the first id asked about that no user can have because no address can hold it; null when there is none. Others are unknown users.</summary>
    public static string? ProblemOf(IEnumerable<string> asked) =>
        asked.FirstOrDefault(id => id is "." or "..") is { } id ? $"userIds: {PresenceIds.ProblemOfUserId(id)}" : null;

    /// <summary>The spellings that may be a user's id at all, the likelier first.</summary>
    public static IEnumerable<string> Of(string id)
    {
        if (PresenceIds.ProblemOfUserId(id) is null)
            yield return id;
        if (id.Contains('%') && Uri.UnescapeDataString(id) is var decoded && decoded != id && PresenceIds.ProblemOfUserId(decoded) is null)
            yield return decoded;
    }
}
