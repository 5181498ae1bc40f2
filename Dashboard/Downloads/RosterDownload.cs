using System.Security.Claims;
using Presence.Dashboard.Authentication.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Downloads;

/// <summary>The viewers of a room as rows of a table, exactly those a page would list; the role is checked here.</summary>
internal sealed class RosterDownload(PresenceEngine engine)
{
    public static readonly IReadOnlyList<string> Header =
        ["user_id", "display_name", "guest", "state", "fading", "joined_at", "last_heartbeat_at", "sessions"];

    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    /// <remarks>
    /// Page by page in the order of joining, whatever the page's order was: the one order in which nobody who stays is skipped or
    /// repeated while people come and go, and in which a room of any size takes the memory of one page.
    /// </remarks>
    public IEnumerable<string[]> Rows(ClaimsPrincipal caller, RosterView view)
    {
        if (!ModeratorPolicy.Holds(caller, ModeratorRole.Observer))
            throw new AccessRefusedException(ModeratorRole.Observer);
        return RowsOf(view);
    }

    private IEnumerable<string[]> RowsOf(RosterView view)
    {
        var wanted = view.ToQuery();
        ViewerCursor? after = null;
        do
        {
            var page = engine.Viewers(view.RoomId, new ViewerQuery
            {
                Sort = view.Sort == ViewerSort.FirstJoinedFirst ? ViewerSort.FirstJoinedFirst : ViewerSort.LastJoinedFirst,
                After = after,
            });
            foreach (var viewer in page.Viewers)
            {
                if (wanted.Matches(viewer))
                    yield return RowOf(viewer);
            }
            after = page.Next;
        }
        while (after is not null);
    }

    private static string[] RowOf(Viewer viewer) =>
    [
        viewer.UserId,
        viewer.Profile?.DisplayName ?? "",
        viewer.IsGuest ? "yes" : "no",
        viewer.State switch { ViewerState.Hidden => "hidden", ViewerState.Paused => "paused", _ => "visible" },
        viewer.IsFading ? "yes" : "no",
        Csv.Instant(viewer.JoinedAt),
        Csv.Instant(viewer.LastHeartbeatAt),
        Csv.Number(viewer.Sessions),
    ];
}
