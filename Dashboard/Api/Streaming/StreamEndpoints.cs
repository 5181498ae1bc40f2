using System.Globalization;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Watching rooms live. Who streams is an observer: it is never counted.</summary>
internal sealed class StreamEndpoints(PresenceEngine engine, EventStreams streams, ProfileLookups profiles, TimeProvider time)
{
    /// <summary>Of one stream.</summary>
    public const int MostRooms = 50;

    private const int LongestId = 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<StreamEndpoints>(api.ServiceProvider);
        api.MapGet("/api/v1/presence/rooms/{roomId}/stream", endpoints.Open).Allow(ApiPolicy.ViewerOrServer).Describe(StreamDescriptions.Stream);
        api.MapGet("/api/v1/presence/stream", endpoints.OpenMany).Allow(ApiPolicy.ViewerOrServer).Describe(StreamDescriptions.StreamMany);
    }

    private IResult Open(HttpContext http, string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        var query = new QueryReader(http.Request.Query);
        var includeViewers = query.Choice("include", ("", false), ("viewers", true));
        var since = ReadSince<long>(http, query, LongestId, TryRead);
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);
        if (Refusals.WhileDisabled(engine, roomId) is { } refusal)
            return refusal;

        return streams.TryOpen(http.Caller(), http.Connection.RemoteIpAddress, roomId, out var full) is { } stream
            ? new RoomStreamReply(stream, engine, profiles, streams.FirstId, time, since, includeViewers)
            : Full(full!);
    }

    private IResult OpenMany(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query);
        List<string> roomIds = [.. (query.RoomIds("rooms", MostRooms) ?? []).Distinct(StringComparer.Ordinal)];
        if (roomIds.Count == 0)
            query.Refuse($"rooms must name 1 to {MostRooms} rooms: rooms=lobby,stage, or rooms[]= once for each.");
        var since = ReadSince<RoomsStreamId>(http, query, RoomsStreamId.Longest, RoomsStreamId.TryRead);
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);
        if (Refusals.OfRooms(roomIds, roomId => Refusals.OfReading(engine, http.Caller(), roomId)) is { } refusal)
            return refusal;

        return streams.TryOpenCounts(http.Caller(), http.Connection.RemoteIpAddress, roomIds, out var full) is { } stream
            ? new RoomsStreamReply(stream, engine, streams.Versions, time, since)
            : Full(full!);
    }

    private static ApiRefusal Full(string problem) => new(ApiErrors.CapReached, problem) { RetryAfterSeconds = 5 };

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
            query.Refuse($"{name} must be the id of an event of this stream.");
            return null;
        }
    }

    private static bool TryRead(string text, out long id)
    {
        id = 0;
        return text.Length <= LongestId && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private delegate bool IdReader<T>(string text, out T id);
}
