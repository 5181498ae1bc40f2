using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Presence.Dashboard.Api;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Api.Streaming;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Pictures;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Sharing;

/// <summary>A live room for holders of a share link's token. The overlay and the read-only page use it.</summary>
/// <remarks>The token is sent as a header. In the page's address it is after the <c>#</c>, which browsers never send, so no log contains it.</remarks>
internal sealed class ShareLinkEndpoints(ShareLinkStore links, IPresence presence, UserPictures pictures, EventStreams streams, RateLimits rateLimits, TimeProvider time)
{
    public const string Route = "/api/v1/share/stream";
    public const string PictureRoute = "/api/v1/share/{linkId}/pictures/{key}";

    private const string Scheme = "Bearer ";

    private const string Example =
        """
        event: room
        data: {"kind":"page","title":"Main stage","names":true}

        event: count
        data: {"count":1240,"change":12,"at":"2026-11-21T22:37:41.509Z","more":1238,"viewers":[{"initials":"AL","hue":3,"name":"Ada Lovelace","picture":"link_0a1b2c3d4e5f6071/pictures/Yq3v0xJm2pTk9bWc7dRf1A"},{"initials":"GH","hue":0,"name":"Grace Hopper"}]}

        event: curve
        data: {"minutes":[1180,1204,1228],"sampledAt":"2026-11-21T22:37:12.000Z"}


        """;

    private static readonly ApiProblem Nowhere = new(ApiError.NotFound, "This link doesn't exist or was revoked.");

    private readonly SharedRooms _rooms = new(links, presence, pictures, time);

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<ShareLinkEndpoints>(api.ServiceProvider);
        api.MapGet(Route, endpoints.Open).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("streamSharedRoom").Produces<string>(StatusCodes.Status200OK, EventStreamReply.MediaType).WithExample(Example)
            .Refuses(ApiError.NotFound, ApiError.PresenceDisabled, ApiError.CapReached);
        api.MapGet(PictureRoute, endpoints.ShowAsync).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("getSharedPicture").Produces<string>(StatusCodes.Status200OK, PictureDrawing.ContentType)
            .AnswersHeader("ETag", "The version of the reply.").AnswersHeader("Cache-Control", "How long the reply can be cached.")
            .WithExample("RIFF").Refuses(ApiError.NotFound);
    }

    /// <summary>Watch a room live through a share link</summary>
    /// <remarks>
    /// For the overlay and the read-only page, which moderators create links to. Send the link's token as
    /// <c>Authorization: Bearer ...</c>. Server-sent events, until either side ends the stream. <c>room</c> is sent first and says
    /// what the link shows. <c>count</c> follows, and again when anything in it has changed. <c>curve</c> is sent for the
    /// read-only page, and again once a minute. After one second without an event, a comment is sent: a client that receives
    /// nothing for four seconds has lost the connection. Streaming doesn't count as watching. Revoked and unknown links both return
    /// 404. The stream ends within one second when the link is revoked or presence is switched off. A link can have 100 open
    /// streams, which also count as streams of their address.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult Open(HttpContext http)
    {
        if (!rateLimits.Badges.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return ApiProblem.TooFast("This address opens shared rooms too often.", wait);
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || links.Find(authorization.AsSpan(Scheme.Length)) is not { Kind: not ShareLinkKind.Broadcast } link)
            return Nowhere;
        if (ApiProblem.WhileDisabled(presence, link.RoomId) is { } off)
            return off;

        var reader = new ClientPrincipal { Kind = ClientKind.ShareLink, UserId = "", SessionId = "", TokenId = link.Id, Name = "share link" };
        return streams.TryOpenCounts(reader, http.Connection.RemoteIpAddress, [link.RoomId], out var full) is { } stream
            ? new SharedRoomStreamReply(stream, _rooms.Of(link), time)
            : new ApiProblem(ApiError.CapReached, full!) { RetryAfterSeconds = 5 };
    }

    /// <summary>Read a viewer's picture through a share link</summary>
    /// <remarks>
    /// For the `picture` of a viewer in the stream. Neither part of the address can be guessed, and neither is the link's token. Links
    /// that don't show viewers, revoked and unknown ones return 404, as do unknown pictures.
    /// </remarks>
    /// <response code="200">The picture, or a transparent pixel where the URL leads to none that is shown: the initials below it stay.</response>
    internal async Task<IResult> ShowAsync(HttpContext http, string linkId, string key)
    {
        if (!rateLimits.Badges.TryTake(http.Connection.RemoteIpAddress, out var wait))
            return ApiProblem.TooFast("This address reads shared rooms too often.", wait);
        if (links.FindById(linkId) is not { ShowsNames: true } || await pictures.ReadAsync(key, http.RequestAborted) is not { } picture)
            return Nowhere;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return PictureEndpoints.ResultOf(http, picture, "private");
    }
}

