using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Downloads;
using Presence.Dashboard.Hosting;
using Presence.Engine;
using Presence.Engine.History;

namespace Presence.Dashboard.Api;

/// <summary>Looking back: broadcasts, charts, attendance, who was there at an instant, and why a room fell.</summary>
/// <remarks>Its services are handed over once: asking for them with each request would make a scope for each.</remarks>
internal sealed class HistoryEndpoints(IHistory history, TimeProvider time)
{
    public static readonly TimeSpan LongestDrop = TimeSpan.FromDays(1);

    private const int UserSegment = 4;

    private static readonly ApiPolicy Readers = ApiPolicy.Server.With(ServerScopes.Read);

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<HistoryEndpoints>(api.ServiceProvider);
        api.MapGet("/api/v1/admin/broadcasts", endpoints.ListBroadcastsAsync).Allow(Readers).WithName("listBroadcasts")
            .Takes(
                ApiParameter.OfText("roomId", "Only broadcasts of this room.", PresenceIds.LongestRoomId),
                ApiParameter.OfInstant("from", "Only broadcasts that were live at this instant or later."),
                ApiParameter.OfInstant("to", "Only broadcasts that started before this instant."),
                ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
            .Produces<BroadcastsReply>().Revalidates();
        api.MapGet("/api/v1/admin/broadcasts/{broadcastId}", endpoints.ReadBroadcastAsync).Allow(Readers).WithName("getBroadcast")
            .Produces<BroadcastReportDocument>().Revalidates().Refuses(ApiError.NotFound);
        api.MapGet("/api/v1/admin/history", endpoints.ReadNetworkAsync).Allow(Readers).WithName("getNetworkHistory").Takes(OfCurve()).Produces<CurveDocument>().Revalidates().WithExample(CurveRows.Example, "text/csv");
        api.MapGet("/api/v1/admin/rooms/{roomId}/history", endpoints.ReadRoomAsync).Allow(Readers).WithName("getRoomHistory").Takes(OfCurve()).Produces<CurveDocument>().Revalidates().WithExample(CurveRows.Example, "text/csv");
        api.MapGet("/api/v1/admin/rooms/{roomId}/moment", endpoints.ReadMomentAsync).Allow(Readers).WithName("getRoomMoment")
            .Takes(
                ApiParameter.OfInstant("at", "The instant.", isRequired: true),
                ApiParameter.OfInstant("until", "A later instant, to compare with."),
                ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest))
            .Produces<MomentDocument>().Revalidates();
        api.MapGet("/api/v1/admin/rooms/{roomId}/drop", endpoints.ReadDropAsync).Allow(Readers).WithName("explainDrop")
            .Takes(ApiParameter.OfInstant("from", "When it began.", isRequired: true), ApiParameter.OfInstant("to", "When it was over. At most a day after `from`.", isRequired: true))
            .Produces<DropDocument>().Revalidates();
        api.MapGet("/api/v1/admin/attendance", endpoints.ReadAttendanceAsync).Allow(Readers).WithName("listAttendance")
            .Takes(
            [
                ApiParameter.OfText("roomId", "Only visits to this room.", PresenceIds.LongestRoomId),
                .. OfRange(),
                ApiParameter.OfWords("format", "`csv` and `jsonl` send all visits of the range at once. Wins over `Accept`.", ["json", "csv", "jsonl"]),
                ApiParameter.OfWords("separator", "Between the columns of `csv`.", ["comma", "semicolon"]),
                ApiParameter.OfText("zone", "The IANA id of the time zone of local dates and times in `csv`. Default: the network's.", QueryReader.LongestZone),
                ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest),
            ])
            .Produces<VisitsReply>().Revalidates().WithExample(AttendanceRows.Example, "text/csv").WithExample(VisitLines.Example, VisitLines.MediaType);
        api.MapGet("/api/v1/admin/users/{userId}/visits", endpoints.ListVisitsAsync).Allow(Readers).WithName("listUserVisits")
            .Takes(ApiParameter.Limit, ApiParameter.Cursor(HistoryCursor.Longest)).Produces<UserVisitsDocument>().Revalidates();
    }

    /// <summary>List broadcasts</summary>
    /// <remarks>Of all rooms or of one, the latest first. <c>figures</c> is absent while a broadcast is live: read it alone for its figures so far.</remarks>
    /// <response code="200">A page of broadcasts.</response>
    internal async ValueTask<IResult> ListBroadcastsAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var wanted = new BroadcastQuery
        {
            RoomId = query.RoomId("roomId"),
            From = query.Instant("from"),
            Until = query.Instant("to"),
            Take = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page),
            Cursor = HistoryCursor.Broadcasts.Read(query),
        };
        if (wanted.From >= wanted.Until)
            throw QueryReader.Refused("from must be before to.");
        var page = await history.ReadBroadcastsAsync(wanted, http.RequestAborted);
        return Reply.Tagged(new BroadcastsReply([.. page.Items.Select(BroadcastDocument.Of)], HistoryCursor.Broadcasts.Write(page.NextCursor)), ApiJson.Documents.BroadcastsReply);
    }

    /// <summary>Read a broadcast</summary>
    /// <remarks>
    /// Its figures, its curve, its largest moments with their causes, and the changes made while it was live. Also while it is live, up
    /// to now. The curve has a point per minute, or per quarter of an hour when it is too old or too long for that.
    /// </remarks>
    /// <response code="200">The broadcast.</response>
    internal async ValueTask<IResult> ReadBroadcastAsync(HttpContext http, string broadcastId) =>
        long.TryParse(broadcastId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && await history.ReadBroadcastAsync(id, http.RequestAborted) is { } report
            ? Reply.Tagged(BroadcastReportDocument.Of(report), ApiJson.Documents.BroadcastReportDocument)
            : new ApiProblem(ApiError.NotFound, "There is no broadcast with this id. It may have been deleted after its retention. List broadcasts with GET /api/v1/admin/broadcasts.");

    /// <summary>Read the network's history</summary>
    /// <remarks>Viewers of all rooms over a range. A viewer of several rooms counts once. See <c>GET /api/v1/admin/rooms/{roomId}/history</c>.</remarks>
    /// <response code="200">The curve.</response>
    internal ValueTask<IResult> ReadNetworkAsync(HttpContext http) => ReadCurveAsync(http, roomId: null);

    /// <summary>Read a room's history</summary>
    /// <remarks>
    /// Viewers over a range: average, peak, joins and leaves by reason, for each step. Steps are whole: the first contains <c>from</c>,
    /// the last ends at or after <c>to</c>. Hours and days are those of the zone, so a day can have 23 or 25 hours. Minutes appear about a
    /// minute after they end. Up to 2,000 steps.
    /// </remarks>
    /// <response code="200">The curve.</response>
    internal ValueTask<IResult> ReadRoomAsync(HttpContext http, string roomId) => ReadCurveAsync(http, roomId);

    /// <summary>Read who was in a room at an instant</summary>
    /// <remarks>
    /// In the order in which they joined. With <c>until</c>, <c>comparison</c> says who of them was gone at that later instant and who had
    /// come, up to <c>limit</c> of each. A visit that goes on has no <c>leftAt</c>.
    /// </remarks>
    /// <response code="200">The viewers of that instant.</response>
    internal async ValueTask<IResult> ReadMomentAsync(HttpContext http, string roomId)
    {
        var query = new QueryReader(http.Request.Query);
        var at = Past(query, "at") ?? throw QueryReader.Refused("at is missing. Send an instant such as 2026-11-21T22:37:41.509Z.");
        var until = Past(query, "until");
        if (until < at)
            throw QueryReader.Refused("until must not be before at.");
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var skip = HistoryCursor.Moment.Read(query) is { } place ? int.Parse(place, CultureInfo.InvariantCulture) : 0;

        var moment = await history.ReadMomentAsync(roomId, at, skip, limit, http.RequestAborted);
        var comparison = until is { } later ? await history.CompareMomentsAsync(roomId, at, later, limit, http.RequestAborted) : null;
        var next = skip + moment.Page.Count;
        return Reply.Tagged(
            new MomentDocument(
                roomId, at, moment.Viewers, moment.Guests, [.. moment.Page.Select(VisitDocument.Of)],
                comparison is null ? null : MomentDocument.ComparisonPart.Of(until!.Value, comparison),
                moment.Page.Count > 0 && next < moment.Viewers ? HistoryCursor.Moment.Write(next.ToString(CultureInfo.InvariantCulture)) : null),
            ApiJson.Documents.MomentDocument);
    }

    /// <summary>Explain why a room's count fell</summary>
    /// <remarks>
    /// Splits those who left in a stretch of time by reason, device, app version and how long they had watched, compares them with the
    /// quarter of an hour before, and lists the changes of settings and the bans in it.
    /// </remarks>
    /// <response code="200">Those who left, and what they have in common.</response>
    internal async ValueTask<IResult> ReadDropAsync(HttpContext http, string roomId)
    {
        var query = new QueryReader(http.Request.Query);
        if (query.Instant("from") is not { } from || query.Instant("to") is not { } until)
            throw QueryReader.Refused("from and to must both be sent: the stretch in which the room fell.");
        if (until <= from || until - from > LongestDrop)
            throw QueryReader.Refused("to must be after from, by at most a day.");
        return Reply.Tagged(DropDocument.Of(roomId, await history.ReadDropAsync(roomId, from, until, http.RequestAborted)), ApiJson.Documents.DropDocument);
    }

    /// <summary>List visits</summary>
    /// <remarks>
    /// Visits that ended and touch the range, by room and then by when they began. A visit appears about a second after it ended. What was
    /// watched ends with the last heartbeat: at most one heartbeat interval too early.
    ///
    /// <c>format=csv</c> or <c>Accept: text/csv</c>, and <c>format=jsonl</c> or <c>Accept: application/x-ndjson</c>, send all visits of the
    /// range without pages, however many there are. A reply that is cut off ends without the last chunk: start again.
    /// </remarks>
    /// <response code="200">A page of visits.</response>
    internal async ValueTask<IResult> ReadAttendanceAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        var (from, until) = query.Range(time.GetUtcNow());
        var wanted = new AttendanceQuery { RoomId = query.RoomId("roomId"), From = from, Until = until };
        var format = query.Choice("format", ("", ""), ("json", "json"), ("csv", "csv"), ("jsonl", "jsonl"));
        var separator = query.Choice("separator", ("comma", Csv.Comma), ("semicolon", Csv.Semicolon));
        var zone = query.Zone("zone");
        http.Response.Headers.Vary = "Accept";
        if ((format.Length > 0 ? format : FormatAccepted(http)) is var chosen && chosen is "csv" or "jsonl")
        {
            query.Forbid("limit", $"is for pages. With {chosen}, all visits of the range are sent.");
            query.Forbid("cursor", $"is for pages. With {chosen}, all visits of the range are sent.");
            var visits = history.StreamAttendanceAsync(wanted, http.RequestAborted);
            if (chosen == "jsonl")
                return new VisitLines(visits);
            var columns = new CsvFormat(separator, zone ?? NetworkZone());
            return new CsvReply(AttendanceRows.FileOf(wanted.RoomId, visits, columns), columns);
        }

        wanted = wanted with { Take = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page), Cursor = HistoryCursor.Attendance.Read(query) };
        var page = await history.ReadAttendanceAsync(wanted, http.RequestAborted);
        return Reply.Tagged(new VisitsReply([.. page.Items.Select(VisitDocument.Of)], HistoryCursor.Attendance.Write(page.NextCursor)), ApiJson.Documents.VisitsReply);
    }

    /// <summary>List a user's visits</summary>
    /// <remarks>Visits that ended, the latest first, with totals of all of them. A user of whom nothing is kept has none.</remarks>
    /// <response code="200">The totals and a page of visits.</response>
    internal async ValueTask<IResult> ListVisitsAsync(HttpContext http, string userId)
    {
        userId = RawRoute.Segment(http, UserSegment, userId);
        if (PresenceIds.ProblemOfUserId(userId) is { } problem)
            return ApiProblem.Invalid(problem);
        var query = new QueryReader(http.Request.Query);
        var limit = query.Number("limit", 1, PresenceLimits.Page, otherwise: PresenceLimits.Page);
        var cursor = HistoryCursor.Visits.Read(query);

        var person = await history.ReadPersonAsync(userId, http.RequestAborted);
        var page = await history.ReadVisitsAsync(userId, cursor, limit, cancellationToken: http.RequestAborted);
        return Reply.Tagged(UserVisitsDocument.Of(userId, person, page.Items, HistoryCursor.Visits.Write(page.NextCursor)), ApiJson.Documents.UserVisitsDocument);
    }

    private async ValueTask<IResult> ReadCurveAsync(HttpContext http, string? roomId)
    {
        var query = new QueryReader(http.Request.Query);
        var (from, until) = query.Range(time.GetUtcNow());
        var wanted = new CurveQuery
        {
            RoomId = roomId,
            From = from,
            Until = until,
            Step = query.Choice<HistoryStep?>("step", ("", null), ("minute", HistoryStep.Minute), ("quarter", HistoryStep.Quarter), ("hour", HistoryStep.Hour), ("day", HistoryStep.Day)),
            Zone = query.Zone("zone"),
        };
        var format = query.Choice("format", ("", ""), ("json", "json"), ("csv", "csv"));
        var separator = query.Choice("separator", ("comma", Csv.Comma), ("semicolon", Csv.Semicolon));
        http.Response.Headers.Vary = "Accept";
        try
        {
            var curve = await history.ReadCurveAsync(wanted, http.RequestAborted);
            if ((format.Length > 0 ? format : FormatAccepted(http)) != "csv")
                return Reply.Tagged(CurveDocument.Of(roomId, curve), ApiJson.Documents.CurveDocument);
            var columns = new CsvFormat(separator, curve.Zone);
            return new CsvReply(CurveRows.FileOf(roomId is null ? "network-history" : roomId + "-history", curve, columns), columns);
        }
        catch (ArgumentException refused) // its first sentences are for the caller
        {
            throw QueryReader.Refused($"step, from, to: {refused.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    private DateTimeOffset? Past(QueryReader query, string name) => query.Instant(name) is not { } at
        ? null
        : at <= time.GetUtcNow() ? at : throw QueryReader.Refused($"{name} must not be in the future.");

    private TimeZoneInfo NetworkZone() => HistorySettingsRules.ZoneOf(history.Settings.Zone, time.LocalTimeZone) ?? TimeZoneInfo.Utc;

    /// <summary>The first of the formats there are, in the order the caller prefers them.</summary>
    private static string FormatAccepted(HttpContext http) => http.Request.GetTypedHeaders().Accept
        .OrderByDescending(accepted => accepted.Quality ?? 1)
        .Select(accepted => accepted.MediaType.Value switch
        {
            "text/csv" => "csv",
            VisitLines.MediaType or "application/jsonl" => "jsonl",
            "application/json" or "application/*" or "*/*" => "json",
            _ => "",
        })
        .FirstOrDefault(format => format.Length > 0) ?? "json";

    private static OpenApiParameter[] OfRange() =>
    [
        ApiParameter.OfInstant("from", "The first moment of the range. Default: 24 hours before `to`."),
        ApiParameter.OfInstant("to", "The first moment after the range. Default: now."),
    ];

    private static OpenApiParameter[] OfCurve() =>
    [
        .. OfRange(),
        ApiParameter.OfWords("step", "The length of a point. Default: by the length of the range.", ["minute", "quarter", "hour", "day"], isOptional: true),
        ApiParameter.OfWords("format", "How points are sent. Wins over `Accept`.", ["json", "csv"]),
        ApiParameter.OfWords("separator", "Between the columns of `csv`.", ["comma", "semicolon"]),
        ApiParameter.OfText("zone", "The IANA id of the time zone of hours and days. Default: the network's.", QueryReader.LongestZone),
    ];
}

/// <summary>Where a page of a list of history ended, as opaque text. It names its list: in another one it would skip entries.</summary>
internal sealed class HistoryCursor
{
    public const int Longest = 100;

    public static readonly HistoryCursor Broadcasts = new('b', IsPlace);
    public static readonly HistoryCursor Attendance = new('a', IsPlace);
    public static readonly HistoryCursor Visits = new('v', IsPlace);

    /// <summary>How many of an instant's viewers were listed.</summary>
    public static readonly HistoryCursor Moment = new('m', place => int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>An act's number.</summary>
    public static readonly HistoryCursor Audit = new('l', place => long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>An alert's number.</summary>
    public static readonly HistoryCursor Alerts = new('w', place => long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>A note's number.</summary>
    public static readonly HistoryCursor Watched = new('n', place => long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>A delivery's number.</summary>
    public static readonly HistoryCursor Webhooks = new('d', place => long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private readonly char _list;
    private readonly Func<string, bool> _isValid;

    private HistoryCursor(char list, Func<string, bool> isValid) => (_list, _isValid) = (list, isValid);

    public string? Write(string? place) => place is null ? null : Base64Url.EncodeToString(Encoding.ASCII.GetBytes(_list + place));

    public string? Read(QueryReader query)
    {
        if (query.Text("cursor", Longest) is not { } text)
            return null;
        return Base64Url.IsValid(text) && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)) is var place && place.StartsWith(_list) && _isValid(place[1..])
            ? place[1..]
            : throw QueryReader.Refused("cursor doesn't belong to this list. Send the cursor of the previous page.");
    }

    private static bool IsPlace(string place) => place.Split('.') is { Length: 3 } numbers && numbers.All(number => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
}

/// <summary>A table as an answer, sent as its rows are read.</summary>
internal sealed class CsvReply(CsvFile file, CsvFormat format) : IResult
{
    public Task ExecuteAsync(HttpContext http) => file.SendAsync(http, format);
}

/// <summary>Visits as lines of JSON, sent as they are read: their number costs no memory.</summary>
internal sealed class VisitLines(IAsyncEnumerable<Visit> visits) : IResult
{
    public const string MediaType = "application/x-ndjson";

    public const string Example =
        """
        {"roomId":"lobby","userId":"anna","guest":false,"joinedAt":"2026-11-21T20:02:11.304Z","leftAt":"2026-11-21T21:40:02.000Z","reason":"left","lastSeenAt":"2026-11-21T21:40:02.000Z","watchedSeconds":5870.696,"hiddenSeconds":312,"device":"Pixel 9","appVersion":"4.2.1"}

        """;

    /// <summary>Written at once: small enough for memory, large enough for the network.</summary>
    private const int FlushAt = 32 * 1024;

    public async Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (HeadMiddleware.IsHead(http))
            return;

        var writer = response.BodyWriter;
        await using var json = new Utf8JsonWriter(writer, new JsonWriterOptions { Encoder = ApiJson.Documents.Options.Encoder, SkipValidation = true });
        await foreach (var visit in visits)
        {
            JsonSerializer.Serialize(json, VisitDocument.Of(visit), ApiJson.Documents.VisitDocument);
            json.Flush();
            json.Reset();
            writer.Write("\n"u8);
            if (writer.UnflushedBytes >= FlushAt)
                await writer.FlushAsync(http.RequestAborted);
        }
    }
}
