using System.Security.Claims;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Downloads;

/// <summary>The viewers of a room as rows of a table, exactly those a page would list; the role is checked here.</summary>
internal sealed class RosterDownload(IPresence presence, TimeProvider time, ViewerNoteStore? notes = null)
{
    public static readonly IReadOnlyList<string> Header =
    [
        "user_id", "display_name", "guest", "state", "fading", "joined_at", "last_heartbeat_at", "sessions",
        "minutes_watched", .. CsvFormat.LocalColumns("joined"), .. CsvFormat.LocalColumns("last_heartbeat"), "time_zone",
    ];

    /// <exception cref="AccessRefusedException">Not an Observer of the room.</exception>
    /// <remarks>
    /// In the page's own order. A viewer who stays is never skipped or repeated while others join and leave. The orders by joining are
    /// read page by page and take the memory of one, but for a filter by device; the others keep the ids of the moment, one reference a viewer, and read
    /// what is behind them page by page. The room's lock is held for a page at a time.
    /// </remarks>
    public IAsyncEnumerable<string[]> Rows(ClaimsPrincipal caller, RosterView view, CsvFormat format)
    {
        var access = ModeratorAccess.Of(caller);
        if (!access.Holds(ModeratorRole.Observer, view.RoomId))
            throw new AccessRefusedException(ModeratorRole.Observer, view.RoomId);
        return RowsOf(view, view.ToQuery(access.Holds(ModeratorRole.Moderator, roomId: null) ? notes : null), format);
    }

    private async IAsyncEnumerable<string[]> RowsOf(RosterView view, ViewerQuery wanted, CsvFormat format)
    {
        var isByPlace = view.Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst && wanted.Device is null;
        var viewers = isByPlace ? ByJoining(view) : InKeptOrder(view.RoomId, wanted);
        await foreach (var viewer in viewers)
        {
            if (wanted.Matches(viewer, time.GetUtcNow())) // also in a frozen order: viewers who have changed are written as they are now, or left out
                yield return RowOf(viewer, format);
        }
    }

    private async IAsyncEnumerable<Viewer> ByJoining(RosterView view)
    {
        var query = new ViewerQuery { Sort = view.Sort };
        while (true)
        {
            var page = await presence.ReadViewersAsync(view.RoomId, query);
            foreach (var viewer in page.Viewers)
                yield return viewer;
            if (page.Next is null)
                yield break;
            query = query with { After = page.Next };
        }
    }

    private async IAsyncEnumerable<Viewer> InKeptOrder(string roomId, ViewerQuery wanted)
    {
        var order = await presence.OrderViewersAsync(roomId, wanted);
        for (var start = 0; start < order.Length; start += PresenceLimits.Page)
        {
            foreach (var viewer in (await presence.ReadNamedViewersAsync(roomId, await order.ReadAsync(start, PresenceLimits.Page))).Viewers)
                yield return viewer;
        }
    }

    private string[] RowOf(Viewer viewer, CsvFormat format) =>
    [
        viewer.UserId,
        VisibleText.NameOf(viewer.Profile?.DisplayName) ?? "",
        viewer.IsGuest ? "yes" : "no",
        ViewerStates.Word(viewer.State),
        viewer.IsFading ? "yes" : "no",
        Csv.Instant(viewer.JoinedAt),
        Csv.Instant(viewer.LastHeartbeatAt),
        Csv.Number(viewer.Sessions),
        Csv.Number((long)(time.GetUtcNow() - viewer.JoinedAt).TotalMinutes),
        .. format.Local(viewer.JoinedAt),
        .. format.Local(viewer.LastHeartbeatAt),
        format.Zone.Id,
    ];
}
