using System.Globalization;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Api;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;
using Presence.Engine.Audit;
using Presence.Engine.History;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Downloads;

/// <summary>Files for moderators: plain GETs that the browser's cookie authorises, outside /api.</summary>
internal sealed class DownloadEndpoints(RosterDownload roster, TableDownloads tables, IPresence presence, IHistory history, PageReads reads, AuditLog audit, RemovalStore bans, DrawStore draws, PresenceDatabase database, TimeProvider time)
{
    public static void Map(WebApplication app)
    {
        var endpoints = ActivatorUtilities.CreateInstance<DownloadEndpoints>(app.Services);
        var downloads = app.MapGroup("/downloads").RequireAuthorization(ModeratorPolicy.Observe).ExcludeFromDescription();
        downloads.MapGet("/rooms.csv", endpoints.SendRoomsAsync);
        downloads.MapGet("/network/chart.csv", endpoints.SendNetworkAsync).RequireAuthorization(ModeratorPolicy.ObserveAll);
        downloads.MapGet("/rooms/{RoomId}/viewers.csv", endpoints.SendViewersAsync);
        downloads.MapGet("/rooms/{RoomId}/chart.csv", endpoints.SendChartAsync);
        downloads.MapGet("/rooms/{RoomId}/draw.json", endpoints.SendDrawAsync);
        downloads.MapGet("/broadcasts/{Id:long}/attendance.csv", endpoints.SendAttendanceAsync);
        downloads.MapGet("/broadcasts/{Id:long}/curve.csv", endpoints.SendBroadcastAsync);
        downloads.MapGet("/history.csv", (HttpContext http) => endpoints.SendHistoryAsync(http, roomId: null)).RequireAuthorization(ModeratorPolicy.ObserveAll);
        downloads.MapGet("/rooms/{RoomId}/history.csv", (HttpContext http, [FromRoute(Name = "RoomId")] string roomId) => endpoints.SendHistoryAsync(http, roomId));
        downloads.MapGet("/viewer/visits.csv", endpoints.SendVisitsAsync);
        downloads.MapGet("/viewer/data.json", SendPersonAsync).RequireAuthorization(ModeratorPolicy.ModerateAll);
        downloads.MapGet("/bans.csv", endpoints.SendBansAsync).RequireAuthorization(ModeratorPolicy.Moderate);
        downloads.MapGet("/audit.csv", endpoints.SendAuditAsync).RequireAuthorization(ModeratorPolicy.Administer);
        // For ids that can't be part of a path.
        downloads.MapGet("/room/viewers.csv", (HttpContext http, string? id) => endpoints.SendViewersAsync(http, id ?? ""));
        downloads.MapGet("/room/history.csv", (HttpContext http, string? id) => endpoints.SendHistoryAsync(http, id ?? ""));
        downloads.MapGet("/room/chart.csv", (HttpContext http, string? id) => endpoints.SendChartAsync(http, id ?? ""));
        downloads.MapGet("/room/draw.json", (HttpContext http, string? id) => endpoints.SendDrawAsync(http, id ?? ""));
    }

    private Task SendViewersAsync(HttpContext http, [FromRoute(Name = "RoomId")] string roomId) => SendAsync(
        http,
        roomId,
        async () => (await presence.CountAsync(roomId, http.RequestAborted)).Viewers,
        format => new CsvFile(
            roomId + "-viewers.csv",
            RosterDownload.Header,
            roster.Rows(http.User, RosterView.Of(roomId, Word(http, "search"), Word(http, "sort"), Word(http, "state"), Word(http, "guests"), Word(http, "device"), Word(http, "longer"), Word(http, "watch")), format)));

    private Task SendAuditAsync(HttpContext http) => SendAsync(
        http,
        roomId: null,
        () => new(PresenceLimits.Page),
        format => AuditRows.FileOf(audit.ReadAsync(AuditView.Of(Word(http, "kind"), Word(http, "search"), Word(http, "days"), before: null).QueryAt(time.GetUtcNow()), http.RequestAborted), format));

