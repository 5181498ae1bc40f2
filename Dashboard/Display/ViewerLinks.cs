using System.Buffers;

namespace Presence.Dashboard.Display;

/// <summary>The address of a viewer's page.</summary>
internal static class ViewerLinks
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(@"/\%?#+");

    /// <summary><c>viewers/{userId}</c>; an id that browsers, proxies or the server would read differently goes into the query.</summary>
    public static string To(string userId) =>
        userId is "." or ".." || userId.AsSpan().ContainsAny(Unsafe)
            ? "viewer?id=" + Uri.EscapeDataString(userId)
            : "viewers/" + Uri.EscapeDataString(userId);
}
