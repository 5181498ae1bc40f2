using Presence.Dashboard.Api;
using Presence.Engine.History;

namespace Presence.Dashboard.Downloads;

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
