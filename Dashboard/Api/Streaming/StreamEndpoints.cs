using System.Globalization;
using Presence.Dashboard.Api.Description;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api.Streaming;

/// <summary>Watching a room live. Who streams is an observer: it is never counted.</summary>
internal sealed class StreamEndpoints(PresenceEngine engine, EventStreams streams, ProfileLookups profiles, TimeProvider time)
{
    private const int LongestId = 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var endpoints = ActivatorUtilities.CreateInstance<StreamEndpoints>(api.ServiceProvider);
        api.MapGet("/api/v1/presence/rooms/{roomId}/stream", endpoints.Open).Allow(ApiPolicy.ViewerOrServer).Describe(StreamDescriptions.Stream);
    }

    private IResult Open(HttpContext http, string roomId)
    {
        if (PresenceIds.ProblemOfRoomId(roomId) is { } roomProblem)
            return ApiRefusal.Invalid(roomProblem);
        var query = new QueryReader(http.Request.Query);
        var includeViewers = query.Choice("include", ("", false), ("viewers", true));
        var since = ReadSince(http, query);
        if (query.Problem is { } problem)
            return ApiRefusal.Invalid(problem);
        if (Refusals.WhileDisabled(engine, roomId) is { } refusal)
            return refusal;

        return streams.TryOpen(http.Caller(), http.Connection.RemoteIpAddress, roomId, out var full) is { } stream
            ? new EventStreamReply(stream, engine, profiles, streams.FirstId, time, since, includeViewers)
            : new ApiRefusal(ApiErrors.CapReached, full!) { RetryAfterSeconds = 5 };
    }

    /// <summary>The last event a client had. The header is the later of the two: a client that reconnects by itself repeats its address.</summary>
    private static long? ReadSince(HttpContext http, QueryReader query)
    {
        var given = query.Text("since", LongestId);
        long? since = TryRead(given, out var asked) ? asked : null;
        if (given is not null && since is null)
            query.Refuse("since must be the id of an event, a whole number.");

        var last = http.Request.Headers["Last-Event-ID"].ToString();
        if (last.Length == 0)
            return since;
        if (TryRead(last, out var id))
            return id;
        query.Refuse("Last-Event-ID must be the id of an event, a whole number.");
        return null;
    }

    private static bool TryRead(string? text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
