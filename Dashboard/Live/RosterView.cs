using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Live;

/// <summary>Which viewers of a room a moderator asked for; it stands in the address, of the page and of the download.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Search">Text a viewer's name or id contains; empty for all.</param>
/// <param name="Sort">The order.</param>
/// <param name="State">Only viewers a list shows in this state; null for all.</param>
public sealed record RosterView(string RoomId, string Search, ViewerSort Sort, ViewerStatusKind? State)
{
    /// <summary>Whether any viewer can be left out.</summary>
    public bool IsFiltered => Search.Length > 0 || State is not null;

    /// <summary>Whether a line's place is known by its number: everybody, in an order that nothing but joining and leaving changes.</summary>
    public bool IsByPlace => !IsFiltered && Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst;

    /// <summary>Reads what stands in an address. What it does not know is as if it were not there.</summary>
    public static RosterView Of(string roomId, string? search, string? sort, string? state) => new(
        roomId,
        search is null ? "" : search.Length <= PresenceLimits.SearchLength ? search : search[..PresenceLimits.SearchLength],
        sort switch
        {
            "joined" => ViewerSort.FirstJoinedFirst,
            "name" => ViewerSort.Name,
            "-heartbeat" => ViewerSort.LatestHeartbeatFirst,
            "heartbeat" => ViewerSort.OldestHeartbeatFirst,
            _ => ViewerSort.LastJoinedFirst, // rows then move down one by one and never change places
        },
        state switch
        {
            "watching" => ViewerStatusKind.Watching,
            "hidden" => ViewerStatusKind.Hidden,
            "paused" => ViewerStatusKind.Paused,
            "fading" => ViewerStatusKind.Fading,
            _ => null,
        });

    /// <summary>How an order is written in the address. Null for the default.</summary>
    public static string? WordOf(ViewerSort sort) => sort switch
    {
        ViewerSort.FirstJoinedFirst => "joined",
        ViewerSort.Name => "name",
        ViewerSort.LatestHeartbeatFirst => "-heartbeat",
        ViewerSort.OldestHeartbeatFirst => "heartbeat",
        _ => null,
    };

    /// <summary>How a state is written in an address.</summary>
    public static string? WordOf(ViewerStatusKind? state) => state switch
    {
        ViewerStatusKind.Watching => "watching",
        ViewerStatusKind.Hidden => "hidden",
        ViewerStatusKind.Paused => "paused",
        ViewerStatusKind.Fading => "fading",
        _ => null,
    };

    /// <summary>The same in the engine's terms. Fading goes before what a viewer's sessions said, as in the list.</summary>
    public ViewerQuery ToQuery() => new()
    {
        Sort = Sort,
        Search = Search.Length == 0 ? null : Search,
        IsFading = State is null ? null : State == ViewerStatusKind.Fading,
        State = State is null or ViewerStatusKind.Fading ? null : (ViewerState?)State,
    };
}

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