/// <summary>A shared room as server-sent events.</summary>
internal sealed class SharedRoomStreamReply(EventStream stream, SharedRoom room, TimeProvider time)
    : EventStreamReply(stream, time)
{
    private SharedRoomReading? _told;

    private protected override async ValueTask WriteBeginningAsync(CancellationToken cancellationToken)
    {
        Write("room", id: null, room.Describe(), ApiJson.Documents.SharedRoomDocument);
        await WriteNewsAsync(cancellationToken);
    }

    private protected override async ValueTask<bool> WriteNewsAsync(CancellationToken cancellationToken)
    {
        var reading = await room.ReadAsync().WaitAsync(cancellationToken);
        if (ReferenceEquals(reading, _told))
            return false;
        var (isCountNew, isCurveNew) = (reading.IsCountNewAfter(_told), reading.IsCurveNewAfter(_told));
        _told = reading;
        if (isCountNew)
            Write("count", id: null, new SharedCountDocument(reading.Count, reading.Change, reading.At, RoomPresenceEndpoints.OnlyTrue(reading.IsWarming), reading.More, reading.Viewers), ApiJson.Documents.SharedCountDocument);
        if (isCurveNew)
            Write("curve", id: null, new SharedCurveDocument(reading.Trend!.Hour, reading.Trend.SampledAt), ApiJson.Documents.SharedCurveDocument);
        return isCountNew || isCurveNew;
    }
}

/// <summary>The rooms that share links show.</summary>
internal sealed class SharedRooms(ShareLinkStore links, IPresence presence, UserPictures pictures, TimeProvider time)
{
    private readonly ConditionalWeakTable<ShareLink, SharedRoom> _rooms = [];

    /// <summary>The room of a link, shared by its streams; it goes with its link.</summary>
    public SharedRoom Of(ShareLink link) => _rooms.GetValue(link, link => new SharedRoom(link, links, presence, pictures, time));
}

/// <summary>A room as one share link shows it: read at most four times a second, however many look.</summary>
internal sealed class SharedRoom(ShareLink link, ShareLinkStore links, IPresence presence, UserPictures pictures, TimeProvider time)
{
    /// <summary>Of a stream's picture.</summary>
    public const int MostFaces = 12;

    /// <summary>Of a page.</summary>
    public const int MostNames = 50;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(250);

    private readonly SharedReading<SharedRoomReading> _reading = new(time);

    private bool IsPage => link.Kind == ShareLinkKind.Page;

    public SharedRoomDocument Describe() => new(
        IsPage ? "page" : "overlay",
        IsPage ? VisibleText.NameOf(presence.StateOf(link.RoomId).Definition.Title) ?? VisibleText.IdOf(link.RoomId) : null,
        link.ShowsNames);

    /// <summary>The state now. The same object as before while nothing in it has changed.</summary>
    public Task<SharedRoomReading> ReadAsync() => _reading.ReadAsync(Lifetime, ReadAfterAsync);

    private async Task<SharedRoomReading> ReadAfterAsync(SharedRoomReading? before)
    {
        links.Touch(link.Id);
        var reading = await ReadNowAsync();
        return before is null || reading.IsCountNewAfter(before) || reading.IsCurveNewAfter(before) ? reading : before;
    }

    private async ValueTask<SharedRoomReading> ReadNowAsync()
    {
        var trend = IsPage ? (await presence.ReadRoomRowsAsync([link.RoomId]))[0].Trend : null;
        if (!link.ShowsNames)
            return Describe(await presence.CountAsync(link.RoomId), trend, viewers: null);

        var page = await presence.ReadViewersAsync(link.RoomId, new ViewerQuery { Sort = ViewerSort.LastJoinedFirst, Limit = PresenceLimits.Page });
        return Describe(page.Count, trend, [.. page.Viewers.Where(viewer => VisibleText.NameOf(viewer.Profile?.DisplayName) is not null).Take(IsPage ? MostNames : MostFaces).Select(DescribeViewer)]);
    }

