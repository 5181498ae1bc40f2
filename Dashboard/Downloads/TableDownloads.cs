using System.Security.Claims;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Moderation;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Downloads;

/// <summary>The list of rooms and the charts as rows of a table; the role is checked here.</summary>
internal sealed class TableDownloads(IPresence presence, RoomRanking ranking, TimeProvider time)
{
    public static readonly IReadOnlyList<string> RoomsHeader =
    [
        "room_id", "title", "viewers", "sessions", "guests", "hidden", "fading", "change_1m", "change_5m", "peak", "status", "presence", "live_since_at", "minutes_live",
        .. CsvFormat.LocalColumns("live_since"), "time_zone",
    ];

    public static readonly IReadOnlyList<string> ChartHeader = ["at", "viewers", "joins", "leaves", "date", "time", "time_zone"];

    public static readonly IReadOnlyList<string> NetworkHeader = ["at", "viewers", "joins", "leaves", "heartbeats", "date", "time", "time_zone"];

    /// <summary>The rooms that the page would list, in its order; pinned rooms have no place of their own.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public IAsyncEnumerable<string[]> Rooms(ClaimsPrincipal caller, RoomListView view, CsvFormat format)
    {
        var access = ModeratorAccess.Of(caller);
        if (!access.HoldsSomewhere(ModeratorRole.Observer))
            throw new AccessRefusedException(ModeratorRole.Observer);
        return RoomsOf(view.Query with { Within = access.RoomsOf(ModeratorRole.Observer) }, format);
    }

    /// <summary>A room's last minutes, oldest first; the last row is now.</summary>
    /// <inheritdoc cref="Rooms" path="/exception"/>
    public IAsyncEnumerable<string[]> Chart(ClaimsPrincipal caller, string roomId, int minutes, CsvFormat format)
    {
        Require(caller, roomId);
        return ChartOf(roomId, minutes, format);
    }

    /// <summary>The network's last hour or day in the steps it is kept in, oldest first. Where the server did not run there is no row.</summary>
    /// <inheritdoc cref="Rooms" path="/exception"/>
    public IAsyncEnumerable<string[]> Network(ClaimsPrincipal caller, HistoryRange range, CsvFormat format)
    {
        Require(caller, roomId: null);
        return NetworkOf(range, format);
    }

    private async IAsyncEnumerable<string[]> RoomsOf(RoomQuery query, CsvFormat format)
    {
        foreach (var page in (await ranking.ReadAsync(query)).Chunk(PresenceLimits.Page))
        {
            foreach (var row in await presence.ReadRoomRowsAsync(page))
                yield return RowOf(row, format);
        }
    }

    private async IAsyncEnumerable<string[]> ChartOf(string roomId, int minutes, CsvFormat format)
    {
        var snapshot = await presence.ReadRoomAsync(roomId);
        var (trend, flow) = (snapshot.Trend, snapshot.Flow);
        for (var index = Math.Max(0, trend.Hour.Count - minutes - 1); index < trend.Hour.Count; index++)
        {
            yield return
            [
                Csv.Instant(trend.HourAt(index)), Csv.Number(trend.Hour[index]), Csv.Number(flow.Joins[index]), Csv.Number(flow.Leaves[index]), .. format.Local(trend.HourAt(index)), format.Zone.Id,
            ];
        }
    }

