using System.Security.Claims;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.History;
using Presence.Engine.Rooms;

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
