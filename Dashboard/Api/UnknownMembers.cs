using System.Text.Json;

namespace Presence.Dashboard.Api;

/// <summary>Administration refuses what it does not know: a misspelt member must not be silently without effect.</summary>
internal static class UnknownMembers
{
    public static string? ProblemOf(Dictionary<string, JsonElement>? unknown, params ReadOnlySpan<string> known)
    {
        if (unknown is null || unknown.Count == 0)
            return null;
        var name = unknown.Keys.First();
        return $"\"{(name.Length > 50 ? name[..50] : name)}\" is no member of this document; it has {string.Join(", ", known)}.";
    }
}