    private async IAsyncEnumerable<string[]> NetworkOf(HistoryRange range, CsvFormat format)
    {
        var network = await presence.ReadNetworkAsync(new NetworkQuery { Range = range, From = time.GetUtcNow() - (range == HistoryRange.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1)) });
        foreach (var sample in network.History)
        {
            yield return
            [
                Csv.Instant(sample.At), Csv.Number(sample.Viewers), Csv.Number(sample.Joins), Csv.Number(sample.Leaves), Csv.Number(sample.Heartbeats), .. format.Local(sample.At), format.Zone.Id,
            ];
        }
    }

    private static string[] RowOf(RoomGlance row, CsvFormat format)
    {
        var (room, trend) = row;
        var count = room.Count;
        return
        [
            room.RoomId,
            VisibleText.NameOf(room.Title) ?? "",
            Csv.Number(count.Viewers),
            Csv.Number(count.Sessions),
            Csv.Number(count.Guests),
            Csv.Number(count.Hidden),
            Csv.Number(count.Fading),
            Csv.Number(trend.MinuteChange),
            Csv.Number(trend.RecentChange),
            Csv.Number(room.Peak),
            room.Status == RoomStatus.Ended ? "ended" : "live",
            room.IsEnabled ? "on" : "off",
            room.Since is { } at ? Csv.Instant(at) : "",
            room.Since is { } began ? Csv.Number((long)(count.At - began).TotalMinutes) : "",
            .. room.Since is { } since ? format.Local(since) : ["", ""],
            format.Zone.Id,
        ];
    }

    private static void Require(ClaimsPrincipal caller, string? roomId)
    {
        if (!ModeratorAccess.Of(caller).Holds(ModeratorRole.Observer, roomId))
            throw new AccessRefusedException(ModeratorRole.Observer, roomId);
    }
}

/// <summary>Acts of the audit log as rows of a table, the oldest first.</summary>
internal static class AuditRows
{
    private static readonly IReadOnlyList<string> Header =
    [
        "number", "at", "act", "actor", "actor_kind", "address", "room_id", "user_id", "object", "old", "new", "reason", "hash", .. CsvFormat.LocalColumns("local"), "time_zone",
    ];

    public static CsvFile FileOf(IAsyncEnumerable<AuditRecord> acts, CsvFormat format) => new("audit.csv", Header, acts.Select(act => RowOf(act, format)));

    private static string[] RowOf(AuditRecord act, CsvFormat format) =>
    [
        Csv.Number(act.Id), Csv.Instant(act.At), act.Act, act.Actor ?? "", act.ActorKind.ToString(), act.Address ?? "", act.RoomId ?? "", act.UserId ?? "", act.Object ?? "",
        act.Old ?? "", act.New ?? "", act.Reason ?? "", Convert.ToHexStringLower(act.Hash), .. format.Local(act.At), format.Zone.Id,
    ];
}

/// <summary>Bans as rows of a table, the oldest first.</summary>
internal static class BanRows
{
    private static readonly IReadOnlyList<string> Header =
    [
        "id", "user_id", "room_id", "state", "banned_at", "banned_by", "until", "forever", "reason", "ended_at", "ended_by", "devices", .. CsvFormat.LocalColumns("banned"), "time_zone",
    ];

    public static CsvFile FileOf(IAsyncEnumerable<RemovalEntry> bans, DateTimeOffset now, CsvFormat format) => new("bans.csv", Header, bans.Select(ban => RowOf(ban, now, format)));

    private static string[] RowOf(RemovalEntry entry, DateTimeOffset now, CsvFormat format)
    {
        var ban = entry.Removal;
        var endedAt = entry.IsInForce(now) ? "" : Csv.Instant(entry.EndedAt ?? ban.Until);
        return
        [
            Csv.Number(entry.Id), ban.UserId, ban.RoomId ?? "", BanDocument.WordOf(entry, now), Csv.Instant(entry.At), entry.By, Csv.Instant(ban.Until), ban.IsForever ? "true" : "", ban.Reason ?? "",
            endedAt, entry.LiftedBy ?? "", Csv.Number(DeviceBans.Of(ban).Length), .. format.Local(entry.At), format.Zone.Id,
        ];
    }
}

/// <summary>Visits as rows of a table.</summary>
internal static class AttendanceRows
{
    public const string Example =
        """
        room_id,user_id,guest,joined_at,left_at,reason,last_seen_at,watched_seconds,visible_seconds,device,app_version,joined_date,joined_time,left_date,left_time,time_zone
        lobby,anna,no,2026-11-21T20:02:11.304Z,2026-11-21T21:40:02.000Z,left,2026-11-21T21:40:02.000Z,5870.696,5558.696,Pixel 9,4.2.1,2026-11-21,21:02:11,2026-11-21,22:40:02,Europe/Berlin

        """;

