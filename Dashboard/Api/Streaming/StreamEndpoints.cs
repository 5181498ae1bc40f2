using System.Globalization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Watching rooms live. Who streams is an observer: it is never counted.</summary>
internal sealed class StreamEndpoints(PresenceEngine engine, EventStreams streams, ProfileLookups profiles, TimeProvider time)
{
    /// <summary>Of one stream.</summary>
    public const int MostRooms = 50;

    private const int LongestId = 20;

    private const string OneRoomExample =
        """
        event: snapshot
        id: 1806189465600012
        data: {"count":2,"sessions":2,"guests":0,"hidden":0,"fading":0,"mode":"changes","referenceTimestamp":"2026-11-21T22:37:41.509Z"}

        event: joined
        id: 1806189465600013
        data: {"userId":"anna","displayName":"Anna","guest":false,"at":"2026-11-21T22:37:42.100Z","count":3}

        event: left
        id: 1806189465600014
        data: {"userId":"berta","guest":false,"reason":"timeout","at":"2026-11-21T22:37:43.000Z","count":2}


        """;

    private const string ManyRoomsExample =
        """
        event: snapshot
        id: 0.1806189465600012.1.6f0a31c2
        data: {"roomId":"lobby","count":2,"sessions":2,"guests":0,"hidden":0,"fading":0,"referenceTimestamp":"2026-11-21T22:37:41.509Z"}

        event: count
        id: 1806189465600012.1806189465600019.2.6f0a31c2
        data: {"roomId":"stage","count":41,"sessions":44,"guests":3,"hidden":2,"fading":0,"referenceTimestamp":"2026-11-21T22:37:43.509Z"}


        """;

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<StreamEndpoints>(api.ServiceProvider);
        api.MapGet("/api/v1/presence/rooms/{roomId}/stream", endpoints.Open).Allow(ApiPolicy.ViewerOrServer)
            .WithName("streamRoom").Takes(
                ApiParameter.OfText("since", "The `id` of the last event that was read.", LongestId),
                ApiParameter.OfWords("include", "Adds the viewers to snapshots, the last to join first, up to the moderators' list cap.", ["viewers"], isOptional: true),
                ApiParameter.OfHeader("Last-Event-ID", "The same as `since`, and later than it where both are sent."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithExample(OneRoomExample)
            .Refuses(ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned, ApiErrors.CapReached);
        api.MapGet("/api/v1/presence/stream", endpoints.OpenMany).Allow(ApiPolicy.ViewerOrServer)
            .WithName("streamRooms").Takes(
                ApiParameter.OfText("rooms", "Rooms, separated by commas.", PresenceIds.LongestRoomId * MostRooms),
                ApiParameter.OfIds("rooms[]", "The same, once for each room: for ids with a comma.", MostRooms),
                ApiParameter.OfText("since", "The `id` of the last event that was read.", RoomsStreamId.Longest),
                ApiParameter.OfHeader("Last-Event-ID", "The same as `since`, and later than it where both are sent."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithExample(ManyRoomsExample)
            .Refuses(ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned, ApiErrors.CapReached);
    }

    /// <summary>Watch a room live</summary>
    /// <remarks>
    /// Server-sent events, until either side ends it. Browsers read it with <c>fetch</c>, which can send the
    /// <c>Authorization</c> header. Whoever streams is not counted.
    ///
    /// <c>snapshot</c> comes first and says how many there are. <c>joined</c> and <c>left</c> follow, one for each viewer,
    /// and <c>count</c>, at most once a second, when the counts are others. Above 1,000 viewers <c>mode</c> is
    /// <c>counts</c>: only <c>count</c> comes. <c>gap</c> says that changes were missed; a <c>snapshot</c> follows it. A
    /// comment comes after 15 seconds without an event. Events leave at most four times a second.
    ///
    /// The <c>id</c> rises by one with every change. Send the last one as <c>Last-Event-ID</c> or <c>since</c> to go on
    /// from there: what happened meanwhile is told, or a <c>gap</c>. A room's changes are kept for a minute after its last
    /// stream ended, the latest 512.
    ///
    /// The stream ends within a second when the credentials end, the caller is removed, presence is switched off, or the
    /// server stops. A caller may have 10 open, all callers together 2,000.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult Open(HttpContext http, string roomId)
    {
        var query = new QueryReader(http.Request.Query);
        var includeViewers = query.Choice("include", ("", false), ("viewers", true));
        var since = ReadSince<long>(http, query, LongestId, TryRead);
        if (ApiProblems.WhileDisabled(engine, roomId) is { } refusal)
            return refusal;

        return streams.TryOpen(http.Caller(), http.Connection.RemoteIpAddress, roomId, out var full) is { } stream
            ? new RoomStreamReply(stream, engine, profiles, streams.FirstId, time, since, includeViewers)
            : Full(full!);
    }

    /// <summary>Watch the counts of several rooms live</summary>
    /// <remarks>
    /// One stream for up to 50 rooms. <c>snapshot</c> comes first for each room, <c>count</c> when its counts have changed,
    /// at most once a second. <c>gap</c> says that changes of a room were missed; its <c>snapshot</c> follows. Each event
    /// names its room in <c>roomId</c>. Single joins and leaves are not told.
    ///
    /// The <c>id</c> is opaque. Send the last one as <c>Last-Event-ID</c> or <c>since</c>, with the same rooms, to go on
    /// from there: rooms whose counts changed meanwhile are told, or a <c>gap</c>. With other rooms every room begins with
    /// a <c>snapshot</c>.
    ///
    /// A room that the caller may not read refuses the stream: <c>data.roomIds</c> names it. A stream ends within a second
    /// when that becomes so. It counts as one of the caller's streams.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult OpenMany(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        List<string> roomIds = [.. (query.RoomIds("rooms", MostRooms) ?? []).Distinct(StringComparer.Ordinal)];
        if (roomIds.Count == 0)
            throw QueryReader.Refused($"rooms must name 1 to {MostRooms} rooms: rooms=lobby,stage, or rooms[]= once per room.");
        var since = ReadSince<RoomsStreamId>(http, query, RoomsStreamId.Longest, RoomsStreamId.TryRead);
        if (ApiProblems.OfRooms(roomIds, roomId => ApiProblems.OfReading(engine, http.Caller(), roomId)) is { } refusal)
            return refusal;

        return streams.TryOpenCounts(http.Caller(), http.Connection.RemoteIpAddress, roomIds, out var full) is { } stream
            ? new RoomsStreamReply(stream, engine, streams.Versions, time, since)
            : Full(full!);
    }

    private static ApiProblem Full(string problem) => new(ApiErrors.CapReached, problem) { RetryAfterSeconds = 5 };

    /// <summary>The last event a client had. The header is the later of the two: a client that reconnects by itself repeats its address.</summary>
    private static T? ReadSince<T>(HttpContext http, QueryReader query, int longest, IdReader<T> tryRead)
        where T : struct
    {
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        return Read("since", query.Text("since", longest)) is var since && last.Length == 0 ? since : Read("Last-Event-ID", last);

        T? Read(string name, string? text)
        {
            if (text is null)
                return null;
            if (tryRead(text, out var id))
                return id;
            throw QueryReader.Refused($"{name} must be the id of an event of this stream.");
        }
    }

    private static bool TryRead(string text, out long id)
    {
        id = 0;
        return text.Length <= LongestId && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private delegate bool IdReader<T>(string text, out T id);
}
