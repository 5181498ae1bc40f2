using System.Security.Claims;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Downloads;

/// <summary>The list of rooms and the charts as rows of a table; the role is checked here.</summary>
internal sealed class TableDownloads(PresenceEngine engine, RoomRanking ranking, TimeProvider time)
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
    public IEnumerable<string[]> Rooms(ClaimsPrincipal caller, RoomListView view, CsvFormat format)
    {
        Require(caller);
        return ranking.Of(view.Query).Select(roomId => RowOf(engine.Room(roomId), format));
    }

    /// <summary>A room's last minutes, oldest first; the last row is now.</summary>
    /// <inheritdoc cref="Rooms" path="/exception"/>
    public IEnumerable<string[]> Chart(ClaimsPrincipal caller, string roomId, int minutes, CsvFormat format)
    {
        Require(caller);
        var snapshot = engine.Snapshot(roomId);
        var (trend, flow) = (snapshot.Trend, snapshot.Flow);
        return Enumerable.Range(0, trend.Hour.Count).TakeLast(minutes + 1).Select(index => (string[])
        [
            Csv.Instant(trend.HourAt(index)), Csv.Number(trend.Hour[index]), Csv.Number(flow.Joins[index]), Csv.Number(flow.Leaves[index]), .. format.Local(trend.HourAt(index)), format.Zone.Id,
        ]);
    }

    /// <summary>The network's last hour or day in the steps it is kept in, oldest first. Where the server did not run there is no row.</summary>
    /// <inheritdoc cref="Rooms" path="/exception"/>
    public IEnumerable<string[]> Network(ClaimsPrincipal caller, HistoryRange range, CsvFormat format)
    {
        Require(caller);
        return engine.History(range, time.GetUtcNow() - (range == HistoryRange.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1))).Select(sample => (string[])
        [
            Csv.Instant(sample.At), Csv.Number(sample.Viewers), Csv.Number(sample.Joins), Csv.Number(sample.Leaves), Csv.Number(sample.Heartbeats), .. format.Local(sample.At), format.Zone.Id,
        ]);
    }

    private string[] RowOf(RoomSummary room, CsvFormat format)
    {
        var (count, trend) = (room.Count, engine.Trend(room.RoomId));
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

    private static void Require(ClaimsPrincipal caller)
    {
        if (!ModeratorPolicy.Holds(caller, ModeratorRole.Observer))
            throw new AccessRefusedException(ModeratorRole.Observer);
    }
}
