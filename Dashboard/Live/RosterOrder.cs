namespace Presence.Dashboard.Live;

/// <summary>An order of viewers that stands still. Pure.</summary>
internal static class RosterOrder
{
    /// <summary>Puts what is on screen into an order read a moment later, at the place where it is on screen.</summary>
    /// <param name="order">All viewers now.</param>
    /// <param name="shown">Those on screen, some of whom may be gone.</param>
    /// <param name="start">How many are above the first on screen.</param>
    /// <remarks>Who came above them since is left out: it would push them down under the finger.</remarks>
    public static IReadOnlyList<string> Around(IReadOnlyList<string> order, IReadOnlyList<string> shown, int start)
    {
        var onScreen = shown.ToHashSet(StringComparer.Ordinal);
        var first = IndexOf(order, onScreen, from: 0, step: 1);
        if (first < 0)
            return shown.Count == 0 ? order : [.. order.Take(start), .. shown, .. order.Skip(start)];

        var last = IndexOf(order, onScreen, from: order.Count - 1, step: -1);
        var above = Math.Min(first, start);
        return
        [
            .. order.Skip(first - above).Take(above),
            .. shown,
            .. order.Skip(last + 1),
        ];
    }

    private static int IndexOf(IReadOnlyList<string> order, HashSet<string> wanted, int from, int step)
    {
        for (var index = from; index >= 0 && index < order.Count; index += step)
        {
            if (wanted.Contains(order[index]))
                return index;
        }
        return -1;
    }
}
