using Presence.Dashboard.Api;
using Presence.Engine.Moderation;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Downloads;

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
