using System.Text.Json;

namespace Presence.Dashboard.Api;

/// <summary>Administration refuses what it does not know: a misspelt member must not be silently without effect.</summary>
internal static class UnknownMembers
{
    /// <summary>Says what is wrong, or null.</summary>
    /// <param name="unknown">The members that were not read.</param>
    /// <param name="computed">Those that the server says and nobody can set: a document that was read may be sent back whole.</param>
    /// <param name="known">The members that can be set.</param>
    public static string? ProblemOf(Dictionary<string, JsonElement>? unknown, string[] computed, params ReadOnlySpan<string> known)
    {
        if (unknown?.Keys.FirstOrDefault(member => !computed.Contains(member, StringComparer.Ordinal)) is not { } name)
            return null;
        return $"\"{(name.Length > 50 ? name[..50] : name)}\" is no member of this document; it has {string.Join(", ", known)}.";
    }
}
