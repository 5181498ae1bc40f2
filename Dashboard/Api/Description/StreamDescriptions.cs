using Presence.Dashboard.Api.Streaming;
using Presence.Engine;

namespace Presence.Dashboard.Api.Description;

internal static class StreamDescriptions
{
    public static readonly RouteDescription Stream = new("streamRoom", RouteGroups.Rooms, "Watch a room live")
    {
        Text =
            """
            Server-sent events, until either side ends it. Browsers read it with `fetch`, which can send the `Authorization`
            header. Whoever streams is not counted.

            `snapshot` comes first and says how many there are. `joined` and `left` follow, one for each viewer, and `count`, at
            most once a second, when the counts are others. Above 1,000 viewers `mode` is `counts`: only `count` comes. `gap`
            says that changes were missed; a `snapshot` follows it. A comment comes after 15 seconds without an event. Events
            leave at most four times a second.

            The `id` rises by one with every change. Send the last one as `Last-Event-ID` or `since` to go on from there: what
            happened meanwhile is told, or a `gap`. A room's changes are kept for a minute after its last stream ended, the
            latest 512.

            The stream ends within a second when the credentials end, the caller is removed, presence is switched off, or the
            server stops. A caller may have 10 open, all callers together 2,000.
            """,
        Parameters =
        [
            ParameterDescription.OfText("since", "The `id` of the last event that was read.", 20),
            ParameterDescription.OfWords("include", "Adds the viewers to snapshots, the last to join first, up to the moderators' list cap.", ["viewers"], isOptional: true),
            ParameterDescription.OfHeader("Last-Event-ID", "The same as `since`, and later than it where both are sent."),
        ],
        Answer = AnswerDescription.OfText(
            "The events.",
            "text/event-stream",
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


            """),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned, ApiErrors.CapReached],
    };

    public static readonly RouteDescription StreamMany = new("streamRooms", RouteGroups.Rooms, "Watch the counts of several rooms live")
    {
        Text =
            """
            One stream for up to 50 rooms. `snapshot` comes first for each room, `count` when its counts have changed, at most
            once a second. `gap` says that changes of a room were missed; its `snapshot` follows. Each event names its room in
            `roomId`. Single joins and leaves are not told.

            The `id` is opaque. Send the last one as `Last-Event-ID` or `since`, with the same rooms, to go on from there: rooms
            whose counts changed meanwhile are told, or a `gap`. With other rooms every room begins with a `snapshot`.

            A room that the caller may not read refuses the stream: `data.roomIds` names it. A stream ends within a second when
            that becomes so. It counts as one of the caller's streams.
            """,
        Parameters =
        [
            ParameterDescription.OfText("rooms", "Rooms, separated by commas.", PresenceIds.LongestRoomId * StreamEndpoints.MostRooms),
            ParameterDescription.OfIds("rooms[]", "The same, once for each room: for ids with a comma.", StreamEndpoints.MostRooms),
            ParameterDescription.OfText("since", "The `id` of the last event that was read.", RoomsStreamId.Longest),
            ParameterDescription.OfHeader("Last-Event-ID", "The same as `since`, and later than it where both are sent."),
        ],
        Answer = AnswerDescription.OfText(
            "The events.",
            "text/event-stream",
            """
            event: snapshot
            id: 0.1806189465600012.1.6f0a31c2
            data: {"roomId":"lobby","count":2,"sessions":2,"guests":0,"hidden":0,"fading":0,"referenceTimestamp":"2026-11-21T22:37:41.509Z"}

            event: count
            id: 1806189465600012.1806189465600019.2.6f0a31c2
            data: {"roomId":"stage","count":41,"sessions":44,"guests":3,"hidden":2,"fading":0,"referenceTimestamp":"2026-11-21T22:37:43.509Z"}


            """),
        Errors = [ApiErrors.PresenceDisabled, ApiErrors.Removed, ApiErrors.Banned, ApiErrors.CapReached],
    };
}