    public static readonly IReadOnlyList<string> Header =
    [
        "room_id", "user_id", "guest", "joined_at", "left_at", "reason", "last_seen_at", "watched_seconds", "visible_seconds", "device", "app_version",
        .. CsvFormat.LocalColumns("joined"), .. CsvFormat.LocalColumns("left"), "time_zone",
    ];

    /// <param name="roomId">Whose visits; null for all rooms'.</param>
    /// <param name="visits">Read while they are sent.</param>
    /// <param name="format">How they are written.</param>
    public static CsvFile FileOf(string? roomId, IAsyncEnumerable<Visit> visits, CsvFormat format) =>
        new(roomId is null ? "attendance.csv" : roomId + "-attendance.csv", Header, visits.Select(visit => RowOf(visit, format)));

    public static string[] RowOf(in Visit visit, CsvFormat format) =>
    [
        visit.RoomId,
        visit.UserId,
        visit.IsGuest ? "yes" : "no",
        Csv.Instant(visit.JoinedAt),
        Csv.Instant(visit.LeftAt),
        HistoryWords.OfReason(visit.Reason) ?? "",
        Csv.Instant(visit.SeenAt),
        Csv.Number(visit.Watched.TotalSeconds),
        Csv.Number((visit.Watched - visit.Hidden).TotalSeconds),
        visit.Device.Name ?? "",
        visit.Device.AppVersion ?? "",
        .. format.Local(visit.JoinedAt),
        .. format.Local(visit.LeftAt),
        format.Zone.Id,
    ];
}

/// <summary>A curve's points as rows of a table.</summary>
internal static class CurveRows
{
    public const string Example =
        """
        at,until_at,viewers,hidden,guests,peak,joins,leaves,left,timeout,removed,disabled,ended,recorded_minutes,date,time,time_zone
        2026-11-21T20:00:00.000Z,2026-11-21T21:00:00.000Z,812.4,71.25,44,1240,412,391,301,88,2,0,0,60,2026-11-21,21:00:00,Europe/Berlin

        """;

    public static readonly IReadOnlyList<string> Header =
    [
        "at", "until_at", "viewers", "hidden", "guests", "peak", "joins", "leaves", "left", "timeout", "removed", "disabled", "ended", "recorded_minutes", "date", "time", "time_zone",
    ];

    /// <param name="name">What the file is called before its ending.</param>
    /// <param name="curve">Its hours and days are those of its own zone, and so are local dates and times.</param>
    /// <param name="format">How they are written.</param>
    public static CsvFile FileOf(string name, HistoryCurve curve, CsvFormat format)
    {
        var inZone = format with { Zone = curve.Zone };
        return new CsvFile(name + ".csv", Header, curve.Points.ToAsyncEnumerable().Select(point => RowOf(point, inZone)));
    }

    private static string[] RowOf(CurvePoint point, CsvFormat format) =>
    [
        Csv.Instant(point.Span.From),
        Csv.Instant(point.Span.Until),
        Average(point, point.Viewers),
        Average(point, point.Hidden),
        Average(point, point.Guests),
        point.Recorded > 0 ? Csv.Number(point.Peak) : "",
        Csv.Number(point.Joins),
        Csv.Number(point.Leaves.Total),
        Csv.Number(point.Leaves.Left),
        Csv.Number(point.Leaves.Timeout),
        Csv.Number(point.Leaves.Removed),
        Csv.Number(point.Leaves.Disabled),
        Csv.Number(point.Leaves.Ended),
        Csv.Number(point.Recorded),
        .. format.Local(point.Span.From),
        format.Zone.Id,
    ];

    /// <summary>Nothing where the server did not run: nobody knows who was there.</summary>
    private static string Average(in CurvePoint point, TimeSpan counted) =>
        point.Recorded == 0 ? "" : Csv.Number(point.Span.Length > TimeSpan.Zero ? HistoryWords.Rounded(counted / point.Span.Length) : 0);
}
