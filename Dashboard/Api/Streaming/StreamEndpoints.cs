using System.Globalization;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Watching rooms live. A stream is an observer and never counts.</summary>
internal sealed class StreamEndpoints(IPresence presence, EventStreams streams, ProfileLookups profiles, TimeProvider time)
{
    /// <summary>Of one stream.</summary>
    public const int MostRooms = 50;

    /// <summary>Of one stream.</summary>
    public const int MostUsers = 100;

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

    private const string UsersExample =
        """
        event: snapshot
        id: 9b1f2c77aa01d3e4.AQ
        data: {"users":[{"userId":"anna","online":true,"lastHeartbeat":"2026-11-21T22:37:40.614Z"},{"userId":"berta","online":false}]}

        event: presence
        id: 9b1f2c77aa01d3e4.Aw
        data: {"userId":"berta","online":true,"lastHeartbeat":"2026-11-21T22:37:52.020Z"}


        """;

    /// <summary>Whether users are online.</summary>
    public static void MapUsers(IEndpointRouteBuilder api) =>
        api.MapGet("/api/v1/presence/users/stream", ActivatorUtilities.CreateInstance<StreamEndpoints>(api.ServiceProvider).OpenUsers).Allow(ApiPolicy.ViewerOrServer)
            .WithName("streamUsers").Takes(
                ApiParameter.OfText("ids", "Users, separated by commas.", (PresenceIds.LongestUserId + 1) * MostUsers),
                ApiParameter.OfIds("ids[]", "Same as `ids`, once per user. For ids with a comma.", MostUsers),
                ApiParameter.OfText("since", "The `id` of the last event you read.", UsersStreamId.Longest),
                ApiParameter.OfHeader("Last-Event-ID", "Same as `since`. Wins if both are sent."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithExample(UsersExample)
            .Refuses(ApiError.PresenceDisabled, ApiError.Banned, ApiError.CapReached);

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<StreamEndpoints>(api.ServiceProvider);
        api.MapGet("/api/v1/presence/rooms/{roomId}/stream", endpoints.Open).Allow(ApiPolicy.ViewerOrServer)
            .WithName("streamRoom").Takes(
                ApiParameter.OfText("since", "The `id` of the last event you read.", LongestId),
                ApiParameter.OfWords("include", "Adds the viewers to snapshots, newest first, up to the list cap.", ["viewers"], isOptional: true),
                ApiParameter.OfHeader("Last-Event-ID", "Same as `since`. Wins if both are sent."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithExample(OneRoomExample)
            .Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned, ApiError.CapReached);
        api.MapGet("/api/v1/presence/stream", endpoints.OpenMany).Allow(ApiPolicy.ViewerOrServer)
            .WithName("streamRooms").Takes(
                ApiParameter.OfText("rooms", "Rooms, separated by commas.", PresenceIds.LongestRoomId * MostRooms),
                ApiParameter.OfIds("rooms[]", "Same as `rooms`, once per room. For ids with a comma.", MostRooms),
                ApiParameter.OfText("since", "The `id` of the last event you read.", RoomsStreamId.Longest),
                ApiParameter.OfHeader("Last-Event-ID", "Same as `since`. Wins if both are sent."))
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").WithExample(ManyRoomsExample)
            .Refuses(ApiError.PresenceDisabled, ApiError.Removed, ApiError.Banned, ApiError.CapReached);
    }

    /// <summary>Watch a room live</summary>
    /// <remarks>
    /// Server-sent events, until either side ends the stream. Browsers read it with <c>fetch</c>, which can send the
    /// <c>Authorization</c> header. Streaming doesn't count as watching.
    ///
    /// <c>snapshot</c> is sent first, with the counts. Then follow <c>joined</c> and <c>left</c>, one per viewer, and
    /// <c>count</c> when the counts have changed, at most once per second. Above 1,000 viewers, <c>mode</c> is <c>counts</c> and
    /// only <c>count</c> is sent. <c>gap</c> means that changes were missed. A <c>snapshot</c> follows it. After 15 seconds
    /// without an event, a comment is sent. Events are sent at most four times per second.
    ///
    /// The <c>id</c> increases by one with every change. To resume, send the last one as <c>Last-Event-ID</c> or <c>since</c>.
    /// The server sends the changes since, or a <c>gap</c>. It keeps the latest 512 changes of a room, until one minute after its
    /// last stream ended.
    ///
    /// The stream ends within one second when the credentials end, the caller is removed, presence is switched off, or the server
    /// stops. Unless the server stops, <c>end</c> is the last event, with the document of the error. A caller can have 10 open streams, all callers together 2,000.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult Open(HttpContext http, string roomId)
    {
        var query = new QueryReader(http.Request.Query);
        var includeViewers = query.Choice("include", ("", false), ("viewers", true));
        var since = ReadSince<long>(http, query, LongestId, TryRead);
        if (ApiProblem.WhileDisabled(presence, roomId) is { } refusal)
            return refusal;

        return streams.TryOpen(http.Caller(), http.Connection.RemoteIpAddress, roomId, out var full) is { } stream
            ? new RoomStreamReply(stream, presence, profiles, time, since, includeViewers)
            : Full(full!);
    }

    /// <summary>Watch the counts of several rooms live</summary>
    /// <remarks>
    /// One stream for up to 50 rooms. <c>snapshot</c> is sent first for each room, <c>count</c> when its counts have changed, at
    /// most once per second. <c>gap</c> means that changes of a room were missed. Its <c>snapshot</c> follows. Each event has its
    /// room in <c>roomId</c>. Single joins and leaves are not sent.
    ///
    /// The <c>id</c> is opaque. To resume, send the last one as <c>Last-Event-ID</c> or <c>since</c>, with the same rooms. The
    /// server sends rooms whose counts have changed since, or a <c>gap</c>. With other rooms, each room starts with a
    /// <c>snapshot</c>.
    ///
    /// A room that the caller can't read refuses the stream, and <c>data.roomIds</c> names it. A stream ends within one second
    /// when the caller loses access to one of its rooms; <c>end</c> is its last event then, with the document of the error. It counts as one of the caller's streams.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult OpenMany(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        List<string> roomIds = [.. (query.RoomIds("rooms", MostRooms) ?? []).Distinct(StringComparer.Ordinal)];
        if (roomIds.Count == 0)
            throw QueryReader.Refused($"rooms must name 1 to {MostRooms} rooms: rooms=lobby,stage, or rooms[]= once per room.");
        var since = ReadSince<RoomsStreamId>(http, query, RoomsStreamId.Longest, RoomsStreamId.TryRead);
        if (ApiProblem.OfRooms(roomIds, roomId => ApiProblem.OfReading(presence, http.Caller(), roomId)) is { } refusal)
            return refusal;

        return streams.TryOpenCounts(http.Caller(), http.Connection.RemoteIpAddress, roomIds, out var full) is { } stream
            ? new RoomsStreamReply(stream, presence, streams.Versions, time, since)
            : Full(full!);
    }

    /// <summary>Watch users go online and offline</summary>
    /// <remarks>
    /// One stream for up to 100 users. <c>snapshot</c> is sent first, with all users. Then <c>presence</c> when one goes online or
    /// offline, at most once per second each. A heartbeat that changes neither sends nothing. A hidden user is offline for others.
    ///
    /// The <c>id</c> is opaque. To resume, send the last one as <c>Last-Event-ID</c> or <c>since</c>, with the same users in the same
    /// order. The server sends the users who have changed since, also after a restart, so there is no <c>gap</c>. If none has, or with other
    /// users, it sends a <c>snapshot</c>.
    ///
    /// A stream ends within one second when the credentials end, the caller is banned, or presence is switched off; <c>end</c> is its
    /// last event then, with the document of the error. It counts as one of the caller's streams.
    /// </remarks>
    /// <response code="200">The events.</response>
    internal IResult OpenUsers(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        string[] userIds = [.. (query.UserIds("ids", MostUsers) ?? []).Distinct(PresenceComparers.UserId)];
        if (userIds.Length == 0)
            throw QueryReader.Refused($"ids must name 1 to {MostUsers} users: ids=anna,berta, or ids[]= once per user.");
        var since = ReadSince<UsersStreamId>(http, query, UsersStreamId.Longest, UsersStreamId.TryRead);
        if (ApiProblem.OfReadingUsers(presence, http.Caller()) is { } refusal)
            return refusal;

        return streams.TryOpenUsers(http.Caller(), http.Connection.RemoteIpAddress, out var full) is { } stream
            ? new UsersStreamReply(stream, userIds, presence, time, since)
            : Full(full!);
    }

    private static ApiProblem Full(string problem) => new(ApiError.CapReached, problem) { RetryAfterSeconds = 5 };

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
