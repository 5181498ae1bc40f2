using System.Globalization;
using System.Security.Claims;
using System.Text;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Downloads;

/// <summary>The viewers of a room as rows of a table, exactly those a page would list; the role is checked here.</summary>
internal sealed class RosterDownload(PresenceEngine engine, TimeProvider time)
{
    public static readonly IReadOnlyList<string> Header =
        ["user_id", "display_name", "guest", "state", "fading", "joined_at", "last_heartbeat_at", "sessions"];

    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    /// <remarks>
    /// In the page's own order. A viewer who stays is never skipped or repeated while others join and leave. The orders by joining are
    /// read page by page and take the memory of one, but for a filter by device; the others keep the ids of the moment, one reference a viewer, and read
    /// what is behind them page by page. The room's lock is held for a page at a time.
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
        var isByPlace = view.Sort is ViewerSort.FirstJoinedFirst or ViewerSort.LastJoinedFirst && wanted.Device is null;
        var viewers = isByPlace ? ByJoining(view) : InKeptOrder(view.RoomId, wanted);
        return viewers.Where(viewer => wanted.Matches(viewer, time.GetUtcNow())).Select(RowOf); // also of a kept order: who changed since is as it is now, or left out
    }

    private IEnumerable<Viewer> ByJoining(RosterView view)
    {
        var query = new ViewerQuery { Sort = view.Sort };
        while (true)
        {
            var page = engine.Viewers(view.RoomId, query);
            foreach (var viewer in page.Viewers)
                yield return viewer;
            if (page.Next is null)
                yield break;
            query = query with { After = page.Next };
        }
    }

    private IEnumerable<Viewer> InKeptOrder(string roomId, ViewerQuery wanted) =>
        engine.Order(roomId, wanted).UserIds.Chunk(PresenceLimits.Page).SelectMany(userIds => engine.Viewers(roomId, userIds));

    private static string[] RowOf(Viewer viewer) =>
    [
        viewer.UserId,
        VisibleText.NameOf(viewer.Profile?.DisplayName) ?? "",
        viewer.IsGuest ? "yes" : "no",
        ViewerStates.Word(viewer.State),
        viewer.IsFading ? "yes" : "no",
        Csv.Instant(viewer.JoinedAt),
        Csv.Instant(viewer.LastHeartbeatAt),
        Csv.Number(viewer.Sessions),
    ];
}

/// <summary>Writes comma-separated values (RFC 4180) that spreadsheets take for text and never for a formula. Pure.</summary>
internal static class Csv
{
    /// <summary>UTF-8 with the mark that makes spreadsheets read it as such.</summary>
    public static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);

    /// <summary>Adds one line.</summary>
    public static void AppendLine(StringBuilder text, IReadOnlyList<string> fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            AppendField(text, fields[i]);
        }
        text.Append("\r\n");
    }

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AppendField(StringBuilder text, string field)
    {
        // Viewers choose their names. A spreadsheet would run one that begins like a formula.
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            field = "'" + field;
        if (field.AsSpan().IndexOfAny("\",\r\n") < 0)
            text.Append(field);
        else
            text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
