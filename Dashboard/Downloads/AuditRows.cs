using Presence.Engine.Storage;

namespace Presence.Dashboard.Downloads;

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