    /// <summary>Viewers without a name, which guests usually are, are counted alone.</summary>
    private SharedViewerDocument DescribeViewer(Viewer viewer)
    {
        var name = VisibleText.NameOf(viewer.Profile!.DisplayName)!;
        return new SharedViewerDocument(Initials.Of(name), Initials.HueOf(viewer.UserId), IsPage ? name : null, pictures.KeyOf(viewer.Profile.AvatarUrl) is { } key ? $"{link.Id}/pictures/{key}" : null);
    }

    private SharedRoomReading Describe(in RoomCount count, RoomTrend? trend, IReadOnlyList<SharedViewerDocument>? viewers) =>
        new(count.Viewers, trend?.MinuteChange, count.At, presence.Current.IsWarming, viewers is null ? null : Math.Max(0, count.Viewers - viewers.Count), viewers, trend);
}

/// <summary>What a share link shows at one moment.</summary>
/// <param name="Count">The viewers.</param>
/// <param name="Change">How the count moved in a minute; null for an overlay.</param>
/// <param name="At">The moment.</param>
/// <param name="IsWarming">Viewers may still be on their way back after a restart.</param>
/// <param name="More">Viewers behind those listed.</param>
/// <param name="Viewers">The newest with a name; null unless the link shows them.</param>
/// <param name="Trend">The last hour; null for an overlay.</param>
internal sealed record SharedRoomReading(int Count, int? Change, DateTimeOffset At, bool IsWarming, int? More, IReadOnlyList<SharedViewerDocument>? Viewers, RoomTrend? Trend)
{
    public bool IsCountNewAfter(SharedRoomReading? told) =>
        told is null || (Count, Change, IsWarming, More) != (told.Count, told.Change, told.IsWarming, told.More) || !(Viewers ?? []).SequenceEqual(told.Viewers ?? []);

    /// <summary>Its last sample is now, which <c>count</c> tells.</summary>
    public bool IsCurveNewAfter(SharedRoomReading? told) =>
        Trend is not null && (told?.Trend is not { } before || before.Hour.Count != Trend.Hour.Count || !before.Hour.SkipLast(1).SequenceEqual(Trend.Hour.SkipLast(1)));
}

/// <summary>The data of <c>room</c>: what a share link shows.</summary>
/// <param name="Kind">What the link leads to.</param>
/// <param name="Title">The room's title, or its id if it has none. For the read-only page alone.</param>
/// <param name="Names">Whether it shows names, or faces in an overlay.</param>
internal sealed record SharedRoomDocument([property: AllowedValues("overlay", "page")] string Kind, string? Title, bool Names);

/// <summary>The data of <c>count</c>.</summary>
/// <param name="Count">All distinct viewers.</param>
/// <param name="Change">How the count changed in a minute. For the read-only page alone.</param>
/// <param name="At">The time of these values.</param>
/// <param name="Warming">Present after a restart, until one heartbeat interval has passed.</param>
/// <param name="More">How many viewers aren't listed. Only if the link shows viewers.</param>
/// <param name="Viewers">The newest viewers with a name: up to 12 for an overlay, 50 for the page. Only if the link shows them.</param>
internal sealed record SharedCountDocument(int Count, int? Change, DateTimeOffset At, bool? Warming, int? More, IReadOnlyList<SharedViewerDocument>? Viewers);

/// <summary>A viewer, without an id.</summary>
/// <param name="Initials">Up to two letters of the name.</param>
/// <param name="Hue">A colour for them, from 0 to 5. The same for a user every time.</param>
/// <param name="Name">The name. For the read-only page alone.</param>
/// <param name="Picture">Where the server has a picture, below <c>/api/v1/share/</c>.</param>
internal sealed record SharedViewerDocument(string Initials, int Hue, string? Name, string? Picture);

/// <summary>The data of <c>curve</c>: the last hour.</summary>
/// <param name="Minutes">Viewers at the end of each minute, oldest first. The last value is now.</param>
/// <param name="SampledAt">The time of the last value but one.</param>
internal sealed record SharedCurveDocument(IReadOnlyList<int> Minutes, DateTimeOffset SampledAt);