    private Task SendBansAsync(HttpContext http) => SendAsync(
        http,
        roomId: null,
        () => new(PresenceLimits.Page),
        format => BanRows.FileOf(
            bans.ReadAsync(BansView.Of(Word(http, "state"), Word(http, "scope"), Word(http, "room"), Word(http, "search"), before: null).Query with { Within = ModeratorAccess.Of(http.User).RoomsOf(ModeratorRole.Moderator) }, http.RequestAborted), time.GetUtcNow(), format));

    /// <summary>The visits of one user that ended, the latest first.</summary>
    private Task SendVisitsAsync(HttpContext http, string? id) => SendAsync(
        http,
        roomId: null,
        () => new(PresenceLimits.Page),
        format => new CsvFile("visits.csv", AttendanceRows.Header, VisitsOfAsync(id ?? "", ModeratorAccess.Of(http.User).RoomsOf(ModeratorRole.Observer), http.RequestAborted).Select(visit => AttendanceRows.RowOf(visit, format))),
        userId: id);

    private async IAsyncEnumerable<Visit> VisitsOfAsync(string userId, RoomSet? rooms, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await history.ReadVisitsAsync(userId, cursor, within: rooms, cancellationToken: cancellationToken);
            foreach (var visit in page.Items)
                yield return visit;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Everything that is kept of one person.</summary>
    private static async Task SendPersonAsync(HttpContext http, string? id, PersonData people)
    {
        BeginJson(http, (id ?? "") + ".json");
        await people.ExportAsync(id ?? "", http.Response.Body, http.User.Actor(), http.RequestAborted);
    }

    /// <summary>A draw as the API returns it, with all candidates: what its check reads.</summary>
    private async Task SendDrawAsync(HttpContext http, [FromRoute(Name = "RoomId")] string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } problem)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(problem, http.RequestAborted);
            return;
        }
        if (!Sees(http, roomId))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (await draws.FindAsync(roomId, Word(http, "draw") ?? "", http.RequestAborted) is not { } draw)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var name = $"{roomId}-draw-{draw.Id}.json";
        BeginJson(http, name);
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        await RecordAsync(http, roomId, userId: null, name);
        await JsonSerializer.SerializeAsync(http.Response.Body, DrawDocument.Of(draw), ApiJson.Documents.DrawDocument, http.RequestAborted);
    }

    private static void BeginJson(HttpContext http, string name)
    {
        var disposition = new ContentDispositionHeaderValue(DispositionTypeNames.Attachment);
        disposition.SetHttpFileName(name);
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.ContentDisposition = disposition.ToString();
        http.Response.Headers.CacheControl = "no-store";
    }

    private Task SendRoomsAsync(HttpContext http) => SendAsync(
        http,
        roomId: null,
        async () => (await presence.ReadNetworkAsync(NetworkQuery.Counts, http.RequestAborted)).KnownRooms,
        format => new CsvFile("rooms.csv", TableDownloads.RoomsHeader, tables.Rooms(http.User, RoomListView.Of(Word(http, "search"), Word(http, "show"), Word(http, "sort")), format)));

    private Task SendChartAsync(HttpContext http, [FromRoute(Name = "RoomId")] string roomId) => SendAsync(
        http,
        roomId,
        () => new(0),
        format => new CsvFile(roomId + "-chart.csv", TableDownloads.ChartHeader, tables.Chart(http.User, roomId, minutes: Word(http, "range") == "15m" ? 15 : 60, format)));

    private Task SendNetworkAsync(HttpContext http) => SendAsync(
        http,
        roomId: null,
        () => new(0),
        format => new CsvFile("network-chart.csv", TableDownloads.NetworkHeader, tables.Network(http.User, Word(http, "range") == "day" ? HistoryRange.Day : HistoryRange.Hour, format)));

    /// <summary>Visits of a broadcast that ended: all of them once it is over.</summary>
    private async Task SendAttendanceAsync(HttpContext http, [FromRoute(Name = "Id")] long id)
    {
        if (await history.ReadBroadcastAsync(id, http.RequestAborted) is not { Broadcast: var broadcast })
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var query = new AttendanceQuery { RoomId = broadcast.RoomId, From = broadcast.StartedAt, Until = broadcast.EndedAt ?? DateTimeOffset.MaxValue };
        await SendAsync(
            http,
            broadcast.RoomId,
            () => new(broadcast.Figures?.Joins ?? 0),
            format => AttendanceRows.FileOf(broadcast.RoomId, history.StreamAttendanceAsync(query, http.RequestAborted), format));
    }

    /// <summary>The curve of a broadcast.</summary>
    private async Task SendBroadcastAsync(HttpContext http, [FromRoute(Name = "Id")] long id)
    {
        if (await history.ReadBroadcastAsync(id, http.RequestAborted) is not { } report)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await SendAsync(http, report.Broadcast.RoomId, () => new(report.Curve.Points.Count), format => CurveRows.FileOf(report.Broadcast.RoomId + "-broadcast", report.Curve, format));
    }

    /// <summary>The curve of a page of history, with the words of its address.</summary>
    private async Task SendHistoryAsync(HttpContext http, string? roomId)
    {
        if (roomId is not null && (PresenceIds.ProblemOfRoomId(roomId) is not null || !Sees(http, roomId)))
        {
            await SendAsync(http, roomId, () => new(0), _ => throw new InvalidOperationException("It is refused before."));
            return;
        }
        var span = new HistoryView(roomId, HistoryRanges.Parse(Word(http, "range")), HistoryRanges.Own(Word(http, "from"), Word(http, "until")), null, null, null).SpanAt(time.GetUtcNow());
        var zone = Word(http, "zone") switch
        {
            "browser" => CsvFormat.Of(http).Zone,
            "utc" => TimeZoneInfo.Utc,
            _ => null,
        };
        HistoryCurve curve;
        try
        {
            curve = await history.ReadCurveAsync(new CurveQuery { RoomId = roomId, From = span.From, Until = span.Until, Zone = zone }, http.RequestAborted);
        }
        catch (ArgumentException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync("The range is too long. Choose a shorter one.", http.RequestAborted);
            return;
        }
        await SendAsync(http, roomId, () => new(curve.Points.Count), format => CurveRows.FileOf(roomId is null ? "network-history" : roomId + "-history", curve, format));
    }

    private async Task SendAsync(HttpContext http, string? roomId, Func<ValueTask<int>> cost, Func<CsvFormat, CsvFile> read, string? userId = null)
    {
        var response = http.Response;
        if (roomId is not null && PresenceIds.ProblemOfRoomId(roomId) is { } problem)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await response.WriteAsync(problem, http.RequestAborted);
            return;
        }
        if (roomId is not null && !Sees(http, roomId))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (!reads.TryTake(http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", await cost(), out var wait))
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await response.WriteAsync($"This account searches and downloads too much. Try again in {seconds} s.", http.RequestAborted);
            return;
        }

        var format = CsvFormat.Of(http);
        CsvFile file;
        try
        {
            file = read(format);
        }
        catch (AccessRefusedException)
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (!HttpMethods.IsHead(http.Request.Method))
            await RecordAsync(http, roomId, userId, file.Name);
        await file.SendAsync(http, format);
    }

    /// <summary>For a room that is no part of the path. One that is, the route's policy has checked.</summary>
    private static bool Sees(HttpContext http, string roomId) => ModeratorAccess.Of(http.User).Holds(ModeratorRole.Observer, roomId);
    private async Task RecordAsync(HttpContext http, string? roomId, string? userId, string name)
    {
        await using var context = database.CreateDbContext();
        await context.RecordAloneAsync(new AuditEntry(AuditActs.DataExported, http.User.Actor()) { RoomId = roomId, UserId = userId, Object = name }, time.GetUtcNow(), http.RequestAborted);
    }

    private static string? Word(HttpContext http, string name) => http.Request.Query[name].FirstOrDefault();
}
